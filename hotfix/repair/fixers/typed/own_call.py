"""Ends a method that calls itself without end by formatting, or encoding, what it belongs to (Go)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.gotypes import GoTypes
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import find_statement, list_children, replace_node, starts_its_line
from hotfix.repair.source import Source, replace_lines, span_lines

_RECEIVER = re.compile(r"\(\s*(\w+)\s+(\*?)(\w+)\s*\)")
_FORMATS = re.compile(r"^fmt\.(?:Sprint\w*|Errorf|Fprint\w*|Print\w*)$")
_ENCODES = {"MarshalJSON": "json.Marshal", "UnmarshalJSON": "json.Unmarshal", "MarshalText": "json.Marshal"}


def fix_own_call(trouble: Trouble) -> Iterator[Fix]:
    """Yield the value without its methods, as what is formatted or encoded."""
    if trouble.source.language != "go" or trouble.function is None:
        return
    receiver = trouble.function.field("receiver")
    owner = _RECEIVER.fullmatch(receiver.text()) if receiver is not None else None
    if owner is None or trouble.function_name not in {"String", "Error", "Format", "GoString", *_ENCODES}:
        return
    types = GoTypes(trouble.sources.values(), trouble.source.path)
    for node in trouble.nodes:
        function = node.field("function") if node.kind() == "call_expression" else None
        if function is None:
            continue
        encodes = function.text() == _ENCODES.get(trouble.function_name)
        for given in list_children(node.field("arguments")) if encodes or _FORMATS.match(function.text()) else ():
            if given.text() not in {owner[1], f"*{owner[1]}", f"&{owner[1]}"}:
                continue
            under = types.see_through(owner[3])
            if not encodes and not under.startswith("struct"):
                fresh = f"{under}({'*' if owner[2] and given.text() == owner[1] else ''}{given.text()})"
                yield _say(
                    trouble, trouble.source.with_text(replace_node(trouble.source.text, given, fresh)), describe(node)
                )
                return
            statement = find_statement(node)
            line = trouble.source.lines[span_lines(statement)[0] - 1] if statement is not None else ""
            if statement is None or not starts_its_line(statement, line):
                continue
            pointer = bool(owner[2]) and not given.text().startswith("*")
            fresh = f"(*plain)({given.text().lstrip('&')})" if pointer else f"plain({given.text()})"
            held = trouble.source.with_text(replace_node(trouble.source.text, given, fresh))
            first, indent = span_lines(statement)[0], line[: len(line) - len(line.lstrip())]
            yield _say(
                trouble, replace_lines(held, first, first - 1, [f"{indent}type plain {owner[3]}"]), describe(node)
            )
            return


def _say(trouble: Trouble, source: Source, call: str) -> Fix:
    return Fix(
        source=source,
        rationale=f"{call} calls {trouble.function_name} again, without end; it takes the bare value now.",
        measures=("what is written is what the value holds", "no log line: nothing failed but the call itself"),
    )
