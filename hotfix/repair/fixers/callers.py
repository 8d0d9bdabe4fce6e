"""Tells whether the callers of a function bear that it gives nothing, as far as their code says."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.dialects.logs import is_log_call
from hotfix.repair.fixers.tree import CALLS, CHAIN, key, walk
from hotfix.repair.source import Source, find_function, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_ASKED = (
    r"!\s*{0}\b|\bnot {0}\b|if {0}\s*[:)]|\(\s*{0}\s*\)\s*\{{"
    r"|\b{0}\s*(?:===?|!==?|is\b|\?\.|\?\?|&&|\|\||or\b|and\b|\?)"
)
_ARGUMENTS = frozenset({"argument_list", "arguments"})
_SUMS = frozenset({"binary_operator", "binary_expression"})
_CALCULATES = frozenset({"+", "-", "*", "/", "//", "%", "**", "<", ">", "<=", ">="})
_SHOWS = re.compile(r"(?:print|str|repr|String|fmt\.Print\w*|System\.out\.print\w*)\(")
"""Calls that bear nothing as well as anything."""

_USED = r"(?<![\w.])(?<!return ){0}\b"


def needs_result(trouble: Trouble) -> bool:
    """Tell whether a caller uses the result, or hands it on, without asking whether there is one."""
    name = trouble.function_name
    if not name:
        return False
    return any(_takes(source, call) for source, call in _list_calls(trouble, name))


def _list_calls(trouble: Trouble, name: str) -> Iterator[tuple[Source, "SgNode"]]:
    pattern = re.compile(rf"\b{re.escape(name)}\(")
    for source in trouble.sources.values():
        if source.language != trouble.source.language or not pattern.search(source.text):
            continue
        for node in walk(source.root):
            function = node.field("function") or node.field("name")
            if node.kind() in CALLS and function is not None and re.split(r"\W", function.text())[-1] == name:
                yield source, node


def _takes(source: Source, call: "SgNode") -> bool:
    """Tell whether something is taken off a call, it is calculated with or an argument, and nothing asks."""
    parent = call.parent()
    if parent is not None and parent.kind() in {"await", "await_expression"}:
        call, parent = parent, parent.parent()
    if parent is None:
        return False
    if parent.kind() in _ARGUMENTS | _SUMS:
        return _needs(parent)
    if parent.kind() in CHAIN:
        children = parent.named_children()
        return "?." not in parent.text() and bool(children) and key(children[0]) == key(call)
    return _uses(source, call, parent)


def _needs(parent: "SgNode") -> bool:
    """Tell whether a call, or a sum, needs what stands in it to be there."""
    whole = parent.parent()
    if parent.kind() in _SUMS:
        return any(one.text() in _CALCULATES for one in parent.children())
    return whole is not None and not is_log_call(whole.text()) and not _SHOWS.match(whole.text())


def _uses(source: Source, call: "SgNode", parent: "SgNode") -> bool:
    """Tell whether the name that a call's result is given to is used later, and nothing asks whether it is there."""
    named = parent.field("name") or parent.field("left")
    function = find_function(source, span_lines(call)[0])
    if named is None or not re.fullmatch(r"\w+", named.text()) or function is None:
        return False
    after = function.text().partition(call.text())[2]
    held = re.escape(named.text())
    return re.search(_USED.format(held), after) is not None and not re.search(_ASKED.format(held), after)
