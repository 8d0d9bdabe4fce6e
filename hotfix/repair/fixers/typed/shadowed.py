"""Gives the outer variable the value that an inner one of the same name took (Go): `:=` in a block makes a new one."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.tree import BLOCKS, key, list_children, list_names, walk
from hotfix.repair.source import FUNCTIONS, list_functions, name_function, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DECLARES = frozenset({"var_spec", "short_var_declaration"})


def fix_shadowed(trouble: Trouble) -> Iterator[Fix]:
    """Yield the assignment to the outer variable, where that was nil at the failing line."""
    nil = "nil pointer" in trouble.message or "nil map" in trouble.message
    if trouble.source.language != "go" or trouble.function is None or not (nil or trouble.passing == "panic"):
        return
    yield from _fix_called(trouble)
    used = set().union(*(list_names(node) for node in trouble.nodes if node.range().start.line + 1 == trouble.line))
    outer = {name: node for node in trouble.nodes if node.kind() == "var_spec"
             for name in re.findall(r"\w+", node.text().partition("=")[0])[:1] if name in used}  # fmt: skip
    for node in trouble.nodes:
        left = node.field("left") if node.kind() == "short_var_declaration" else None
        names = [one.text() for one in list_children(left)]
        hidden = [name for name in names if name in outer and _is_inside(node, outer[name])]
        if len(hidden) != 1 or span_lines(node)[1] >= trouble.line or span_lines(node)[0] != span_lines(node)[1]:
            continue
        fix = _assign(trouble, node, names, hidden[0])
        if fix is not None:
            yield fix


def _fix_called(trouble: Trouble) -> Iterator[Fix]:
    """Yield the same for a function that the failing one calls, and that sets the field used there."""
    own, line = trouble.function, trouble.source.lines[trouble.line - 1]
    for other in list_functions(trouble.source) if own is not None else ():
        if own is None or f"{name_function(other)}(" not in own.text() or key(other) == key(own):
            continue
        given = re.findall(r"(?m)^\s*\w+\.(\w+) = (\w+)\s*$", other.text())
        outer = {name for field, name in given if f".{field}" in line}
        declared: dict[str, SgNode] = {}
        for node in walk(other):
            names = re.findall(r"\w+", re.split(r":?=", node.text())[0]) if node.kind() in _DECLARES else []
            hidden = [name for name in names if name in declared and _is_inside(node, declared[name])]
            if len(hidden) == 1 and span_lines(node)[0] == span_lines(node)[1]:
                fix = _assign(trouble, node, names, hidden[0])
                yield from [fix] if fix is not None else []
            for name in outer & set(names):
                declared.setdefault(name, node)


def _is_inside(node: "SgNode", declared: "SgNode") -> bool:
    """Tell whether a node stands in a block that is deeper than that of a declaration, behind it."""
    block = next((one for one in declared.ancestors() if one.kind() in BLOCKS), None)
    around = [one for one in node.ancestors() if one.kind() in BLOCKS]
    return (
        block is not None
        and key(declared)[0] < key(node)[0]
        and key(around[0]) != key(block)
        and (key(block) in {key(one) for one in around})
    )


def _assign(trouble: Trouble, node: "SgNode", names: list[str], hidden: str) -> Fix | None:
    """Return the assignment, with a declaration of the error that the statement declares beside the variable."""
    around = [one for one in node.ancestors() if one.kind() in FUNCTIONS]
    if len(around) != 1:
        return None  # in a closure the outer variable may be meant to stay
    first = span_lines(node)[0]
    line = trouble.source.lines[first - 1]
    before = trouble.source.text[key(around[0])[0] : key(node)[0]]
    others = [name for name in names if name not in {hidden, "_"}]
    known = any(re.search(rf"(?m)\bvar {name}\b|^\t[\w, ]*\b{name}\b[\w, ]*:=", before) for name in others)
    indent = line[: len(line) - len(line.lstrip())]
    fresh = [line.replace(":=", "=", 1)]
    if others and not known:
        if len(others) > 1 or "err" not in others[0].lower() or not line.strip().startswith(names[0]):
            return None
        fresh.insert(0, f"{indent}var {others[0]} error")
    return Fix(
        source=replace_lines(trouble.source, first, first, fresh),
        rationale=f"{hidden} gets its value in a variable of the same name inside of a block, so that the outer one is "
        f"nil at {trouble.place}; now the outer one gets it.",
        measures=("the value that was made is the one that is used", "no log line: nothing is missing then"),
    )
