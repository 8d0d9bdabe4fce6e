"""Puts together what the fixers of Python and JavaScript share: calls of the failing line, and how a fix is told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.tree import CALLS, key, list_children, replace_node, walk
from hotfix.repair.source import FUNCTIONS

if TYPE_CHECKING:
    from ast_grep_py import SgNode


_OTHERS = frozenset({"java", "go", None})
"""Languages whose faults these fixers do not know."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call: ``holder.name(given)``."""

    node: "SgNode"
    holder: "SgNode | None"  # what the method is taken off
    name: str
    given: "tuple[SgNode, ...]"

    @property
    def called(self) -> str:
        """Return what is called, as it is written."""
        return f"{self.holder.text()}.{self.name}" if self.holder is not None else self.name


def read_call(node: "SgNode") -> Call | None:
    """Return a node as a call, if it is one."""
    function = node.field("function") or node.field("constructor")
    if node.kind() not in CALLS | {"new_expression"} or function is None:
        return None
    member = function.field("attribute") or function.field("property")
    given = tuple(one for one in list_children(node.field("arguments")) if "comment" not in str(one.kind()))
    name = member.text() if member is not None else function.text()
    return Call(node, function.field("object") if member is not None else None, name, given)


def list_calls(trouble: Trouble) -> Iterator[Call]:
    """Yield the calls that the failing line is part of, or holds, innermost last."""
    for node in trouble.nodes if trouble.source.language not in _OTHERS else ():
        call = read_call(node) if trouble.lies_in(node) else None
        if call is not None:
            yield call


def walk_all(trouble: Trouble) -> "Iterator[SgNode]":
    """Yield every node of the file."""
    return walk(trouble.source.root) if trouble.source.language not in _OTHERS else iter(())


def replace_nodes(text: str, pairs: "Sequence[tuple[SgNode, str]]") -> str:
    """Return a text with several nodes replaced, none of which lies in another."""
    for node, fresh in sorted(pairs, key=lambda pair: key(pair[0]), reverse=True):
        text = replace_node(text, node, fresh)
    return text


def tell_fix(trouble: Trouble, text: str, rationale: str, measures: Sequence[str], guess: str = "") -> Fix:
    """Return a fix by the text of the file after it; standard packages that it names newly are imported."""
    after = trouble.source.with_text(text)
    known = set(trouble.source.lines)
    mended, imports = bring_in(after, [row for row in after.lines if row not in known])
    return Fix(mended, f"{rationale} ({trouble.place}).", tuple(measures), imports=imports, guess=guess)


def name_owner(node: "SgNode | None") -> str:
    """Return the name of the class around a node; nothing outside of classes."""
    around = [one for one in node.ancestors() if str(one.kind()).startswith("class_d")] if node is not None else []
    name = around[0].field("name") if around else None
    return name.text() if name is not None else ""


def find_around(node: "SgNode") -> "SgNode | None":
    """Return the function around a node."""
    return next((one for one in node.ancestors() if one.kind() in FUNCTIONS), None)


def split_words(name: str) -> list[str]:
    """Return the words of a name in small letters: ``maxItems`` and ``max_items`` are max, items."""
    return [one.lower() for one in re.findall(r"[A-Z]*[a-z0-9]+|[A-Z]+", name)]


def indent_of(line: str) -> str:
    """Return the blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]
