"""Keeps the empty pieces at the end of a text that is split (Java): `split` drops them, and their places with them."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_around
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

_SAID = re.compile(r"\b(?:empty|blank|nothing|no value|missing|without|optional|left out|always)\b", re.IGNORECASE)
_KEEPS = re.compile(r"\.split\([^\n]*,\s*-1\)")


def fix_trailing(trouble: Trouble) -> Iterator[Fix]:
    """Yield a split that keeps all pieces, where a later piece was missing and the file speaks of such as are empty."""
    told = re.match(r"Index (\d+) out of bounds for length \d+", trouble.message)
    if trouble.exception != "ArrayIndexOutOfBoundsException" or told is None or told[1] == "0":
        return
    ground = "as the file splits elsewhere" if _KEEPS.search(trouble.elsewhere) else ""
    if not ground and _SAID.search(describe_around(trouble)):
        ground = "as its description says of what is empty"
    for node in trouble.nodes:
        name, given = node.field("name"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or name.text() != "split" or len(given) != 1:
            continue
        if node.range().start.line + 1 <= trouble.line:
            yield Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, given[0], f"{given[0].text()}, -1")),
                rationale=f"{describe(node)} drops empty pieces at the end, which {trouble.place} asks for; "
                f"they are kept{', ' if ground else ''}{ground}.",
                measures=("pieces that are not empty are what they were", "no log line: an empty piece is ordinary"),
                guess="" if ground else f"whether a piece that {describe(node)} lacks is an empty one",
            )
