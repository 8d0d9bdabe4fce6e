"""Ends a recursion at the topmost: where there is no further one, what it would give is left out (Java, Go)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import describe, dialect_of, find_unit
from hotfix.repair.fixers.tree import find_statement, is_plain, key, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_EACH = re.compile(
    r"\b(?:each|every)\b[^.;,]*\b(?:behind|before|after|preceded|followed|starts|begins|ends)\b", re.IGNORECASE
)
"""What a description says of a separator that the topmost has as well."""


def fix_base_case(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard that gives the sum without the part of the one that is missing."""
    nothing = "nil pointer" in trouble.message or "is null" in trouble.message
    if trouble.source.language not in {"java", "go"} or not nothing or trouble.function is None:
        return
    for node in trouble.nodes:
        holder = _read_holder(trouble, node)
        sum_ = node.parent()
        if holder is None or sum_ is None or sum_.kind() != "binary_expression" or not is_plain(holder):
            continue
        top = sum_
        while (above := top.parent()) is not None and above.kind() == "binary_expression":
            top = above
        signs = set(re.findall(r"(?<=\s)([-+*/%|&]+)(?=\s)", top.text()))
        statement = find_statement(node)
        if signs != {"+"} or statement is None or statement.kind() != "return_statement":
            continue
        left, right = sum_.field("left"), sum_.field("right")
        other = right if left is not None and key(left) == key(node) else left
        if other is None:
            continue
        counts = key(top) == key(sum_) and other.text().isdigit()
        start, end = (at - key(statement)[0] for at in key(sum_))
        text = statement.text()
        left_out = text[:start] + other.text() + text[end:]
        first = span_lines(statement)[0]
        line = trouble.source.lines[first - 1]
        if not starts_its_line(statement, line) or "\n" in left_out:
            continue
        dialect, indent = dialect_of(trouble), line[: len(line) - len(line.lstrip())]
        rows = dialect.write_guard(dialect.say_missing(holder.text()), [left_out], find_unit(trouble.source))
        yield Fix(
            source=replace_lines(trouble.source, first, first - 1, [indent + row for row in rows]),
            rationale=f"{describe(holder)} is missing where the recursion ends ({trouble.place}); there it gives what "
            "is left of the sum.",
            measures=("all others are as before", "no log line: a recursion has an end"),
            guess=""
            if counts or _EACH.search(describe_function(trouble))
            else f"what the topmost gives, where {describe(holder)} is missing",
        )


def _read_holder(trouble: Trouble, node: "SgNode") -> "SgNode | None":
    """Return what the function is called again on, or with."""
    if not trouble.function_name or f"{trouble.function_name}(" not in node.text():
        return None
    if node.kind() == "method_invocation":
        name = node.field("name")
        return node.field("object") if name is not None and name.text() == trouble.function_name else None
    function = node.field("function") if node.kind() == "call_expression" else None
    named = function.field("field") if function is not None else None
    if function is None or named is None or named.text() != trouble.function_name:
        return None
    return function.field("operand")
