"""Reads numbers back that JSON keeps as texts where they are keys (Python)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import find_around, name_owner, read_call, tell_fix, walk_all
from hotfix.repair.fixers.tree import key, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def fix_json_keys(trouble: Trouble) -> Iterator[Fix]:
    """Yield numbers as keys where the store that lacks a number was read from JSON."""
    if trouble.exception != "KeyError" or not re.fullmatch(r"-?\d+", trouble.message.strip()):
        return
    stores = {value.text() for node in trouble.nodes if node.kind() == "subscript" and trouble.lies_in(node)
              and (value := node.field("value")) is not None}  # fmt: skip
    for node in walk_all(trouble):
        left, right = node.field("left"), node.field("right")
        if node.kind() != "assignment" or left is None or right is None or left.text() not in stores:
            continue
        if not _is_same_store(trouble, node, left):
            continue
        call = read_call(right)
        if call is not None and call.called in {"json.loads", "json.load", "loads", "load"}:
            fresh = f"{{int(key): value for key, value in {right.text()}.items()}}"
            what = f"JSON keeps the keys of {left.text()} as texts, and they are numbers here; they are read as such"
            text = replace_node(trouble.source.text, right, fresh)
            yield tell_fix(trouble, text, what, ("the values are as before", "no log line: all keys are numbers"))
            return


def _is_same_store(trouble: Trouble, node: "SgNode", left: "SgNode") -> bool:
    """Tell whether an assignment fills the store of the failing line: in its function, or as a member of its class."""
    around, function = find_around(node), trouble.function
    if function is None or around is None:
        return False
    if left.kind() == "attribute":
        return left.text().startswith("self.") and name_owner(node) == name_owner(function) != ""
    return key(around) == key(function)
