"""Guards a key that a dictionary may lack (Python), in place or before the statement."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dialects.logs import is_log_call
from hotfix.repair.fixers.grouped import count_first
from hotfix.repair.fixers.guards import describe, put_guard
from hotfix.repair.fixers.owners import begins_empty
from hotfix.repair.fixers.precedents import find_sibling_exit
from hotfix.repair.fixers.tree import is_annotation, is_plain, key, replace_node
from hotfix.repair.limits import FIXES_EACH

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_SLOTS = frozenset({"pair", "keyword_argument", "list", "interpolation"})


def fix_missing_key(trouble: Trouble) -> Iterator[Fix]:
    """Yield fixes for the lookups of the failing line that fit the key in the message."""
    if trouble.exception != "KeyError" or trouble.source.language != "python" or trouble.function is None:
        return
    for node in _list_lookups(trouble)[:FIXES_EACH]:
        fix = _fix_counter(trouble, node) or _fix_in_place(trouble, node) or _fix_before(trouble, node)
        if fix is not None:
            yield fix


def _list_lookups(trouble: Trouble) -> list["SgNode"]:
    """Return the lookups of the line: that of the key in the message, else those of computed keys."""
    found = []
    for node in trouble.nodes:
        value = node.field("value") if node.kind() == "subscript" else None
        if value is None or value.range().end.line + 1 != trouble.line or value.text() == "os.environ":
            continue
        index = node.field("subscript")
        if index is None or index.kind() == "slice" or is_annotation(node):
            continue
        parent = node.parent()
        left = parent.field("left") if parent is not None and parent.kind() == "assignment" else None
        if left is None or key(left) != key(node):  # what is assigned to need not be there
            found.append(node)
    asked = trouble.message.strip()
    exact = [node for node in found if _key_text(node).strip("'\"") == asked.strip("'\"") and "'" in asked]
    return exact or [node for node in found if not re.match(r"^['\"]|^-?\d+$", _key_text(node))]


def _key_text(node: "SgNode") -> str:
    index = node.field("subscript")
    return index.text() if index is not None else ""


def _parts(node: "SgNode") -> tuple[str, str]:
    value = node.field("value")
    return (value.text() if value is not None else ""), _key_text(node)


def _fix_counter(trouble: Trouble, node: "SgNode") -> Fix | None:
    """Let a counter begin at nothing: ``d[k] += 1``."""
    parent = node.parent()
    if parent is None or parent.kind() != "augmented_assignment":
        return None
    left, right = parent.field("left"), parent.field("right")
    operator = next((child.text() for child in parent.children() if child.text() in {"+=", "|="}), None)
    if left is None or right is None or operator != "+=" or key(left) != key(node):
        return None
    store, asked = _parts(node)
    if find_sibling_exit(trouble, node) is not None or not is_plain(node):
        return None  # elsewhere an unknown key is refused
    text = replace_node(trouble.source.text, parent, count_first(store, asked, right))
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"{store} lacks {asked} when it is counted first ({trouble.place}); it begins with that.",
        measures=("default in place: what is counted first is not lost",),
        guess=""
        if begins_empty(trouble, store)
        else f"whether {asked} may begin here: other code puts keys into {store}",
    )


def _fix_in_place(trouble: Trouble, node: "SgNode") -> Fix | None:
    """Leave a slot empty where the key is missing."""
    parent, (store, asked) = node.parent(), _parts(node)
    in_log = any(above.kind() == "call" and is_log_call(above.text()) for above in node.ancestors())
    if parent is None or not (parent.kind() in _SLOTS or in_log):
        return None
    return Fix(
        source=trouble.source.with_text(replace_node(trouble.source.text, node, f"{store}.get({asked})")),
        rationale=f"{describe(node)} can be missing at {trouble.place}; then it is left empty and the rest goes on.",
        measures=("default in place: the shape of the result stays", "no log line: an empty value is ordinary there"),
        guess="" if in_log or _may_lack(trouble, asked) else f"whether {describe(node)} may be left empty",
    )


def _may_lack(trouble: Trouble, asked: str) -> bool:
    """Tell whether code elsewhere takes a key that is written down for one that may be missing."""
    optional = re.compile(rf"\.get\(\s*{re.escape(asked)}\s*[,)]|(?<!for ){re.escape(asked)} (?:not )?in \w")
    return asked[0] in "\"'" and any(
        optional.search(one.text) for one in trouble.sources.values() if one.language == "python"
    )


def _fix_before(trouble: Trouble, node: "SgNode") -> Fix | None:
    value, index = node.field("value"), node.field("subscript")
    if value is None or index is None or not is_plain(node):
        return None
    return put_guard(trouble, node, f"{index.text()} not in {value.text()}", f"{describe(node)} is missing")
