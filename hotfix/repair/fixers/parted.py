"""Parts a text in as many pieces as are asked for (Python): the separator may be in the last one too, or be missing."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, put_guard
from hotfix.repair.fixers.tree import is_plain, key, list_children, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"^(?:(too many) values to unpack \(expected (\d+)|not enough values to unpack \(expected (\d+))")


def fix_parted(trouble: Trouble) -> Iterator[Fix]:
    """Yield a limit for the pieces, or a guard, where the failing line gives the pieces of a text to names."""
    told = _TOLD.match(trouble.message)
    if trouble.exception != "ValueError" or trouble.source.language != "python" or told is None:
        return
    for node in trouble.nodes:
        function, arguments = node.field("function"), node.field("arguments")
        text = function.field("object") if function is not None and function.kind() == "attribute" else None
        given = list_children(arguments)
        if node.kind() != "call" or function is None or text is None or not is_plain(text) or len(given) != 1:
            continue
        if not function.text().endswith(".split") or not trouble.lies_in(node) or not _names_pieces(node, given[0]):
            continue
        pieces = int(told[2] or told[3])
        if told[1]:
            yield Fix(
                source=trouble.source.with_text(
                    replace_node(trouble.source.text, given[0], f"{given[0].text()}, {pieces - 1}")
                ),
                rationale=f"{describe(text)} may hold {given[0].text()} more often than {pieces - 1} times "
                f"({trouble.place}); what is behind stays in the last piece.",
                measures=("what was parted before is parted as before", "no log line: nothing is left out"),
                guess="" if _is_usual(trouble, given[0].text()) else f"which {given[0].text()} parts {describe(text)}",
            )
            continue
        condition = f"{text.text()}.count({given[0].text()}) < {pieces - 1}"
        fix = put_guard(trouble, node, condition, f"{describe(text)} lacks {given[0].text()}")
        if fix is not None:
            yield fix


def _names_pieces(call: "SgNode", separator: "SgNode") -> bool:
    """Tell whether a call's pieces, between a text that is written down, are given to names and to nothing else."""
    parent = call.parent()
    left, right = (parent.field(name) if parent is not None else None for name in ("left", "right"))
    if parent is None or parent.kind() != "assignment" or left is None or right is None:
        return False
    return left.kind() == "pattern_list" and key(right) == key(call) and separator.kind() == "string"


def _is_usual(trouble: Trouble, separator: str) -> bool:
    """Tell whether a text is parted at the first of these separators: as other code does, or as ``name=value`` is.

    Where other code parts at the last one, it is not.
    """
    texts = [one.text for one in trouble.sources.values() if one.language == "python"]
    first, last = (
        re.compile(rf"\.{side}(?:split\({re.escape(separator)}, *(?:maxsplit=)?\d|partition\({re.escape(separator)}\))")
        for side in ("", "r")
    )
    usual = separator.strip("'\" ") in {"=", ":"} or any(map(first.search, texts))
    return usual and not any(map(last.search, texts))
