"""Compares boxed numbers and texts by value (Java): ``==`` asks whether they are the same object."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_BOXED = r"(?:Integer|Long|Short|Byte|Character|Double|Float|String|BigDecimal|BigInteger|UUID|LocalDate|Instant)"
_LITERALS = frozenset({"null_literal", "decimal_integer_literal", "true", "false", "character_literal", "this"})


def fix_identical(trouble: Trouble) -> Iterator[Fix]:
    """Yield the comparison by value, where the function itself raised its error and compares such values."""
    line = trouble.source.lines[trouble.line - 1] if trouble.line <= len(trouble.source.lines) else ""
    if trouble.source.language != "java" or "throw " not in line:
        return
    for node in trouble.nodes:
        left, right = node.field("left"), node.field("right")
        if node.kind() != "binary_expression" or left is None or right is None:
            continue
        sign = next((one.text() for one in node.children() if one.text() in {"==", "!="}), "")
        if (
            not sign
            or {left.kind(), right.kind()} & _LITERALS
            or not (_is_boxed(trouble, left) and _is_boxed(trouble, right))
        ):
            continue
        no = "!" if sign == "!=" else ""
        fresh = f"{no}java.util.Objects.equals({left.text()}, {right.text()})"
        yield Fix(
            source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
            rationale=f"{describe(node)} asks whether both are one object, which equal values need not be "
            f"({trouble.place}); they are compared by value.",
            measures=("what was the same object is equal, too", "no log line: the comparison is meant"),
        )


def _is_boxed(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether the file declares a value as a boxed number or a text, and never as another type."""
    if node.kind() == "string_literal":
        return True
    name = re.sub(r"\(\)$", "", node.text()).rpartition(".")[2]
    own = trouble.function.text() if trouble.function is not None else ""
    kinds = _list_kinds(name, own) or _list_kinds(name, trouble.source.text)
    return bool(kinds) and all(re.fullmatch(_BOXED, kind) for kind in kinds)


def _list_kinds(name: str, text: str) -> set[str]:
    """Return the types with which a text declares a name: a variable, a parameter, a component or a getter."""
    found = re.findall(rf"\b([A-Za-z][\w.]*)(?:<[^<>]*>)? {re.escape(name)}\s*(?=[;,)=(:])", text)
    return set(found) - {"return", "new", "throw", "else", "case"}
