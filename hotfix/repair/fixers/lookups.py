"""Reads where code looks something up: of what, by what, and which name is given what it finds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.repair.fixers.tree import CALLS, list_children

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_ITEMS = {"subscript": ("value", "subscript"), "subscript_expression": ("object", "index"),
          "index_expression": ("operand", "index"), "array_access": ("array", "index")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lookup:
    """``S[k]``, ``S.get(k)``, ``find(k)``."""

    taken_of: str  # the store, or the function that is called
    given: tuple[str, ...]  # the key, or the arguments


@dataclass(frozen=True, slots=True)
class Bound:
    """A name that is given what a lookup finds."""

    name: str
    value: "SgNode"
    lookup: Lookup


def read_lookup(node: "SgNode") -> Lookup | None:
    """Return a node as a lookup, if it is one."""
    if node.kind() in _ITEMS:
        store, index = (node.field(name) for name in _ITEMS[node.kind()])
        return Lookup(store.text(), (index.text(),)) if store is not None and index is not None else None
    given = list_children(node.field("arguments"))
    called = node.text().partition("(")[0].strip()
    if node.kind() not in CALLS or not given or not re.fullmatch(r"[\w.]+", called):
        return None
    return Lookup(called.removesuffix(".get"), tuple(one.text() for one in given))


def list_bound(nodes: Iterable["SgNode"]) -> Iterator[Bound]:
    """Yield each name that is given what a lookup finds, in the order of the text."""
    for node in nodes:
        declares = node.kind() == "variable_declarator"
        left, right = (
            (node.field("name"), node.field("value")) if declares else (node.field("left"), node.field("right"))
        )
        if left is None or right is None or not re.fullmatch(r"[\w, ]+", left.text()):
            continue
        value = next(iter(right.named_children()), right) if right.kind() == "expression_list" else right
        lookup = read_lookup(value)
        if lookup is not None:
            yield from (Bound(name, value, lookup) for name in re.findall(r"\w+", left.text()))
