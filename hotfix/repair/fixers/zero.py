"""Guards a division by a number that may be zero."""

from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, dialect_of, put_guard
from hotfix.repair.fixers.tree import is_plain

_EXCEPTIONS = frozenset({"ZeroDivisionError", "ArithmeticException", "panic"})
_SIGNS = frozenset({"/", "//", "%"})


def fix_zero(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard for each division of the failing line."""
    message = trouble.message
    if trouble.exception not in _EXCEPTIONS or trouble.function is None:
        return
    if trouble.exception != "ZeroDivisionError" and "zero" not in message:
        return
    for node in trouble.nodes:
        if node.kind() not in {"binary_operator", "binary_expression"} or node.range().end.line + 1 < trouble.line:
            continue
        right = node.field("right")
        sign = next((child.text() for child in node.children() if child.text() in _SIGNS), None)
        if right is None or sign is None or right.range().start.line + 1 != trouble.line or right.text().isdigit():
            continue
        if not is_plain(right) and not right.text().startswith("len("):
            continue
        divisor = right.text().strip("()") if right.kind() == "parenthesized_expression" else right.text()
        fix = put_guard(trouble, node, dialect_of(trouble).say_zero(divisor), f"{describe(right)} is zero", right)
        if fix is not None:
            yield fix
