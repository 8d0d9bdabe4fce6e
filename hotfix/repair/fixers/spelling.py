"""Reads the name of an enum's value however it is spelt (Java): small letters, blanks around it, a dash in it."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.tree import replace_node

_UNKNOWN = re.compile(r"^No enum constant (?:[\w.$]*[.$])?(?P<enum>\w+)\.(?P<name>.*)$")


def fix_spelling(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading of other spellings, where the name that failed is that of a value in another spelling."""
    told = _UNKNOWN.match(trouble.message)
    if trouble.exception != "IllegalArgumentException" or told is None or trouble.source.language != "java":
        return
    meant = re.sub(r"[\s-]+", "_", told["name"].strip()).upper()
    declared = re.compile(rf"\benum\s+{told['enum']}\b[^{{]*\{{[^}};]*\b{re.escape(meant)}\b")
    if not meant or not any(declared.search(source.text) for source in trouble.sources.values()):
        return
    for node in trouble.nodes:
        name, holder, arguments = (node.field(field) for field in ("name", "object", "arguments"))
        if node.kind() != "method_invocation" or name is None or holder is None or arguments is None:
            continue
        given = arguments.named_children()
        named = holder.text().rpartition(".")[2] == told["enum"] and name.text() == "valueOf" and len(given) == 1
        if not named or not trouble.lies_in(node):
            continue
        dashes = '.replaceAll("[\\\\s-]+", "_")' if re.search(r"\w[\s-]+\w", told["name"]) else ""
        fresh = f"{given[0].text()}.trim(){dashes}.toUpperCase(java.util.Locale.ROOT)"
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, given[0], fresh)),
            rationale=f"{told['enum']} came in another spelling at {trouble.place}; it is read in any.",
            measures=("what was read before is read as before", "no log line: both spellings are ordinary"),
        )
