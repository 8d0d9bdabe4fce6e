"""Looks at an error that a call gave and that nobody looked at before the result was used (Go)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dialects.go import say_zero
from hotfix.repair.fixers.gotypes import GoTypes, list_types
from hotfix.repair.fixers.guards import WayOut, describe, dialect_of, find_unit, find_way_out
from hotfix.repair.fixers.tree import find_statement, list_children, list_names, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CHECKED = r"\bif\b[^{\n]*\b%s\s*[!=]=\s*nil"


def fix_ignored_error(trouble: Trouble) -> Iterator[Fix]:
    """Yield a check behind the call whose result was nil at the failing line, where its error is not looked at."""
    nil = "nil pointer" in trouble.message and trouble.exception == "panic"
    if not nil or trouble.source.language != "go" or trouble.function is None:
        return
    used = set().union(*(list_names(one) for one in trouble.nodes if _is_at(one, trouble.line)))
    for node in reversed([one for one in trouble.nodes if one.kind() == "short_var_declaration"]):
        call = _read_call(node)
        if call is None or span_lines(node)[1] >= trouble.line or call[0] not in used or find_statement(node) is None:
            continue
        between = "\n".join(trouble.source.lines[span_lines(node)[1] : trouble.line - 1])
        if call[1] == "_" or not re.search(_CHECKED % re.escape(call[1]), between):
            fix = _check(trouble, node, call[1])
            if fix is not None:
                yield fix
        return


def _is_at(node: "SgNode", line: int) -> bool:
    first, last = span_lines(node)
    return first == last == line


def _read_call(node: "SgNode") -> tuple[str, str] | None:
    """Return the first and the last name that a call's results are given to: a value and an error."""
    left, right = node.field("left"), node.field("right")
    values = list_children(right)
    names = [child.text() for child in list_children(left)]
    fits = len(names) > 1 and len(values) == 1 and values[0].kind() == "call_expression"
    return (names[0], names[-1]) if fits and (names[-1] == "_" or "err" in names[-1].lower()) else None


def _check(trouble: Trouble, node: "SgNode", name: str) -> Fix | None:
    source, (first, last) = trouble.source, span_lines(node)
    if first != last or not starts_its_line(node, source.lines[first - 1]):
        return None
    fresh_name = _choose_name(trouble) if name == "_" else name
    way_out = _find_way_out(trouble, node, fresh_name)
    if way_out is None:
        return None
    handed_on = way_out.statement.endswith(fresh_name)
    log = None if handed_on else dialect_of(trouble).write_log(source, f"a call in {trouble.function_name} failed")
    body = [row for row in (log, way_out.statement) if row]
    line = source.lines[first - 1]
    indent = line[: len(line) - len(line.lstrip())]
    taken = re.sub(r",\s*_(\s*:=)", rf", {fresh_name}\1", line, count=1) if name == "_" else line
    guard = [indent + row for row in dialect_of(trouble).write_guard(f"{fresh_name} != nil", body, find_unit(source))]
    return Fix(
        source=replace_lines(source, first, last, [taken, *guard]),
        rationale=f"{describe(node)} can fail, and its result is used at {trouble.place} all the same; now "
        f"{way_out.means}.",
        measures=(
            f"the error is looked at before line {trouble.line}",
            "logs a warning there" if log else "no log line: the error is handed on" if handed_on else
            "no log line: the file has no logger",
        ),
        guess="" if way_out.ground else f"what is meant where {describe(node)} fails",
    )  # fmt: skip


def _choose_name(trouble: Trouble) -> str:
    """Return a name for the error that no later declaration collides with."""
    text = trouble.function.text() if trouble.function is not None else ""
    return "callErr" if re.search(r"(?m)^\s*(?:var\s+err\b|err\s*:=)", text) else "err"


def _find_way_out(trouble: Trouble, node: "SgNode", name: str) -> WayOut | None:
    """Return how to leave when the call failed: the error goes up where it can."""
    result = trouble.function.field("result") if trouble.function is not None else None
    kinds = list_types(result) if result is not None else []
    if kinds and kinds[-1] == "error":
        types = GoTypes(trouble.sources.values(), trouble.source.path)
        back = f"return {', '.join([*(say_zero(kind, types) for kind in kinds[:-1]), name])}"
        return WayOut(back, "its error is handed on", "as its type says")
    return find_way_out(trouble, node)
