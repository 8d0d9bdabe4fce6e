"""Calls what may be missing only where it is there, as other code of the file asks before it calls (Java, Go)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, find_unit
from hotfix.repair.fixers.tree import find_statement, is_plain, starts_its_line
from hotfix.repair.source import replace_lines, span_lines


def fix_asked_call(trouble: Trouble) -> Iterator[Fix]:
    """Yield the question around a call that stands alone, where other code of the file asks the same."""
    java, nothing = trouble.source.language == "java", re.search(r"nil pointer|is null", trouble.message)
    if trouble.source.language not in {"java", "go"} or nothing is None:
        return
    for node in trouble.nodes:
        called = node.field("object") if java else node.field("function")
        statement = node.parent()
        if (
            called is None
            or statement is None
            or statement.kind() != "expression_statement"
            or not trouble.lies_in(node)
        ):
            continue
        member = re.search(r"(?:^|\.)(\w+)(?:\(\))?$", called.text())
        word = "null" if java else "nil"
        asks = re.search(rf"\b{member[1]}(?:\(\))? != {word}\b", trouble.elsewhere) if member is not None else None
        first, last = span_lines(statement)
        if asks is None or not is_plain(called) or find_statement(node) is None:
            continue
        if not starts_its_line(statement, trouble.source.lines[first - 1]):
            continue
        indent, unit = trouble.source.lines[first - 1][: statement.range().start.column], find_unit(trouble.source)
        head = f"if ({called.text()} != null) {{" if java else f"if {called.text()} != nil {{"
        held = [unit + row for row in trouble.source.lines[first - 1 : last]]
        yield Fix(
            source=replace_lines(trouble.source, first, last, [indent + head, *held, f"{indent}}}"]),
            rationale=f"{describe(called)} can be missing at {trouble.place}; then it is not called, as elsewhere.",
            measures=("called where it is there", "no log line: what may be left out is ordinary"),
        )
        return
