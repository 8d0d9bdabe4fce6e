"""Takes a remainder that is never negative as an index (Java, Go): `%` of a negative number is negative there."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import bracket, is_plain, list_names, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOLD = re.compile(r"(?:Index|index out of range \[|index )\s*-\d+")
_ABSOLUTE = re.compile(r"^Math\.abs\((.*)\)$", re.DOTALL)


def fix_remainder(trouble: Trouble) -> Iterator[Fix]:
    """Yield the remainder from zero on, for one that the failing line takes, or is given before, as an index."""
    if not _TOLD.search(trouble.message) or trouble.source.language not in {"java", "go"}:
        return
    used = set().union(
        *(list_names(node) for node in trouble.nodes if trouble.lies_in(node) and _is_on_line(trouble, node))
    )
    for node in trouble.nodes:
        left, right = node.field("left"), node.field("right")
        if node.kind() != "binary_expression" or left is None or right is None or not is_plain(right):
            continue
        if "%" not in {one.text() for one in node.children()}:
            continue
        holder = next(
            (one for one in node.ancestors() if one.kind() in {"variable_declarator", "short_var_declaration"}), None
        )
        named = (holder.field("name") or holder.field("left")) if holder is not None else None
        if not _is_on_line(trouble, node) and (named is None or named.text() not in used):
            continue
        inner = _ABSOLUTE.match(left.text())
        value, size = inner[1] if inner else left.text(), right.text()
        java = trouble.source.language == "java"
        fresh = f"Math.floorMod({value}, {size})" if java else f"(({bracket(left)}%{size})+{size})%{size}"
        target = node
        parent = node.parent()
        grand = parent.parent() if parent is not None else None
        if (
            java
            and parent is not None
            and parent.kind() == "argument_list"
            and grand is not None
            and (grand.text().startswith("Math.abs("))
        ):
            target = grand
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, target, fresh)),
            rationale=f"{describe(target)} can be negative ({trouble.place}); it is counted from zero on now.",
            measures=("what was not negative is as before", "no log line: every number has its place"),
        )


def _is_on_line(trouble: Trouble, node: "SgNode") -> bool:
    return node.range().start.line + 1 == trouble.line
