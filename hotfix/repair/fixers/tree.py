"""Small questions to a syntax tree that every fixer asks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.source import FUNCTIONS

if TYPE_CHECKING:
    from ast_grep_py import SgNode

BLOCKS = frozenset(
    {
        "module",  # Python
        "block",  # Python, Java, Go
        "statement_list",  # Go
        "statement_block",  # JavaScript
        "program",
        "constructor_body",  # Java
        "switch_block_statement_group",
    }
)
"""Nodes whose children are statements."""

_SCOPES = frozenset(
    {"lambda", "lambda_expression", "list_comprehension", "set_comprehension", "dictionary_comprehension",
     "generator_expression"}
)  # fmt: skip
LOOPS = frozenset({"for_statement", "for_in_statement", "enhanced_for_statement"})


def walk(node: "SgNode") -> Iterator["SgNode"]:
    """Yield a node and everything below it that has a name, in the order of the text."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.named_children()))


def key(node: "SgNode") -> tuple[int, int]:
    """Return what tells a node from another: where it begins and ends."""
    span = node.range()
    return span.start.index, span.end.index


def find_statement(node: "SgNode") -> "SgNode | None":
    """Return the statement in a block that a node is part of; None when a lambda or a comprehension lies between.

    A node in the head of a loop or in a later branch is not run where the statement begins: None as well.
    """
    one = node
    while (parent := one.parent()) is not None:
        if parent.kind() in BLOCKS:
            return one
        if parent.kind() in _SCOPES or parent.kind() in FUNCTIONS or one.kind() in {"elif_clause", "else_clause"}:
            return None
        if parent.kind() in {"while_statement", "do_statement", "if_statement"} and one.kind() in _BRANCHES:
            return None
        if parent.kind() in {"while_statement", "do_statement"}:
            return None
        one = parent
    return None


_BRANCHES = frozenset({"if_statement", "expression_statement", "return_statement"})


def starts_its_line(node: "SgNode", line: str) -> bool:
    """Tell whether nothing stands before a node on its line."""
    return not line[: node.range().start.column].strip()


def find_loop(node: "SgNode") -> "SgNode | None":
    """Return the innermost loop over items around a node within its function, or None."""
    for above in node.ancestors():
        if above.kind() in FUNCTIONS:
            return None
        if above.kind() in LOOPS:
            return above
    return None


def list_names(node: "SgNode") -> set[str]:
    """Return the identifiers in a node."""
    return {one.text() for one in walk(node) if one.kind() == "identifier"}


def climb_chain(node: "SgNode") -> "SgNode":
    """Return the whole chain of members, items and calls that begins with a node."""
    while (parent := node.parent()) is not None and parent.kind() in CHAIN:
        first = parent.named_children()[0] if parent.named_children() else None
        if first is None or key(first) != key(node):
            break
        node = parent
    return node


CHAIN = frozenset(
    {
        "attribute", "subscript", "call",  # Python
        "member_expression", "subscript_expression", "call_expression",  # JavaScript
        "method_invocation", "field_access", "array_access",  # Java
        "selector_expression", "index_expression",  # Go
    }
)  # fmt: skip
"""Nodes that take something off their first child."""


def is_plain(node: "SgNode") -> bool:
    """Tell whether evaluating a node twice does no harm: names, members and items by a fixed key, no calls."""
    return all(one.kind() not in {"call", "call_expression", "method_invocation", "assignment_expression",
                                  "object_creation_expression", "await", "await_expression", "yield"}
               for one in walk(node))  # fmt: skip


def replace_node(text: str, node: "SgNode", fresh: str) -> str:
    """Return the text with a node replaced."""
    start, end = key(node)
    return text[:start] + fresh + text[end:]
