"""Leaves a function behind its answer (JavaScript): one that goes on answers twice, or calls back twice."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, indent_of, list_calls, read_call, tell_fix
from hotfix.repair.fixers.tree import list_children
from hotfix.repair.source import replace_lines, span_lines

_TOLD = re.compile(r"headers after they are sent|write after end|already (?:been )?(?:called|sent|answered|ended)")


def fix_answered(trouble: Trouble) -> Iterator[Fix]:
    """Yield a return behind the last answer before the failing one, in a branch that does not leave."""
    if not _TOLD.search(trouble.message or trouble.passed):
        return
    answers = set().union(*(_list_targets(call) for call in list_calls(trouble)))
    for block in reversed(trouble.nodes):
        parent = block.parent()
        if block.kind() != "statement_block" or parent is None or parent.kind() not in {"if_statement", "catch_clause"}:
            continue
        rows = list_children(block)
        if not rows or rows[-1].kind() != "expression_statement" or span_lines(block)[1] >= trouble.line:
            continue
        call = read_call(rows[-1].named_children()[0])
        if call is None or not _list_targets(call) & answers:
            continue
        last = span_lines(rows[-1])[1]
        indent = indent_of(trouble.source.lines[span_lines(rows[-1])[0] - 1])
        mended = replace_lines(trouble.source, last + 1, last, [f"{indent}return;"])
        what = "a branch that has answered goes on and answers again; now it leaves"
        yield tell_fix(trouble, mended.text, what, ("one return", "no log line: the answer is the one that was meant"))
        return


def _list_targets(call: Call) -> set[str]:
    """Return what answers: that which the method is taken off, else the function and what it is given first."""
    if call.holder is not None:
        return {re.split(r"\W", call.holder.text())[0]}
    first = call.given[0].text() if call.given else ""
    return {call.name, *([first] if first.isidentifier() else [])}
