"""Makes a store without names of its own (JavaScript): `constructor` is no key of `Object.create(null)`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import replace_nodes, tell_fix, walk_all

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"is not a function|is not iterable")


def fix_own_keys(trouble: Trouble) -> Iterator[Fix]:
    """Yield a store without inherited names, where the failing line takes by a key what is made when it lacks."""
    if trouble.exception != "TypeError" or not _TOLD.search(trouble.message) or trouble.function is None:
        return
    for node in trouble.nodes:
        store, index = node.field("object"), node.field("index")
        if node.kind() != "subscript_expression" or store is None or index is None or not trouble.lies_in(node):
            continue
        if not trouble.message.startswith(node.text()) or not _is_made_here(trouble, node.text()):
            continue
        made = [value for one in walk_all(trouble) if (value := _read_made(one, store.text())) is not None]
        if made:
            text = replace_nodes(trouble.source.text, [(one, "Object.create(null)") for one in made])
            what = (
                f"{store.text()} has names of its own, like constructor, which {index.text()} can be; now it has none"
            )
            yield tell_fix(trouble, text, what, ("all other keys are as before", "no log line: every key is ordinary"))
            return


def _is_made_here(trouble: Trouble, text: str) -> bool:
    """Tell whether the function makes what is under the key when it is lacking, so that it cannot be missing."""
    function = trouble.function.text() if trouble.function is not None else ""
    return (
        re.search(rf"{re.escape(text)}\s*(?:\?\?|\|\|)?=(?!=)|\(?{re.escape(text)}\s*(?:\|\||\?\?)", function)
        is not None
    )


def _read_made(node: "SgNode", store: str) -> "SgNode | None":
    """Return the empty object that a store begins as, where a node makes it."""
    left, right = (node.field("left"), node.field("right")) if node.kind() == "assignment_expression" else (
        node.field("name"), node.field("value")) if node.kind() == "variable_declarator" else (None, None)  # fmt: skip
    fits = left is not None and right is not None and left.text() == store and re.fullmatch(r"\{\s*\}", right.text())
    return right if fits else None
