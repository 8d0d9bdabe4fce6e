"""Orders what has no order of its own (Python): entries of a heap or a list that are alike in their first part."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, list_calls, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node

_ALIKE = re.compile(r"'<' not supported between instances of '(\w+)' and '\1'")
_MISSING = re.compile(r"'[<>]' not supported between instances of '(?:NoneType' and '\w+|\w+' and 'NoneType)'")
_PUTS = frozenset({"heappush", "put", "heappushpop", "heapreplace", "put_nowait"})
_SORTS = frozenset({"sorted", "sort", "min", "max"})
_COUNTER = "_entries = itertools.count()"
_LAST = re.compile(r"\b(?:last|at the end|behind|after all|bottom|to the end)\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:first|at the (?:top|beginning|start|front)|before all|in front)\b", re.IGNORECASE)


def fix_comparable(trouble: Trouble) -> Iterator[Fix]:
    """Yield an order: by when an entry came, by the first part alone, or with what is missing at one end."""
    if trouble.exception != "TypeError" or trouble.source.language != "python":
        return
    for call in list_calls(trouble):
        if _ALIKE.search(trouble.message) and call.name in _PUTS and call.given:
            yield from _count_entries(trouble, call)
        elif _ALIKE.search(trouble.message) and call.name in _SORTS and "key=" not in call.node.text():
            yield from _compare_first(trouble, call)
        elif _MISSING.search(trouble.message) and call.name in _SORTS:
            yield from _put_missing(trouble, call)


def _count_entries(trouble: Trouble, call: Call) -> Iterator[Fix]:
    entry = call.given[-1]
    parts = entry.named_children()
    if entry.kind() != "tuple" or len(parts) != 2:
        return
    held = (call.given[0].text() if call.name.startswith("heap") else call.holder.text() if call.holder else "").strip()
    took = rf"(\w+), *(\w+) = (?:heapq\.)?(?:heappop\({re.escape(held)}\)|{re.escape(held)}\.get\(\))"
    text = trouble.source.text
    named = [found for found in re.finditer(took, text) if not found[1].startswith("_")]
    indexed = re.search(rf"{re.escape(held)}\[0\]\[0\]|heappop\({re.escape(held)}\)\[0\]", text)
    fresh = f"(({parts[0].text()}, next(_entries)), {parts[1].text()})"
    if indexed or named:
        return  # the first part is used by itself
    mended = replace_node(text, entry, fresh)
    yield tell_fix(
        trouble,
        _put_counter(mended),
        f"{describe(parts[1])} has no order, and is compared where {describe(parts[0])} is alike; what came first goes "
        "first now",
        ("entries that differ in their first part are ordered as before", "no log line: alike entries are ordinary"),
    )


def _put_counter(text: str) -> str:
    """Return the text of a module with a counter behind its imports."""
    rows = text.split("\n")
    imports = [number for number, row in enumerate(rows) if re.match(r"(?:import|from) \w", row)]
    at = imports[-1] + 1 if imports else 0
    return "\n".join([*rows[:at], "", _COUNTER, *rows[at:]])


def _compare_first(trouble: Trouble, call: Call) -> Iterator[Fix]:
    """Compare the first part alone: the sort is stable, and the rest cannot be compared."""
    arguments = call.node.field("arguments")
    if arguments is None:
        return
    inside = ", ".join([*(one.text() for one in call.given), "key=lambda entry: entry[0]"])
    text = replace_node(trouble.source.text, arguments, f"({inside})")
    what = (
        "the second parts of entries have no order, and are compared where the first ones are alike; now only these are"
    )
    measures = ("entries that differ in their first part are ordered as before", "no log line: alike ones are ordinary")
    yield tell_fix(trouble, text, what, measures, "" if _pairs(trouble, call) else "by what entries are ordered")


def _pairs(trouble: Trouble, call: Call) -> bool:
    """Tell whether what is sorted is made of tuples in the function."""
    text = trouble.function.text() if trouble.function is not None else ""
    return re.search(r"\.append\(\(|\[\(|\(\([\w.\[\]]+,", text) is not None and bool(call.node)


def _put_missing(trouble: Trouble, call: Call) -> Iterator[Fix]:
    """Put what lacks the value that it is ordered by where the description says."""
    found = re.search(r"key=lambda (\w+): ([\w.\[\]\"']+)(?=[,)])", call.node.text())
    if found is None:
        return
    said = describe_function(trouble)
    last, first = _LAST.search(said) is not None, _FIRST.search(said) is not None
    turned = "reverse=True" in call.node.text()
    guess = "" if last != first else f"where an item without {found[2]} belongs"
    asks = "is None" if (last or not first) != turned else "is not None"
    fresh = call.node.text().replace(found[0], f"key=lambda {found[1]}: ({found[2]} {asks}, {found[2]})", 1)
    text = replace_node(trouble.source.text, call.node, fresh)
    what = (
        f"{found[2]} can be missing, which has no order; such an item comes {'first' if first and not last else 'last'}"
    )
    yield tell_fix(trouble, text, what, ("all others are ordered as before", "no log line: it is ordinary"), guess)
