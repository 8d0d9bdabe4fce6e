"""Takes many values one by one (JavaScript): a call with each of them as an argument overflows the stack."""

from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, list_calls, tell_fix
from hotfix.repair.fixers.guards import describe, find_unit
from hotfix.repair.fixers.tree import choose_name, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

_EACH = {"Math.max": "-Infinity", "Math.min": "Infinity"}


def fix_spread_out(trouble: Trouble) -> Iterator[Fix]:
    """Yield a loop, or a fold, for the failing call that spreads a list into its arguments."""
    if "Maximum call stack" not in trouble.message or trouble.source.language == "python":
        return
    for call in list_calls(trouble):
        spread = call.given[-1] if call.given else None
        if spread is None or spread.kind() != "spread_element" or call.node.kind() != "call_expression":
            continue
        held, text, name = (
            spread.named_children()[0].text(),
            trouble.source.text,
            choose_name(trouble.function, "one", "item", "each"),
        )
        parent, row = call.node.parent(), trouble.source.lines[span_lines(call.node)[0] - 1]
        alone = parent is not None and parent.kind() == "expression_statement" and starts_its_line(parent, row)
        mended = None
        if call.name == "push" and len(call.given) == 1 and alone and parent is not None:
            indent, unit = indent_of(row), find_unit(trouble.source)
            rows = [f"{indent}for (const {name} of {held}) {{", f"{indent}{unit}{call.called}({name});", f"{indent}}}"]
            mended = replace_lines(trouble.source, *span_lines(parent), rows).text
        elif call.called in _EACH:
            start = ", ".join([*(one.text() for one in call.given[:-1]), _EACH[call.called]])
            first = f"{call.called}({start})" if len(call.given) > 1 else start
            fold = f"[...{held}].reduce((most, {name}) => {call.called}(most, {name}), {first})"
            mended = replace_node(text, call.node, fold)
        elif call.called in {"String.fromCharCode", "String.fromCodePoint"} and len(call.given) == 1:
            mended = replace_node(text, call.node, f"Array.from({held}, ({name}) => {call.called}({name})).join('')")
        if mended is not None:
            what = f"{describe(call.node)} has an argument for each value, and many overflow; one is taken at a time"
            yield tell_fix(
                trouble, mended, what, ("few values give what they gave", "no log line: nothing is left out")
            )
            return
