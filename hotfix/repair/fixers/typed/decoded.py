"""Decodes JSON into what a pointer points to and not into the pointer (Go): ``null`` would make that nil."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_MADE = r"\b%s\s*(?::=|=)\s*(?:&\w|new\()"


def fix_decoded(trouble: Trouble) -> Iterator[Fix]:
    """Yield the pointer itself as what is decoded into, where the function has made what it points to."""
    if trouble.source.language != "go" or trouble.exception != "panic" or "nil pointer" not in trouble.message:
        return
    for node in trouble.nodes:
        function, given = node.field("function"), list_children(node.field("arguments"))
        if node.kind() != "call_expression" or function is None or not given:
            continue
        told = re.fullmatch(r"&(\w+)", given[-1].text())
        decodes = re.search(r"\.(?:Unmarshal|Decode)$", function.text())
        before = trouble.source.text[trouble.function.range().start.index : node.range().start.index] if (
            trouble.function is not None) else ""  # fmt: skip
        if told is None or decodes is None or not re.search(_MADE % told[1], before):
            continue
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, given[-1], told[1])),
            rationale=f"{describe(node)} makes {told[1]} nil where the text is null; now {told[1]} stays what was made "
            f"before ({trouble.place}).",
            measures=("all other texts are read as before", "no log line: null stands for nothing"),
        )
