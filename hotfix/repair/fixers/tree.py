"""Small questions to a syntax tree that every fixer asks."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, count
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


def list_children(node: "SgNode | None") -> "list[SgNode]":
    """Return what stands in a node and has a name; nothing where there is no node."""
    return node.named_children() if node is not None else []


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
        if parent.kind() in {"while_statement", "do_statement"} or _runs_apart(one, parent):
            return None
        one = parent
    return None


def find_innermost(nodes: Iterable["SgNode"], line: int) -> "SgNode | None":
    """Return the smallest statement, of some nodes, that holds a line (1-based)."""
    on_line = [node for node in nodes if node.range().start.line + 1 == line and node.kind() not in BLOCKS]
    around = [one for node in on_line if (one := find_statement(node)) is not None]
    return min(around, key=lambda one: key(one)[1] - key(one)[0], default=None)


def _runs_apart(node: "SgNode", parent: "SgNode") -> bool:
    """Tell whether a part of a statement is not run once where that begins: a branch, a body, what a loop asks."""
    if not parent.kind().endswith("_statement"):
        return False
    if any((part := parent.field(name)) is not None and key(part) == key(node) for name in _BRANCHES):
        return True
    once = [part for name in _HEADS if (part := parent.field(name)) is not None]
    counts = parent.kind() == "for_statement" and node.kind() != "range_clause"
    return counts and key(node) not in {key(part) for part in once}


_BRANCHES = ("body", "consequence", "alternative")
_HEADS = ("left", "right", "init", "initializer")
"""Parts of a loop that are run once, as it begins."""


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


def choose_name(function: "SgNode | None", *names: str) -> str:
    """Return the first name that a function does not hold yet, the first one with a number where it holds all."""
    text = function.text() if function is not None else ""
    every = chain(names, (f"{names[0]}_{number}" for number in count(2)))
    return next(name for name in every if not re.search(rf"\b{name}\b", text))


def is_annotation(node: "SgNode") -> bool:
    """Tell whether a node stands in a type or among the parameters of a function, and is not run with its body."""
    return any(above.kind() in {"type", "parameters", "type_annotation"} for above in node.ancestors())


def climb_chain(node: "SgNode") -> "SgNode":
    """Return the whole chain of members, items and calls that begins with a node."""
    while (parent := node.parent()) is not None and parent.kind() in CHAIN:
        first = parent.named_children()[0] if parent.named_children() else None
        if first is None or key(first) != key(node):
            break
        node = parent
    return node


def bracket(node: "SgNode") -> str:
    """Return an expression so that it can be a side of an operator: in brackets, but for what binds closer than any."""
    return node.text() if node.kind() in CHAIN | _ATOMS else f"({node.text()})"


_ATOMS = frozenset({"identifier", "integer", "float", "number", "string", "list", "array", "parenthesized_expression",
                    "template_string", "list_comprehension", "this"})  # fmt: skip

CHAIN = frozenset(
    {
        "attribute", "subscript", "call",  # Python
        "member_expression", "subscript_expression", "call_expression",  # JavaScript
        "method_invocation", "field_access", "array_access",  # Java
        "selector_expression", "index_expression",  # Go
    }
)  # fmt: skip
"""Nodes that take something off their first child."""


CALLS = frozenset({"call", "call_expression", "method_invocation"})
"""Nodes that call something."""

_ACTS = frozenset({"assignment_expression", "object_creation_expression", "await", "await_expression", "yield",
                   "update_expression", "named_expression"})  # fmt: skip
_GETTER = re.compile(r"^(?:get|is|has|as)(?![a-z])|^(?:get|len|size|length|strip|trim|lower|upper|items|keys|values)$")
_VERB = re.compile(
    r"^(?:next|poll|take|read|pop|remove|create|open|new|make|build|generate|increment|add|put|fetch|load|call|send|find"
    r"|query|execute|run|receive|accept|close|flush|write|start|stop|reset)(?![a-z])"
)


def is_plain(node: "SgNode") -> bool:
    """Tell whether evaluating a node twice does no harm: names, members, items, and calls of what only looks."""
    return all(one.kind() not in _ACTS and (one.kind() not in CALLS or _only_looks(one)) for one in walk(node))


def _only_looks(call: "SgNode") -> bool:
    """Tell whether a call is a getter by its name: ``get…``, or, in Java, a name alone without arguments."""
    function, arguments = call.field("function"), call.field("arguments")
    member = call.field("name") or (function.field("attribute") or function.field("property") if function else None)
    if member is None:
        return function is not None and function.text() == "len"
    name = member.text()
    bare = arguments is not None and not arguments.named_children() and call.kind() == "method_invocation"
    return bool(_GETTER.match(name)) or (bare and not _VERB.match(name))


def replace_node(text: str, node: "SgNode", fresh: str) -> str:
    """Return the text with a node replaced."""
    start, end = key(node)
    return text[:start] + fresh + text[end:]
