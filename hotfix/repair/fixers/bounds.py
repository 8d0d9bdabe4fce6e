"""Guards an index that may lie beyond a sequence."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.cuts import fix_cuts
from hotfix.repair.fixers.guards import describe, dialect_of, find_way_out, put_guard
from hotfix.repair.fixers.tree import (
    CALLS,
    find_loop,
    find_statement,
    is_plain,
    list_children,
    replace_node,
    starts_its_line,
)
from hotfix.repair.limits import FIXES_EACH
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_EXCEPTIONS = frozenset(
    {
        "IndexError",
        "IndexOutOfBoundsException",
        "ArrayIndexOutOfBoundsException",
        "StringIndexOutOfBoundsException",
        "IllegalArgumentException",  # subList with its ends in the wrong order
        "panic",
    }
)
_KINDS = {
    "subscript": ("value", "subscript"),
    "array_access": ("array", "index"),
    "index_expression": ("operand", "index"),
}
_EMPTY = re.compile(r"return (?:\[\]|\{\}|set\(\)|\(\)|new \w+\[0\]|java\.util\.(?:List|Set|Map)\.of\(\));?$")
_LENGTH = re.compile(r"(?:Index|index out of range \[|index )\s*(-?\d+)")


def fix_bounds(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard for each sequence of the failing line, with the largest index that is taken of it."""
    if trouble.exception not in _EXCEPTIONS or trouble.function is None:
        return
    if trouble.exception == "panic" and not re.search("index out of range|slice bounds", trouble.message):
        return
    if trouble.exception == "IllegalArgumentException" and not trouble.message.startswith("fromIndex("):
        return
    cut = "slice bounds" in trouble.message or re.search(
        r"begin -?\d+, end|^(?:toIndex = |fromIndex\()", trouble.message
    )
    yield from fix_cuts(trouble) if cut else _fix_accesses(trouble)


def _fix_accesses(trouble: Trouble) -> Iterator[Fix]:
    yield from _fix_called(trouble)
    by_sequence: dict[str, list[tuple[SgNode, SgNode, str]]] = {}
    for node, sequence, index in _list_accesses(trouble):
        by_sequence.setdefault(sequence.text(), []).append((node, sequence, index))
    for accesses in list(by_sequence.values())[:FIXES_EACH]:
        node, sequence, index = max(accesses, key=lambda one: int(one[2]) if one[2].lstrip("-").isdigit() else 0)
        condition = _say_short(trouble, sequence.text(), index, node)
        fix = put_guard(trouble, node, condition, f"{describe(node)} is beyond the end", sequence)
        if fix is not None:
            yield _judge_loss(trouble, fix, node, index)


def _fix_called(trouble: Trouble) -> Iterator[Fix]:
    """Yield a guard for an item of what a call gives, which gets a name for that: ``parts`` (Java, Go)."""
    java = trouble.source.language == "java"
    for node in trouble.nodes if trouble.source.language in {"java", "go"} else ():
        access, statement = _read_access(node), find_statement(node)
        if access is None or statement is None or node.kind() == "method_invocation" or not trouble.lies_in(node):
            continue
        sequence, index = access
        line = trouble.source.lines[span_lines(statement)[0] - 1]
        splits = re.search(r"\.split\(|strings\.(?:Split|Fields)\w*\(", sequence.text())
        if sequence.kind() not in CALLS or not splits or not starts_its_line(statement, line):
            continue
        if re.search(r"\bparts\b", trouble.source.text) or trouble.function is None:
            continue
        first, indent = span_lines(statement)[0], line[: len(line) - len(line.lstrip())]
        made = f"String[] parts = {sequence.text()};" if java else f"parts := {sequence.text()}"
        held = trouble.source.with_text(replace_node(trouble.source.text, sequence, "parts"))
        mended = replace(trouble, source=replace_lines(held, first, first - 1, [indent + made]), line=trouble.line + 1)
        item = next((one for one in mended.nodes if one.text() == f"parts[{index.text()}]"), None)
        fix = None
        if item is not None:
            condition = dialect_of(trouble).say_short("parts", index.text(), text=False)
            fix = put_guard(mended, item, condition, f"{describe(node)} is beyond the end")
        yield from [fix] if fix is not None else []


def _judge_loss(trouble: Trouble, fix: Fix, node: "SgNode", index: str) -> Fix:
    """Return a fix, called a guess where a sequence that holds something gives an empty one: that is lost."""
    loop = find_loop(node)
    head = loop.text().partition("{")[0] if loop is not None else ""
    counted = {name for name in re.findall(r"\b[A-Za-z_]\w*", index) if re.search(rf"\b{name} ?:?= ?", head)}
    if counted:
        return replace(fix, guess=f"where the loop at {trouble.place} is to end")
    way_out = find_way_out(trouble, node)
    if index in {"0", "-1"} or way_out is None or not _EMPTY.search(way_out.statement):
        return fix
    return replace(fix, guess=f"what is due to a sequence that ends before {describe(node)}")


def _say_short(trouble: Trouble, sequence: str, index: str, node: "SgNode") -> str:
    if node.kind() == "method_invocation":
        name = node.field("name")
        return f"{sequence}.{'length' if name is not None and name.text() == 'charAt' else 'size'}() <= {index}"
    return dialect_of(trouble).say_short(sequence, index, text=False)


def _list_accesses(trouble: Trouble) -> list[tuple["SgNode", "SgNode", str]]:
    """Return node, sequence and index of what is taken at the failing line; only where an index can be told."""
    told = _LENGTH.search(trouble.message)
    found = []
    for node in trouble.nodes:
        access = _read_access(node)
        if access is None or access[0].range().end.line + 1 != trouble.line:
            continue
        sequence, index = access
        if not is_plain(node if node.kind() != "method_invocation" else sequence) or re.match(
            r"^['\"]|:", index.text()
        ):
            continue
        if told and index.text().lstrip("-").isdigit() and index.text() != told[1]:
            continue
        found.append((node, sequence, index.text()))
    return found


def _read_access(node: "SgNode") -> tuple["SgNode", "SgNode"] | None:
    if node.kind() in _KINDS:
        sequence, index = (node.field(name) for name in _KINDS[node.kind()])
    elif node.kind() == "method_invocation":
        name, arguments = node.field("name"), node.field("arguments")
        taken = list_children(arguments)
        if name is None or name.text() not in {"get", "charAt"} or len(taken) != 1:
            return None
        sequence, index = node.field("object"), taken[0]
    else:
        return None
    return (sequence, index) if sequence is not None and index is not None else None
