"""Mends what is missing in Java alone: a number that a map lacks and that is unboxed, an Optional of nothing."""

import re
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, put_guard
from hotfix.repair.fixers.precedents import find_sibling_exit
from hotfix.repair.fixers.tree import is_plain, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_UNBOXED = re.compile(r"\.(int|long|double|float)Value\(\)")
_ZEROS = {"int": "0", "long": "0L", "double": "0.0", "float": "0.0f"}


def fix_map(trouble: Trouble) -> Fix | None:
    """Leave as elsewhere where a Java map lacks a number that is unboxed, or give it its neutral value."""
    told = _UNBOXED.search(trouble.message)
    if trouble.source.language != "java" or told is None:
        return None
    node = _find_get(trouble)
    arguments = node.field("arguments") if node is not None else None
    target = node.field("object") if node is not None else None
    if node is None or arguments is None or target is None or len(arguments.named_children()) != 1:
        return None
    if find_sibling_exit(trouble, node) is not None and is_plain(node):
        return put_guard(trouble, node, f"{node.text()} == null", f"{describe(node)} is missing")
    asked = arguments.named_children()[0].text()
    zero = _ZEROS[told[1]]
    usual = re.compile(rf"\b{re.escape(target.text())}\.getOrDefault\([^;\n]*, {zero}\)")
    text = replace_node(trouble.source.text, node, f"{target.text()}.getOrDefault({asked}, {zero})")
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"{target.text()} has nothing for some {asked} ({trouble.place}); then {zero} is taken.",
        measures=("default in place", f"{zero} stands for what is missing: check that it is neutral here"),
        guess="" if usual.search(trouble.elsewhere) else f"what {target.text()} gives for {asked} that it lacks",
    )


def fix_optional(trouble: Trouble) -> Fix | None:
    """Let an Optional of nothing be empty (Java); the message of its own check is empty."""
    if trouble.source.language != "java" or trouble.message:
        return None
    for node in trouble.nodes:
        name, holder = node.field("name"), node.field("object")
        if node.kind() != "method_invocation" or not trouble.lies_in(node) or name is None or holder is None:
            continue
        if (holder.text().rpartition(".")[2], name.text()) == ("Optional", "of"):
            return Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, name, "ofNullable")),
                rationale=f"{describe(node)} can be of nothing at {trouble.place}; then it is empty.",
                measures=("callers ask an Optional anyway", "no log line: an empty one is ordinary"),
            )
    return None


def _find_get(trouble: Trouble) -> "SgNode | None":
    """Return the call of ``get`` at the failing line."""
    for node in trouble.nodes:
        name = node.field("name")
        if node.kind() == "method_invocation" and trouble.lies_in(node) and name is not None and name.text() == "get":
            return node
    return None
