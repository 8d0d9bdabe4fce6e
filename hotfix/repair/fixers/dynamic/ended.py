"""Ends where there is nothing more to take (Python): a generator whose `next` has no item, a search without a hit."""

from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, list_calls, tell_fix
from hotfix.repair.fixers.grounds import find_described_exit, find_ground
from hotfix.repair.fixers.guards import describe, find_unit
from hotfix.repair.fixers.tree import find_innermost, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines


def fix_ended(trouble: Trouble) -> Iterator[Fix]:
    """Yield the end of the generator, or what the function gives for nothing."""
    if trouble.source.language != "python" or trouble.function is None:
        return
    if trouble.exception == "RuntimeError" and "raised StopIteration" in trouble.message:
        yield from _end(trouble)
    elif trouble.exception == "StopIteration":
        yield from (_end(trouble) if any(node.kind() == "yield" for node in trouble.nodes) else _give(trouble))


def _end(trouble: Trouble) -> Iterator[Fix]:
    statement = find_innermost(trouble.nodes, trouble.line)
    if statement is None or not any(call.called == "next" for call in list_calls(trouble)):
        return
    first, last = span_lines(statement)
    rows = trouble.source.lines[first - 1 : last]
    if not starts_its_line(statement, rows[0]) or last - first > 3:
        return
    indent, unit = indent_of(rows[0]), find_unit(trouble.source)
    fresh = [f"{indent}try:", *(unit + row for row in rows), f"{indent}except StopIteration:", f"{indent}{unit}return"]
    mended = replace_lines(trouble.source, first, last, fresh)
    what = "what is taken from has ended, which ends a generator with an error; now it ends as well"
    yield tell_fix(trouble, mended.text, what, ("all items before are given", "no log line: an end is ordinary"))


def _give(trouble: Trouble) -> Iterator[Fix]:
    for call in list_calls(trouble):
        arguments = call.node.field("arguments")
        alone = arguments is not None and arguments.kind() == "generator_expression"
        first = arguments if alone else call.given[0] if len(call.given) == 1 else None
        if call.called != "next" or first is None:
            continue
        exit_ = find_described_exit(trouble) or "return None"
        value, held = exit_.removeprefix("return "), first.text()
        parent = call.node.parent()
        ground = find_ground(trouble, exit_) if parent is not None and parent.kind() == "return_statement" else ""
        text = replace_node(trouble.source.text, call.node, f"next({held}, {value})")
        guess = "" if ground else f"what is meant where {describe(call.node)} finds nothing"
        what = f"nothing may fit {describe(first)}; then {trouble.function_name} gives {value}"
        yield tell_fix(
            trouble, text, what, ("what fits is found as before", "no log line: nothing found is ordinary"), guess
        )
