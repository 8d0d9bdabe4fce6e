"""Handles an error where input is read: a catch around the one statement that failed, with a log line and a way out.

It stops the harm for other input and leaves the cause, so it is a mitigation; where a request is refused for its bad
input, that is the fix.
"""

from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import dialect_of, find_unit, find_way_out
from hotfix.repair.fixers.tree import find_innermost, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_READING = {
    "python": {"ValueError", "JSONDecodeError", "InvalidOperation", "UnicodeDecodeError"},
    "java": {"NumberFormatException", "DateTimeParseException"},
    "javascript": {"SyntaxError"},
}
_CAUGHT = {"JSONDecodeError": "ValueError", "UnicodeDecodeError": "ValueError", "InvalidOperation": "ArithmeticError",
           "DateTimeParseException": "java.time.format.DateTimeParseException"}  # fmt: skip
_DECLARES = frozenset({"local_variable_declaration", "lexical_declaration", "variable_declaration"})


def fix_handled(trouble: Trouble) -> Iterator[Fix]:
    """Yield a catch around the statement that failed to read its input."""
    language = "javascript" if trouble.source.language in {"typescript", "tsx"} else trouble.source.language or ""
    if trouble.exception not in _READING.get(language, set()) or trouble.function is None:
        return
    dialect = dialect_of(trouble)
    statement = find_innermost(trouble.nodes, trouble.line)
    if statement is None or statement.kind() in _DECLARES:
        return
    first, last = span_lines(statement)
    way_out = find_way_out(trouble, statement)
    if way_out is None or last - first > 3 or not starts_its_line(statement, trouble.source.lines[first - 1]):
        return
    log = dialect.write_log(trouble.source, f"cannot read input in {trouble.function_name}: {way_out.means}")
    body = [row for row in (log, *way_out.statement.split("\n")) if row]
    unit, indent = find_unit(trouble.source), trouble.source.lines[first - 1][: statement.range().start.column]
    held = [unit + line for line in trouble.source.lines[first - 1 : last]]
    caught = _CAUGHT.get(trouble.exception, trouble.exception)
    opening, closing, end = {
        "python": ("try:", f"except {caught}:", None),
        "java": ("try {", f"}} catch ({caught} e) {{", "}"),
        "javascript": ("try {", "} catch (err) {", "}"),
    }[language]
    fresh = [indent + opening, *held, indent + closing, *(indent + unit + row for row in body)]
    yield Fix(
        source=replace_lines(trouble.source, first, last, [*fresh, *([indent + end] if end else [])]),
        rationale=f"Input that cannot be read at {trouble.source.path}:{trouble.line} no longer ends the work on it: "
        f"{way_out.means}.",
        measures=(
            "catches only this error of this statement",
            "logs a warning" if log else "no log line: the file has no logger",
        ),
        mitigation=not way_out.refuses,
    )
