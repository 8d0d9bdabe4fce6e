"""Reads what a file holds before it is closed (Python): what is gone over later finds it closed."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import find_around, tell_fix, walk_all
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node
from hotfix.repair.source import name_function

_LAZY = re.compile(
    r"(?<![\w.])(?:csv\.)?(?:reader|DictReader)\(|^(?:map|filter|zip|enumerate|islice)\(|^\(.* for .* in .*\)$",
    re.DOTALL,
)

_WRITES = re.compile(r"\.(?:write|writelines|writerow|writerows|flush|truncate)\(")


def fix_kept_open(trouble: Trouble) -> Iterator[Fix]:
    """Yield the list of what a function gives back out of a file that it closes."""
    said = trouble.message or trouble.passed
    if "closed file" not in said or _WRITES.search(trouble.source.lines[trouble.line - 1]) or trouble.function is None:
        return
    caller = trouble.function.text()
    for node in walk_all(trouble):
        value = next(iter(node.named_children()), None) if node.kind() == "return_statement" else None
        opened = next(
            (one for one in node.ancestors() if one.kind() == "with_statement" and "open(" in one.text()), None
        )
        around = find_around(node)
        called = rf"(?<!def )\b{re.escape(name_function(around))}\(" if around is not None else r"(?!)"
        if value is None or opened is None or not re.search(called, caller):
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
