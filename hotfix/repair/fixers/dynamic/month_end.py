"""Keeps a date within its month and year (Python): the 29th of February a year on, the 31st a month on, month 13."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, list_calls, tell_fix
from hotfix.repair.fixers.tree import is_plain, replace_node

_DAY = re.compile(r"^day is out of range for month|^day \d+ must be in range")
_MONTH = re.compile(r"^month must be in 1\.\.12")
_RECKONED = re.compile(r"^[-+]$|^[^\"'\[]*\w\)? (?:[-+%]|//) [^\"'\[]*$")
_NEXT = re.compile(r"^([\w.]+) \+ (\w+)$")


def fix_month_end(trouble: Trouble) -> Iterator[Fix]:
    """Yield the last day of a shorter month, or the year after for a month behind the twelfth."""
    if trouble.exception != "ValueError" or trouble.source.language != "python":
        return
    for call in list_calls(trouble):
        if call.name not in {"replace", "date", "datetime"}:
            continue
        parts = _read_parts(call)
        if _DAY.search(trouble.message):
            yield from _shorten(trouble, call, parts)
        elif _MONTH.search(trouble.message):
            yield from _carry(trouble, call, parts)


def _read_parts(call: Call) -> dict[str, str]:
    """Return year, month and day as they are given; what `replace` keeps is that of its holder."""
    parts = {}
    for place, one in enumerate(call.given):
        name, value = one.field("name"), one.field("value")
        if one.kind() == "keyword_argument" and name is not None and value is not None:
            parts[name.text()] = value.text()
        elif place < 3:
            parts[("year", "month", "day")[place]] = one.text()
    if call.name == "replace" and call.holder is not None:
        parts = {name: f"{call.holder.text()}.{name}" for name in ("year", "month", "day")} | parts
    return parts


def _shorten(trouble: Trouble, call: Call, parts: dict[str, str]) -> Iterator[Fix]:
    plain = all(is_plain(one) for one in call.given) and (call.holder is None or is_plain(call.holder))
    if set(parts) < {"year", "month", "day"} or not plain:
        return
    most = f"min({parts['day']}, calendar.monthrange({parts['year']}, {parts['month']})[1])"
    text = _put(trouble, call, {"day": most})
    what = f"a month can lack the day {parts['day']}; then its last day is taken"
    guess = "" if _is_computed(trouble, call, parts) else "whether the date is computed, or one that does not exist"
    measures = ("days that there are stay", "no log line: months have different lengths")
    yield tell_fix(trouble, text, what, measures, guess)


def _is_computed(trouble: Trouble, call: Call, parts: dict[str, str]) -> bool:
    """Tell whether a date is reckoned from another, and is not read as it came."""
    if call.name == "replace" and not any(one.text().startswith("day=") for one in call.given):
        return True
    whole = trouble.function.text() if trouble.function is not None else ""
    made = [re.findall(rf"^\s*{re.escape(part)} = (.+)|^\s*{re.escape(part)} ([-+])= ", whole, re.MULTILINE)
            for part in parts.values()]  # fmt: skip
    texts = [*parts.values(), *(text for rows in made for pair in rows for text in pair)]
    return any(_RECKONED.search(text) for text in texts)


def _carry(trouble: Trouble, call: Call, parts: dict[str, str]) -> Iterator[Fix]:
    step = _NEXT.match(parts.get("month", ""))
    if step is None or "year" not in parts:
        return
    months = parts["month"] if step[2] == "1" else f"({parts['month']} - 1)"
    if step[2] == "1":
        fresh = {"year": f"{parts['year']} + {step[1]} // 12", "month": f"{step[1]} % 12 + 1"}
    else:
        fresh = {"year": f"{parts['year']} + {months} // 12", "month": f"{months} % 12 + 1"}
    text = _put(trouble, call, fresh)
    what = f"{parts['month']} goes beyond December; then it is a month of the next year"
    yield tell_fix(trouble, text, what, ("months of the same year stay", "no log line: a year ends ordinarily"))


def _put(trouble: Trouble, call: Call, fresh: dict[str, str]) -> str:
    """Return the text with parts of a date replaced, or added by their names."""
    left, rows = dict(fresh), []
    for place, one in enumerate(call.given):
        name = one.field("name")
        part = name.text() if one.kind() == "keyword_argument" and name is not None else (*_ORDER, "")[min(place, 3)]
        value = left.pop(part, None)
        keyword = f"{part}=" if one.kind() == "keyword_argument" else ""
        rows.append(one.text() if value is None else f"{keyword}{value}")
    rows += [f"{name}={value}" for name, value in sorted(left.items(), key=lambda pair: _ORDER.index(pair[0]))]
    return replace_node(trouble.source.text, call.node, f"{call.called}({', '.join(rows)})")


_ORDER = ("year", "month", "day")
