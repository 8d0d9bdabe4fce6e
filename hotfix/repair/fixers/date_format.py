"""Accepts dates in an old and a new format (Python, Java): the one that the code expects, and the one that came."""

import re
from collections.abc import Iterator
from datetime import datetime

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.tree import is_plain, list_children, replace_node

_TOLD = re.compile(r"time data '([^']+)' does not match format '([^']+)'")
_FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z",
            "%Y-%m-%dT%H:%M:%S.%f%z")  # fmt: skip
"""Ways of writing in which day and month cannot be taken for each other."""

_PIECES = {"%Y": r"\d{4}", "%f": r"\d{1,6}", "%z": r"(?:Z|[+-]\d\d:?\d\d)", "T": "T", "Z": "Z"}


def fix_date_format(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading of both formats where the text that failed is told and is in a format that is known."""
    if trouble.exception == "DateTimeParseException":
        yield from _fix_java(trouble)
    told = _TOLD.search(trouble.message)
    if trouble.exception != "ValueError" or trouble.source.language != "python" or told is None:
        return
    ways = (*_vary(told[2]), *_FORMATS)
    other = next((one for one in ways if _fits(told[1], one) and ("%z" in one) == ("%z" in told[2])), None)
    for node in trouble.nodes if other else ():
        function, arguments = node.field("function"), node.field("arguments")
        given = list_children(arguments)
        if node.kind() != "call" or function is None or not function.text().endswith("strptime") or len(given) != 2:
            continue
        text, expected = given
        if trouble.lies_in(node) and is_plain(text):
            shape = "".join(
                _PIECES.get(part, r"\d{2}" if part[0] == "%" else re.escape(part)) for part in _split(other)
            )
            fresh = f'"{other}" if re.fullmatch(r"{shape}", {text.text()}) else {expected.text()}'
            mended, imports = bring_in(
                trouble.source.with_text(replace_node(trouble.source.text, expected, fresh)), [fresh]
            )
            yield Fix(
                source=mended,
                rationale=f"{text.text()} may be written like {other} too ({trouble.place}); both ways are read.",
                measures=("what was read before is read as before", "no log line: both ways are ordinary"),
                imports=imports,
            )


def _fix_java(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading of the other way of writing too: a day in ISO's, a moment of the zone that the code supposes."""
    told = re.match(r"Text '([^']+)' could not be parsed", trouble.message)
    for node in trouble.nodes if told is not None else ():
        name, holder, given = node.field("name"), node.field("object"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or name.text() != "parse" or holder is None or not told:
            continue
        kind, text = holder.text().rpartition(".")[2], given[0].text() if given else ""
        if not trouble.lies_in(node) or not given or not is_plain(given[0]):
            continue
        fresh = _write_java(kind, [one.text() for one in given], told[1], trouble)
        if fresh:
            yield Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
                rationale=f"{text} may be written like {told[1]} too ({trouble.place}); both ways are read.",
                measures=("what was read before is read as before", "no log line: both ways are ordinary"),
            )


def _write_java(kind: str, given: list[str], told: str, trouble: Trouble) -> str:
    """Return the reading of both ways; nothing where the other one is not known."""
    text, utc = given[0], re.search(r"ZoneOffset\.UTC|\bUTC\b", trouble.source.text)
    day, moment = r"\d{4}-\d\d-\d\d", r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
    java_day = day.replace("\\", "\\\\")
    if kind == "LocalDate" and len(given) == 2 and re.fullmatch(day, told):
        return (
            f'({text}.matches("{java_day}") ? java.time.LocalDate.parse({text}) : LocalDate.parse({", ".join(given)}))'
        )
    if kind == "LocalDate" and re.fullmatch(rf"{moment}(?:Z|[+-]\d\d:\d\d)?", told) and len(given) == 1:
        return f"java.time.LocalDate.parse({text}.substring(0, Math.min(10, {text}.length())))"
    if kind == "LocalDateTime" and re.fullmatch(rf"{moment}Z", told) and len(given) == 1 and utc:
        return f'LocalDateTime.parse({text}.replaceFirst("Z$", ""))'
    if kind == "LocalDateTime" and re.fullmatch(day, told) and len(given) == 1:
        return (f'({text}.matches("{java_day}") ? java.time.LocalDate.parse({text}).atStartOfDay() '
                f": LocalDateTime.parse({text}))")  # fmt: skip
    if kind == "Instant" and re.fullmatch(moment, told) and utc:
        return f'java.time.Instant.parse({text}.endsWith("Z") ? {text} : {text} + "Z")'
    return ""


def _vary(form: str) -> tuple[str, ...]:
    """Return a format with and without fractions of a second, and without seconds."""
    return form.replace("%S", "%S.%f"), form.replace("%S.%f", "%S"), form.replace(":%S", "")


def _split(form: str | None) -> list[str]:
    return re.findall(r"%.|[^%]", form or "")


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  # only whether it can be read
    except ValueError:
        return False
    return True
