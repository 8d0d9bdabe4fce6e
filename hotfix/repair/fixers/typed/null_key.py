"""Asks a collection that refuses null for no null (Java): what cannot be in it is not in it."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import bracket, list_children, replace_node

_WAYS = {
    "get": "({0} == null ? null : {1})",
    "containsKey": "({0} != null && {1})",
    "contains": "({0} != null && {1})",
    "getOrDefault": "({0} == null ? {2} : {1})",
    "indexOf": "({0} == null ? -1 : {1})",
}
_REFUSES = (
    r"\b{0}\s*=\s*(?:java\.util\.)?"
    r"(?:(?:Map|Set|List)\.(?:of|copyOf|ofEntries)\(|new (?:Concurrent\w*|Tree)(?:Map|Set)\b)"
)


def fix_null_key(trouble: Trouble) -> Iterator[Fix]:
    """Yield the answer for null beside the question, where the file makes the collection one that refuses null."""
    found_nothing = "because the return value of" in trouble.message  # what was asked for is missing, not the key
    if trouble.exception != "NullPointerException" or trouble.source.language != "java" or found_nothing:
        return
    told = re.search(r'because "([\w.]+)" is null', trouble.message)
    for node in trouble.nodes:
        name, holder, given = node.field("name"), node.field("object"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or holder is None or name.text() not in _WAYS:
            continue
        if not given or given[0].kind() != "identifier" or not trouble.lies_in(node):
            continue
        bare = re.escape(holder.text().removeprefix("this."))
        ours = told is not None and re.search(
            rf"(?<![\w.]){re.escape(told[1])}\s*\.", trouble.source.lines[trouble.line - 1]
        )
        if ours or re.search(_REFUSES.format(bare), trouble.source.text) is None:
            continue
        other = bracket(given[1]) if len(given) > 1 else ""
        fresh = _WAYS[name.text()].format(given[0].text(), node.text(), other)
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
            rationale=f"{describe(holder)} throws where it is asked for null ({trouble.place}); null is not in it.",
            measures=("what is not null is asked for as before", "no log line: the answer is that of an unknown key"),
        )
