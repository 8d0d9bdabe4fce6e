"""Guards, logging and ways out in Python."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.dialects.contract import Deref
from hotfix.repair.fixers.dialects.logs import list_log_calls
from hotfix.repair.fixers.tree import is_annotation, list_children, walk
from hotfix.repair.source import FUNCTIONS, Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LOGGER = re.compile(
    r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:logging\.getLogger|structlog\.get_logger|getLogger|get_logger)\(", re.MULTILINE
)
_BY_TYPE = (
    (re.compile(r"^(?:Optional\[.*\]|None|.*\|\s*None)$"), "return None"),
    (re.compile(r"^bool$"), "return False"),
    (re.compile(r"^(?:list|List|Sequence|Iterable|Collection)\b"), "return []"),
    (re.compile(r"^(?:dict|Dict|Mapping|MutableMapping)\b"), "return {}"),
    (re.compile(r"^(?:set|Set)\b"), "return set()"),
    (re.compile(r"^(?:tuple|Tuple)\[[^\[\]]+,\s*\.\.\.\]$"), "return ()"),
    (re.compile(r"^str$"), 'return ""'),
    (re.compile(r"^int$"), "return 0"),
    (re.compile(r"^float$"), "return 0.0"),
)
_LITERALS = {"None": "None", "list": "[]", "dictionary": "{}", "list_comprehension": "[]", "string": '""',
             "dictionary_comprehension": "{}", "true": "False", "false": "False", "none": "None", "integer": "0",
             "comparison_operator": "False", "boolean_operator": "False", "not_operator": "False"}  # fmt: skip


class Python:
    """Python 3."""

    def list_derefs(self, trouble: Trouble, line: int) -> list[Deref]:
        """Return what is taken off what on a line, innermost first."""
        found = []
        for node in trouble.nodes:
            if node.kind() not in {"subscript", "attribute", "call"} or node.range().end.line + 1 < line:
                continue
            value = node.field({"subscript": "value", "attribute": "object", "call": "function"}[node.kind()])
            if value is None or value.range().end.line + 1 != line or value.kind() in {"string", "integer"}:
                continue
            if is_annotation(node):
                continue
            member = node.field("attribute" if node.kind() == "attribute" else "subscript")
            text = member.text() if member is not None and node.kind() != "call" else ""
            found.append(Deref(node, value, text.strip("'\"")))
        found += [Deref(node, value, "") for node, value in _list_uses(line, trouble.nodes)]
        return sorted(found, key=lambda one: (one.value.range().start.index, one.value.range().end.index))

    def say_missing(self, value: str) -> str:
        """Return the condition that a value is missing."""
        return f"{value} is None"

    def say_short(self, value: str, index: str, *, text: bool) -> str:  # noqa: ARG002  # strings have a len too
        """Return the condition that a sequence has no item at an index."""
        if index in {"0", "-1"}:
            return f"not {value}"
        return f"len({value}) < {index[1:]}" if re.fullmatch(r"-\d+", index) else f"len({value}) <= {index}"

    def say_zero(self, value: str) -> str:
        """Return the condition that a number is zero."""
        return f"{value} == 0"

    def write_guard(self, condition: str, body: list[str], unit: str) -> list[str]:
        """Return the lines of a guard."""
        return [f"if {condition}:", *(unit + line for line in body)]

    def write_log(self, source: Source, text: str) -> str | None:
        """Return the statement that logs a warning as the file logs elsewhere."""
        named = _LOGGER.search(source.text)
        calls = [call for call in list_log_calls(source) if call.opens_with in {'"', "'", "f"}]
        receiver = named[1] if named else next((call.receiver for call in calls), None)
        if receiver is None or receiver == "console":
            return None
        return f"{receiver}.warning({_quote(text)})"

    def find_return(self, trouble: Trouble) -> str | None:
        """Return the statement that leaves a function early: by its return type, else by its other returns."""
        function = trouble.function
        if function is None or _is_generator(function):
            return None if function is None else "return"
        kind = function.field("return_type")
        if kind is not None:
            text = kind.text().strip("\"'")
            said = next((exit_ for pattern, exit_ in _BY_TYPE if pattern.match(text)), None)
            return "return" if text == "None" else said
        return _copy_return(function)

    def use_default(self, chain: "SgNode", deref: Deref) -> str | None:
        """Return the chain, or None where its first value is missing."""
        fresh = f"{chain.text()} if {deref.value.text()} is not None else None"
        parent = chain.parent()
        return fresh if parent is not None and parent.kind() in _OPEN else f"({fresh})"


_TAKERS = re.compile(r"(?:len|int|float|Decimal)\(")
"""Calls that need their argument to be there."""


def _list_uses(line: int, nodes: Iterable["SgNode"]) -> list[tuple["SgNode", "SgNode"]]:
    """Return what a line calculates with, loops over, measures or reads as a number."""
    found = []
    for node in nodes:
        if node.kind() in {"binary_operator", "augmented_assignment", "comparison_operator"}:
            sides = list(node.named_children())
        elif node.kind() in {"for_statement", "for_in_clause"}:
            sides = [one for one in (node.field("right"),) if one is not None]
        elif node.kind() == "call" and _TAKERS.match(node.text()):
            arguments = node.field("arguments")
            sides = list_children(arguments)
        else:
            continue
        fitting = {(one.range().start.index, one.range().end.index): one for one in sides}
        found += [
            (node, one)
            for one in fitting.values()
            if one.range().start.line + 1 == line and one.kind() in {"identifier", "subscript", "attribute", "call"}
        ]
    return found


_OPEN = frozenset({"pair", "argument_list", "keyword_argument", "assignment", "return_statement", "list", "dictionary"})
"""Where a conditional needs no parentheses."""


def _is_generator(function: "SgNode") -> bool:
    return any(node.kind() == "yield" for node in walk(function))


def _copy_return(function: "SgNode") -> str | None:
    """Return an early return of the kind that the other returns of a function are."""
    returns = [
        node
        for node in walk(function)
        if node.kind() == "return_statement" and _owner(node) == function.range().start.index
    ]
    values = [node.named_children()[0] for node in returns if node.named_children()]
    if not values:
        return "return"
    if len(values) < len(returns) or any(value.text() == "None" for value in values):
        return "return None"
    kinds = {_LITERALS.get(value.kind()) for value in values}
    only = kinds.pop() if len(kinds) == 1 else None
    if any(value.kind() in {"tuple", "expression_list"} for value in values):
        return None
    return f"return {only or 'None'}"


def _owner(node: "SgNode") -> int:
    return next((above.range().start.index for above in node.ancestors() if above.kind() in FUNCTIONS), -1)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', "'") + '"'
