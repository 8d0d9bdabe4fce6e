"""Gives what the description says where a file is not there yet, or a queue is empty (Python, JavaScript)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, tell_fix
from hotfix.repair.fixers.guards import find_unit, find_way_out
from hotfix.repair.fixers.handled import DECLARES, split_declaration
from hotfix.repair.fixers.tree import find_innermost, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_LACKS = {"FileNotFoundError": "FileNotFoundError", "NotADirectoryError": "NotADirectoryError", "Empty": "queue.Empty"}
_WRITES = re.compile(r"open\([^)\n]*[\"'][wax]|write_(?:text|bytes)|(?:write|append)File|mkdir|rename|unlink|remove")
_LINES_MOST = 6


def fix_not_there(trouble: Trouble) -> Iterator[Fix]:
    """Yield a handler for just this error around the reading statement, where something says what is given then."""
    python, function = trouble.source.language == "python", trouble.function
    told = trouble.exception in _LACKS if python else trouble.message.startswith("ENOENT")
    statement = find_innermost(trouble.nodes, trouble.line) if told and function is not None else None
    if statement is None or _WRITES.search(statement.text()):
        return
    first, last = span_lines(statement)
    rows = trouble.source.lines[first - 1 : last]
    way_out = find_way_out(trouble, statement)
    if way_out is None or last - first >= _LINES_MOST or not starts_its_line(statement, rows[0]):
        return
    indent, unit = indent_of(rows[0]), find_unit(trouble.source)
    declared = split_declaration("javascript", rows[0]) if statement.kind() in DECLARES else []
    if declared is None or (
        trouble.exception == "Empty" and not re.search(r"^import queue\b", trouble.source.text, re.MULTILINE)
    ):
        return
    held = [*declared[1:], *rows[1:]] if declared else rows
    if python:
        opening, closing = [f"{indent}try:"], [f"{indent}except {_LACKS[trouble.exception]}:"]
        closing += [f"{indent}{unit}{way_out.statement}"]
    else:
        opening, closing = [*declared[:1], f"{indent}try {{"], [f"{indent}}} catch (err) {{"]
        closing += [
            f"{indent}{unit}if (err.code !== 'ENOENT') throw err;",
            f"{indent}{unit}{way_out.statement}",
            f"{indent}}}",
        ]
    mended = replace_lines(trouble.source, first, last, [*opening, *(unit + row for row in held), *closing])
    what = f"what is read may not be there; then {way_out.means}"
    guess = "" if way_out.ground else f"what is meant where {trouble.function_name} finds nothing to read"
    fix = tell_fix(trouble, mended.text, what, ("all other errors go on", "no log line: it is ordinary"), guess)
    yield Fix(fix.source, fix.rationale, fix.measures, mitigation=True, imports=fix.imports, guess=guess)
