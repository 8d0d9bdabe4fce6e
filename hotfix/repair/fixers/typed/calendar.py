"""Goes on in the calendar (Java): the month behind December is January, and not all months have 31 days."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.source import replace_lines

_UNITS = {"Year": "Years", "Month": "Months", "DayOfMonth": "Days", "Hour": "Hours", "Minute": "Minutes"}
_PARTS = re.compile(
    r"(?:java\.time\.)?LocalDate\.of\((?P<of>\w+)\.getYear\(\)(?P<years> [-+] \w+)?"
    r", (?P=of)\.getMonth(?:Value)?\(\)(?P<months> [-+] \w+)?, (?P=of)\.getDayOfMonth\(\)(?P<days> [-+] \w+)?\)"
)
_WITH = re.compile(
    r"(?P<of>\w+)\.with(?P<unit>Month|DayOfMonth|Hour|Minute|Year)"
    r"\((?P=of)\.get(?P<part>\w+)\(\) (?P<sign>[-+]) (?P<by>\w+)\)"
)


def fix_calendar(trouble: Trouble) -> Iterator[Fix]:
    """Yield the way that the calendar itself goes on, in place of a sum with a part of a date."""
    if trouble.exception != "DateTimeException" or trouble.function is None or trouble.source.language != "java":
        return
    line = trouble.source.lines[trouble.line - 1]
    fresh = _WITH.sub(_step, _PARTS.sub(_go_on, line))
    if fresh != line:
        yield Fix(
            source=replace_lines(trouble.source, trouble.line, trouble.line, [fresh]),
            rationale=f"A part of a date goes beyond what there is at {trouble.place}; the calendar goes on itself.",
            measures=("all other days are as before", "no log line: the end of a month is ordinary"),
        )


def _go_on(found: "re.Match[str]") -> str:
    """Return a date that goes on by years, months and days."""
    steps = [(found[name], name.title()) for name in ("years", "months", "days") if found[name]]
    return found["of"] + "".join(_say(by.strip()[0], by.strip()[1:].strip(), unit) for by, unit in steps)


def _step(found: "re.Match[str]") -> str:
    """Return a date that goes on by a unit, where it is the part of that unit that is added to."""
    same = found["part"].removesuffix("Value") == found["unit"]
    return found["of"] + _say(found["sign"], found["by"], _UNITS[found["unit"]]) if same else found[0]


def _say(sign: str, by: str, unit: str) -> str:
    return f".{'plus' if sign == '+' else 'minus'}{unit}({by})"
