"""Handles an error where input is read: a catch around the one statement that failed, with a log line and a way out.

It stops the harm for other input and leaves the cause, so it is a mitigation; where a request is refused for its bad
input, that is the fix.
"""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import WayOut, dialect_of, find_unit, find_way_out
from hotfix.repair.fixers.tree import find_innermost, starts_its_line
from hotfix.repair.source import FUNCTIONS, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_READING = {
    "python": {"ValueError", "JSONDecodeError", "InvalidOperation", "UnicodeDecodeError", "error", "PatternError"},
    "java": {"NumberFormatException", "DateTimeParseException", "PatternSyntaxException", "IllegalArgumentException"},
    "javascript": {"SyntaxError", "RangeError"},
}
_CAUGHT = {"JSONDecodeError": "ValueError", "UnicodeDecodeError": "ValueError", "InvalidOperation": "ArithmeticError",
           "error": "re.error", "PatternError": "re.error",
           "DateTimeParseException": "java.time.format.DateTimeParseException",
           "PatternSyntaxException": "java.util.regex.PatternSyntaxException"}  # fmt: skip
_TOLD = {
    "IllegalArgumentException": r"^No enum constant",
    "error": r" at position \d+|regular expression|pattern",
    "RangeError": r"Invalid time value|Invalid time zone",
}
"""What the message must say, where a class names more than input that cannot be read."""

_DECLARED = re.compile(
    r"^(?P<indent>\s*)(?:final\s+)?(?P<kind>const|let|var|[A-Z][\w.<>\[\], ?]*|int|long|double|float|boolean)\s+"
    r"(?P<name>\w+)(?P<typed>\s*:[^=]+?)?\s*=\s*(?P<value>.*)$"
)
_GOES_ON = re.compile(r"(?:except\b[^\n]*:|catch\b[^\n]*\{)(?:\n[^\n]*){1,2}\bcontinue\b")
DECLARES = frozenset({"local_variable_declaration", "lexical_declaration", "variable_declaration"})
"""Kinds of statements that declare a variable and may give it a value."""


def fix_handled(trouble: Trouble) -> Iterator[Fix]:
    """Yield a catch around the statement that failed to read its input."""
    language = "javascript" if trouble.source.language in {"typescript", "tsx"} else trouble.source.language or ""
    if trouble.exception not in _READING.get(language, set()) or trouble.function is None:
        return
    dialect = dialect_of(trouble)
    statement = find_innermost(trouble.nodes, trouble.line)
    if statement is None or _is_handled(statement) or not re.search(_TOLD.get(trouble.exception, ""), trouble.message):
        return
    first, last = span_lines(statement)
    way_out = find_way_out(trouble, statement)
    if way_out is None or last - first > 3 or not starts_its_line(statement, trouble.source.lines[first - 1]):
        return
    log = dialect.write_log(trouble.source, f"cannot read input in {trouble.function_name}: {way_out.means}")
    body = [row for row in (log, *way_out.statement.split("\n")) if row]
    unit, indent = find_unit(trouble.source), trouble.source.lines[first - 1][: statement.range().start.column]
    rows = trouble.source.lines[first - 1 : last]
    declared = split_declaration(language, rows[0]) if statement.kind() in DECLARES else []
    if declared is None:
        return
    held = [unit + line for line in (*declared[1:], *rows[1:])] if declared else [unit + line for line in rows]
    caught = _CAUGHT.get(trouble.exception, trouble.exception)
    opening, closing, end = {
        "python": ("try:", f"except {caught}:", None),
        "java": ("try {", f"}} catch ({caught} e) {{", "}"),
        "javascript": ("try {", "} catch (err) {", "}"),
    }[language]
    fresh = [*declared[:1], indent + opening, *held, indent + closing, *(indent + unit + row for row in body)]
    yield Fix(
        source=replace_lines(trouble.source, first, last, [*fresh, *([indent + end] if end else [])]),
        rationale=f"Input that cannot be read at {trouble.source.path}:{trouble.line} no longer ends the work on it: "
        f"{way_out.means}.",
        measures=(
            "catches only this error of this statement",
            "logs a warning" if log else "no log line: the file has no logger",
        ),
        mitigation=not way_out.refuses,
        guess=""
        if _is_founded(trouble, way_out)
        else f"what is meant where {trouble.function_name} cannot read its input",
    )


def _is_handled(statement: "SgNode") -> bool:
    """Tell whether a statement stands in a try: what is done about an error is written there."""
    within = itertools.takewhile(lambda one: one.kind() not in FUNCTIONS, statement.ancestors())
    return any(one.kind() in {"try_statement", "try_with_resources_statement"} for one in within)


def _is_founded(trouble: Trouble, way_out: WayOut) -> bool:
    """Tell whether something speaks for the way out; an item is left out only where another that fails is, too."""
    if way_out.statement.startswith("continue"):
        return goes_on_after_errors(trouble)
    return bool(way_out.ground)


def goes_on_after_errors(trouble: Trouble) -> bool:
    """Tell whether a loop of the file leaves out an item that failed and goes on."""
    return re.search(_GOES_ON, trouble.source.text) is not None


def split_declaration(language: str, row: str) -> list[str] | None:
    """Return a declaration with its value as two lines, so that what is declared is known behind the catch."""
    found = _DECLARED.match(row)
    if found is None or (language == "java") == (found["kind"] in {"const", "let", "var"}):
        return None
    kind = found["kind"] if language == "java" else "let"
    return [
        f"{found['indent']}{kind} {found['name']}{found['typed'] or ''};",
        f"{found['indent']}{found['name']} = {found['value']}",
    ]
