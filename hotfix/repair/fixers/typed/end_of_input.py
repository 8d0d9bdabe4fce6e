"""Ends where the input does, as the loop of the same function does (Java): a first line may be missing, too."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import list_returns
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import find_statement, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_TOLD = re.compile(r'because the return value of "[\w.$]*\.(readLine|poll|peek|next)\(\)" is null')


def fix_end_of_input(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard that gives what was gathered so far, where the function asks for the end elsewhere."""
    told = _TOLD.search(trouble.message)
    if trouble.source.language != "java" or told is None or trouble.function is None:
        return
    returns = {one.text() for one in list_returns(trouble.function)}
    back = returns.pop() if len(returns) == 1 else "" if returns else "return;"
    own = trouble.function.text()
    made = re.search(rf"\b{re.escape(back.removeprefix('return ').rstrip(';'))} = new \w+(?:<[^;]*>)?\(\);", own)
    asks = re.search(r"\w+ [!=]= null\b|\.readLine\(\)\) != null", own)
    if not back or asks is None or (back != "return;" and made is None):
        return
    for node in trouble.nodes:
        name, statement = node.field("name"), find_statement(node)
        if node.kind() != "method_invocation" or name is None or name.text() != told[1] or not trouble.lies_in(node):
            continue
        line = trouble.source.lines[span_lines(statement)[0] - 1] if statement is not None else ""
        if statement is None or not starts_its_line(statement, line):
            continue
        fresh = next(one for one in ("first", "header", "firstLine") if not re.search(rf"\b{one}\b", own))
        first, indent = span_lines(statement)[0], line[: len(line) - len(line.lstrip())]
        held = trouble.source.with_text(replace_node(trouble.source.text, node, fresh))
        rows = [f"var {fresh} = {node.text()};", f"if ({fresh} == null) {{", f"{find_unit(trouble.source)}{back}", "}"]
        yield Fix(
            source=replace_lines(held, first, first - 1, [indent + row for row in rows]),
            rationale=f"There is nothing to read at {trouble.place} where the input is empty; then what was gathered "
            "so far is given, as at the end of the loop.",
            measures=("all other input is read as before", "no log line: empty input is ordinary"),
        )
        return
