"""Guards what is taken of something that may hold nothing: the largest of a list, the value of an Optional, a sum.

Go has no such calls: there it is an index that is out of range.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, put_guard
from hotfix.repair.fixers.tree import is_plain

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_SAID = re.compile(
    r"(?P<python>max|min|reduce)\(\) (?:arg|iterable argument|of empty)|^(?P<pop>pop|popitem)\b.*\bempty"
    r"|(?P<number>\w+) requires at least one data point|Cannot (?P<choose>choose) from an empty sequence"
    r"|^(?P<folded>Reduce) of empty array|^No (?P<optional>value) present"
)
"""How languages say that there was nothing to take."""

_PYTHON = re.compile(r"(?:^|\.)(max|min|reduce|mean|fmean|median|mode|choice)$")
_TAKES = frozenset({"get", "getAsInt", "getAsLong", "getAsDouble", "orElseThrow"})
_FIRST = re.compile(r"^(?:(?:get|remove|poll)?(?:First|Last)|first|last|element|pop|peek|next|remove)$")
_JAVA = frozenset({"NoSuchElementException", "EmptyStackException"})


def fix_empty(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard for each thing of the failing line that may have been empty."""
    find = {"python": _list_python, "java": _list_java}.get(trouble.source.language or "", _list_javascript)
    for node, holder, condition in find(trouble) if trouble.source.language != "go" else ():
        if holder.range().end.line + 1 <= trouble.line <= node.range().end.line + 1 and is_plain(holder):
            fix = put_guard(trouble, node, condition, f"{describe(holder)} is empty", holder)
            if fix is not None:
                yield fix


def _list_python(trouble: Trouble) -> Iterator[tuple["SgNode", "SgNode", str]]:
    if not _SAID.search(trouble.message.strip("'\"")):
        return
    for node in trouble.nodes:
        function, arguments = node.field("function"), node.field("arguments")
        if node.kind() != "call" or function is None or arguments is None:
            continue
        given = arguments.named_children()
        called = _PYTHON.search(function.text())
        member = function.field("attribute")
        if called and len(given) == (2 if called[1] == "reduce" else 1):
            yield node, given[-1], f"not {given[-1].text()}"
        elif member is not None and member.text() in {"pop", "popitem", "popleft"} and not given:
            holder = function.field("object")
            if holder is not None:
                yield node, holder, f"not {holder.text()}"


def _list_javascript(trouble: Trouble) -> Iterator[tuple["SgNode", "SgNode", str]]:
    if trouble.exception != "TypeError" or not _SAID.search(trouble.message):
        return
    for node in trouble.nodes:
        function, arguments = node.field("function"), node.field("arguments")
        member = function.field("property") if function is not None else None
        holder = function.field("object") if function is not None else None
        if member is None or holder is None or arguments is None or len(arguments.named_children()) != 1:
            continue
        if node.kind() == "call_expression" and member.text() in {"reduce", "reduceRight"}:
            yield node, holder, f"{holder.text()}.length === 0"


def _list_java(trouble: Trouble) -> Iterator[tuple["SgNode", "SgNode", str]]:
    if trouble.exception not in _JAVA:
        return
    optional = _SAID.search(trouble.message) is not None
    for node in trouble.nodes:
        name, holder, arguments = (node.field(field) for field in ("name", "object", "arguments"))
        if node.kind() != "method_invocation" or name is None or holder is None or arguments is None:
            continue
        given = arguments.named_children()
        if optional and name.text() in _TAKES and not given:
            yield node, holder, f"!{holder.text()}.isPresent()"
        elif not optional and holder.text() == "Collections" and name.text() in {"max", "min"} and given:
            yield node, given[0], f"{given[0].text()}.isEmpty()"
        elif not optional and _FIRST.match(name.text()) and not given:
            asks = f"!{holder.text()}.hasNext()" if name.text() == "next" else f"{holder.text()}.isEmpty()"
            yield node, holder, asks
