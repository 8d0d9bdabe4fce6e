"""Checks the type of a value from outside before it is used as one: Go's assertions, Java's casts, Python's values."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, dialect_of, put_guard
from hotfix.repair.fixers.tree import is_plain
from hotfix.repair.limits import FIXES_EACH

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CAST = re.compile(r"cannot be cast to (?:class )?([\w.$]+)")
_HELD = re.compile(r"^'(str|int|float|list|dict|tuple|bool|bytes|set)' object has no attribute '(\w+)'")
_INDEXED = re.compile(r"^(string|list|tuple) indices must be integers")
_NAMES = {"string": "str"}


def fix_wrong_type(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard for each value of the failing line that may be of another type than the code takes it for."""
    find = {"go": _list_assertions, "java": _list_casts, "python": _list_held}.get(trouble.source.language or "")
    for node, condition in list(find(trouble))[:FIXES_EACH] if find else ():
        fix = put_guard(trouble, node, condition, f"{describe(node)} is of another type")
        if fix is not None:
            yield fix


def _list_assertions(trouble: Trouble) -> Iterator[tuple["SgNode", str]]:
    if trouble.exception != "panic" or not trouble.message.startswith("interface conversion"):
        return
    for node in trouble.nodes:
        kind = node.field("type") if node.kind() == "type_assertion_expression" else None
        value = node.field("operand")
        if kind is None or value is None or kind.range().end.line + 1 != trouble.line or not is_plain(value):
            continue
        if kind.text().rpartition(".")[2].strip("*") in re.split(r"\W+", trouble.message):
            yield value, f"_, ok := {node.text()}; !ok"


def _list_casts(trouble: Trouble) -> Iterator[tuple["SgNode", str]]:
    found = _CAST.search(trouble.message)
    if trouble.exception != "ClassCastException" or found is None:
        return
    wanted = re.split(r"[.$]", found[1])[-1]
    for node in trouble.nodes:
        kind, value = (node.field(name) for name in ("type", "value"))
        if node.kind() != "cast_expression" or kind is None or value is None:
            continue
        bare = kind.text().partition("<")[0]
        if node.range().start.line + 1 == trouble.line and bare.rpartition(".")[2] == wanted and is_plain(value):
            yield value, f"{value.text()} != null && !({value.text()} instanceof {bare})"


def _list_held(trouble: Trouble) -> Iterator[tuple["SgNode", str]]:
    held, indexed = _HELD.match(trouble.message), _INDEXED.match(trouble.message)
    if trouble.exception not in {"AttributeError", "TypeError"} or not (held or indexed):
        return
    name = held[1] if held else indexed[1] if indexed else ""
    for deref in dialect_of(trouble).list_derefs(trouble, trouble.line):
        fits = deref.member == held[2] if held else deref.whole.kind() == "subscript" and '"' in deref.whole.text()
        if fits and is_plain(deref.value):
            yield deref.value, f"isinstance({deref.value.text()}, {_NAMES.get(name, name)})"
