"""Reads both alphabets of Base64, and such that is broken into lines (Java)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_TOLD = re.compile(r"^Illegal base64 character ([0-9a-f]+)$")
_URL, _STANDARD, _BLANKS = frozenset({"2d", "5f"}), frozenset({"2b", "2f"}), frozenset({"a", "d", "20", "9"})


def fix_decoder(trouble: Trouble) -> Iterator[Fix]:
    """Yield the decoder that reads the sign which failed, and all that was read before."""
    told = _TOLD.match(trouble.message)
    for node in trouble.nodes if told and trouble.source.language == "java" else ():
        name, holder, given = node.field("name"), node.field("object"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or holder is None or name.text() != "decode" or not told:
            continue
        if len(given) != 1 or not trouble.lies_in(node) or "ecoder" not in holder.text():
            continue
        text = given[0].text()
        base = re.sub(r"get\w*Decoder\(\)", "{0}", holder.text())
        if "{0}" not in base or "getBytes" in text:
            continue
        if told[1] in _URL:
            fresh = f"{base.format('getUrlDecoder()')}.decode({text}.replace('+', '-').replace('/', '_'))"
        elif told[1] in _STANDARD:
            fresh = f"{base.format('getDecoder()')}.decode({text}.replace('-', '+').replace('_', '/'))"
        elif told[1] in _BLANKS:
            fresh = f'{holder.text()}.decode({text}.replaceAll("\\\\s", ""))'
        else:
            continue
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
            rationale=f"{describe(node)} got Base64 in another form at {trouble.place}; both are read.",
            measures=("what was read before is read as before", "no log line: both forms are ordinary"),
        )
