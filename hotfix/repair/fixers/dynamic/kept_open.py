"""Reads what a file holds before it is closed (Python): what is gone over later finds it closed."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import tell_fix, walk_all
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node

_LAZY = re.compile(
    r"(?:csv\.)?(?:reader|DictReader)\(|^(?:map|filter|zip|enumerate|islice)\(|^\(.* for .* in .*\)$", re.DOTALL
)


def fix_kept_open(trouble: Trouble) -> Iterator[Fix]:
    """Yield the list of what a function gives back out of a file that it closes."""
    if "closed file" not in (trouble.message or trouble.passed):
        return
    for node in walk_all(trouble):
        value = next(iter(node.named_children()), None) if node.kind() == "return_statement" else None
        opened = next(
            (one for one in node.ancestors() if one.kind() == "with_statement" and "open(" in one.text()), None
        )
        if value is None or opened is None:
            continue
        name = re.escape(value.text())
        made = re.search(rf"\b{name} = (.+)", opened.text()) if value.kind() == "identifier" else None
        lazy = made[1] if made is not None else value.text()
        bare = re.search(rf"\bas {name}:", opened.text()) is not None
        if _LAZY.search(lazy) or bare:
            what = f"{describe(value)} is read when the file is closed already; now it is read before"
            text = replace_node(trouble.source.text, value, f"list({value.text()})")
            yield tell_fix(trouble, text, what, ("its items are the same", "no log line: nothing is left out"))
            return
