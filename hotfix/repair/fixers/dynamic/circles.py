"""Writes as JSON what holds itself (JavaScript): where the circle closes a mark is written."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, list_calls, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import find_statement, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_TELLS = re.compile(r"\blog|\bmessage|\bline\b|\bdebug|\bshow|\bdescribe|\bdump|\btrace|\breport", re.IGNORECASE)


def fix_circles(trouble: Trouble) -> Iterator[Fix]:
    """Yield a function that leaves out, for the failing call, what is above it already."""
    for call in list_calls(trouble) if "circular structure to JSON" in trouble.message else ():
        statement = find_statement(call.node)
        if call.called != "JSON.stringify" or len(call.given) != 1 or statement is None:
            continue
        first, last = span_lines(statement)
        row = trouble.source.lines[first - 1]
        if first != last or not starts_its_line(statement, row):
            continue
        unit = find_unit(trouble.source)
        rows = [
            "const above = [];",
            "function leaveCirclesOut(key, value) {",
            f"{unit}if (typeof value !== 'object' || value === null) return value;",
            f"{unit}while (above.length > 0 && above.at(-1) !== this) above.pop();",
            f"{unit}if (above.includes(value)) return '[Circular]';",
            f"{unit}above.push(value);",
            f"{unit}return value;",
            "}",
        ]
        fresh = row.replace(call.node.text(), call.node.text()[:-1].rstrip() + ", leaveCirclesOut)")
        mended = replace_lines(trouble.source, first, last, [*(indent_of(row) + one for one in rows), fresh])
        tells = _TELLS.search(f"{trouble.function_name} {describe_function(trouble)} {trouble.source.path}")
        guess = "" if tells else "what stands for what holds itself"
        what = "what is written can hold itself, which JSON has no form for; a mark stands where the circle closes"
        yield tell_fix(trouble, mended.text, what, ("all else is written as before", "no log line"), guess)
        return
