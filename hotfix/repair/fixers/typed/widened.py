"""Multiplies as long numbers what a long number is made of (Java): a product of two int numbers overflows before."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import say_type
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import list_children, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_NEGATIVE = re.compile(r"-\d|overflow|negative|too (?:large|big|long)|out of range", re.IGNORECASE)
"""What a message says where a number was too large for its kind."""

_OTHERS = frozenset({"NullPointerException", "ClassCastException", "NoSuchElementException", "NumberFormatException"})


def fix_widened(trouble: Trouble) -> Iterator[Fix]:
    """Yield a long product, in the function that failed, where it makes a long number."""
    if trouble.source.language != "java" or not trouble.exception or trouble.exception in _OTHERS:
        return
    yield from _fix_exact(trouble)
    for node in trouble.nodes:
        left, right = node.field("left"), node.field("right")
        if node.kind() != "binary_expression" or left is None or right is None or not _is_int(trouble, right):
            continue
        if (
            "*" not in {one.text() for one in node.children()}
            or not _is_int(trouble, left)
            or not _makes_long(trouble, node)
        ):
            continue
        if left.kind() == "decimal_integer_literal" and right.kind() == "decimal_integer_literal":
            continue
        fresh = f"(long) {node.text()}"
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
            rationale=f"{describe(node)} is a product of int numbers that can be too large for one ({trouble.place}); "
            "it is a long one now.",
            measures=("what fits an int number is as before", "no log line: large numbers are ordinary"),
            guess="" if _NEGATIVE.search(trouble.message) else f"whether {describe(node)} was too large",
        )
        return


def _fix_exact(trouble: Trouble) -> Iterator[Fix]:
    """Yield the exact sum, or product, of long numbers where it makes a long one and was made of int ones."""
    for node in trouble.nodes if trouble.message == "integer overflow" else ():
        called, given = node.text().partition("(")[0], list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or not trouble.lies_in(node) or not _makes_long(trouble, node):
            continue
        if called == "Math.toIntExact" and len(given) == 1:
            fresh = given[0].text()
        elif called in {"Math.multiplyExact", "Math.addExact", "Math.subtractExact"} and len(given) == 2:
            fresh = f"{called}((long) {given[0].text()}, {given[1].text()})"
        else:
            continue
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
            rationale=f"{describe(node)} can be too large for an int number ({trouble.place}); it is a long one now.",
            measures=("what fits an int number is as before", "no log line: large numbers are ordinary"),
        )


def _is_int(trouble: Trouble, node: "SgNode") -> bool:
    if node.kind() == "decimal_integer_literal":
        return not node.text().lower().endswith("l")
    if node.kind() == "binary_expression":
        sides = [node.field("left"), node.field("right")]
        return all(side is not None and _is_int(trouble, side) for side in sides)
    name = re.sub(r"\(\)$", "", node.text()).rpartition(".")[2]
    own = trouble.function.text() if trouble.function is not None else ""
    for text in (own, trouble.source.text):
        kinds = set(re.findall(rf"\b([a-zA-Z]\w*) {re.escape(name)}\s*(?=[;,)=(:])", text)) - {"return", "case"}
        if kinds:
            return kinds <= {"int", "Integer", "short"}
    return False


def _makes_long(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether a product is part of what a long variable, or a long result, is given."""
    for above in node.ancestors():
        if above.kind() in {"local_variable_declaration", "field_declaration"}:
            kind = above.field("type")
            return kind is not None and kind.text() == "long"
        if above.kind() == "return_statement":
            return say_type(trouble.function) == "long"
        if above.kind() in {"argument_list", "cast_expression", "method_invocation", "block"}:
            return False
    return False
