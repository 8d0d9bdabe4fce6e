"""Keeps one bad item from ending the work on all others: a catch around the call where a loop or a task begins.

The error came from a function that is called there. It stops the harm for other items and leaves the cause, so it is
always a mitigation.
"""

import builtins
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, dialect_of, find_unit
from hotfix.repair.fixers.handled import DECLARES, goes_on_after_errors, split_declaration
from hotfix.repair.fixers.tree import find_innermost, find_loop, starts_its_line
from hotfix.repair.limits import BOUNDARY_LINES_MOST
from hotfix.repair.source import FUNCTIONS, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LOOPS = frozenset({"for_statement", "while_statement", "for_in_statement", "enhanced_for_statement", "do_statement"})
_CALLS = frozenset({"expression_statement", "call_expression"})
_TASK = re.compile(r"^(?:run|call|onMessage|onEvent|accept|handle)$")


def fix_boundary(trouble: Trouble) -> Iterator[Fix]:
    """Yield a catch around the call through which an error came, where it stands in a loop or begins a task."""
    statement = find_innermost(trouble.nodes, trouble.line) if trouble.passing else None
    if statement is None or not _is_boundary(trouble, statement):
        return
    loop = find_loop(statement)
    given = loop is not None and _gives(trouble, statement)
    if statement.kind() not in _CALLS and not given:
        return
    first, last = span_lines(statement)
    if last - first >= BOUNDARY_LINES_MOST or not starts_its_line(statement, trouble.source.lines[first - 1]):
        return
    log = dialect_of(trouble).write_log(trouble.source, f"an item failed in {trouble.function_name}: it is left out")
    line, unit = trouble.source.lines[first - 1], find_unit(trouble.source)
    indent = line[: len(line) - len(line.lstrip())]
    rows = trouble.source.lines[first - 1 : last]
    parted = split_declaration(trouble.source.language or "", rows[0]) if statement.kind() in DECLARES else [rows[0]]
    opening, closing = _write(trouble, log, skips=given)
    if not opening or parted is None:
        return
    held = [unit + row if row.strip() else row for row in (parted[-1], *rows[1:])]
    fresh = [*parted[:-1], *(indent + row.replace("\t", unit) for row in opening), *held,
             *(indent + row.replace("\t", unit) for row in closing)]  # fmt: skip
    yield Fix(
        source=replace_lines(trouble.source, first, last, fresh),
        rationale=f"An error of one item that comes up at {trouble.place} no longer ends the work on the others.",
        measures=(
            "catches only what this call raises",
            "logs a warning" if log else "no log line: the file has no logger",
        ),
        mitigation=True,
        guess="" if loop is None or goes_on_after_errors(trouble) else f"that {describe(loop)} may leave out an item",
    )


def _is_boundary(trouble: Trouble, statement: "SgNode") -> bool:
    """Tell whether a statement stands in a loop, or in the function that a thread or a framework calls."""
    for above in statement.ancestors():
        if above.kind() in {"try_statement", "try_with_resources_statement"}:
            return False
        if above.kind() in FUNCTIONS:
            break
        if above.kind() in _LOOPS:
            return True
    parent = trouble.function.parent() if trouble.function is not None else None
    started = parent is not None and any(one.kind() == "go_statement" for one in [parent, *parent.ancestors()][:2])
    task = trouble.source.language == "java" and _TASK.match(trouble.function_name) is not None
    return started or task


def _gives(trouble: Trouble, statement: "SgNode") -> bool:
    """Tell whether a statement gives a name a value that the rest of the loop needs; Go cannot leave its catch so."""
    python = statement.kind() == "expression_statement" and re.match(r"[\w, ]+ = ", statement.text()) is not None
    return (statement.kind() in DECLARES or python) and trouble.source.language != "go"


def _write(trouble: Trouble, log: str | None, *, skips: bool) -> tuple[list[str], list[str]]:
    """Return the lines before and behind the call; ``skips``: the rest of the loop is left out."""
    end = "" if trouble.source.language == "python" else ";"
    said = [*([f"\t{log}"] if log else []), *([f"\tcontinue{end}"] if skips else [])]
    match trouble.source.language:
        case "python":
            return ["try:"], [f"except {_name(trouble)}:", *(said or ["\tpass"])]
        case "java":
            return ["try {"], ["} catch (RuntimeException e) {", *said, "}"]
        case "go":
            deeper = [f"\t\t{row}" for row in said]
            recover = ["\tdefer func() {", "\t\tif recover() != nil {", *deeper, "\t\t}", "\t}()"]
            return (["func() {", *recover], ["}()"]) if log else ([], [])
        case _:
            return ["try {"], ["} catch (err) {", *said, "}"]


def _name(trouble: Trouble) -> str:
    """Return the class that is caught: the one of the error, where the file can name it."""
    known = hasattr(builtins, trouble.passing)
    name = re.escape(trouble.passing)
    imported = re.search(rf"(?m)^(?:from .* )?import .*\b{name}\b|^class {name}\b", trouble.source.text)
    return trouble.passing if known or imported else "Exception"
