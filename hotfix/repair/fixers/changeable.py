"""Lets what the code changes be changed: a constant variable (JavaScript), a list that was made fixed (Java)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.tree import replace_node
from hotfix.repair.source import span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CHANGED = r"(?<![\w.]){0}\s*(?:\.\w|[-+*/%&|?]*=(?!=)|\+\+|--)"
_MADE = re.compile(r"^(?:java\.util\.)?(List|Set|Map|Arrays|Collections)\.(?:of|copyOf|asList|emptyList|emptyMap)\(")
_LISTED = re.compile(
    r"\.toList\(\)$|\.collect\((?:Collectors\.)?toUnmodifiable(?:List|Set)\(\)\)$|^(?:[\w.]+\.)?subList\("
)
_KINDS = {"Set": "LinkedHashSet", "Map": "LinkedHashMap"}


def fix_changeable(trouble: Trouble) -> Iterator[Fix]:
    """Yield a variable, or a collection, that can be changed, where the function itself declares it."""
    line = trouble.source.lines[trouble.line - 1] if trouble.line <= len(trouble.source.lines) else ""
    find = None
    if trouble.exception == "TypeError" and trouble.message.startswith("Assignment to constant"):
        find = _write_let
    elif trouble.exception == "UnsupportedOperationException" and trouble.source.language == "java":
        find = _write_copy
    for node in trouble.nodes if find else ():
        name = node.field("name") if node.kind() == "variable_declarator" else None
        changed = name is not None and re.search(_CHANGED.format(re.escape(name.text())), line)
        if name is None or not changed or span_lines(node)[0] >= trouble.line or find is None:
            continue
        text = find(trouble, node)
        if text is not None:
            yield Fix(
                source=trouble.source.with_text(text),
                rationale=f"{name.text()} is changed at {trouble.place} and was made not to be; now it can be.",
                measures=("its first value is the same", "no log line: the change is meant"),
            )


def _write_let(trouble: Trouble, node: "SgNode") -> str | None:
    declaration = node.parent()
    text = declaration.text() if declaration is not None else ""
    if declaration is None or not text.startswith("const ") or len(declaration.named_children()) != 1:
        return None
    return replace_node(trouble.source.text, declaration, f"let {text.removeprefix('const ')}")


def _write_copy(trouble: Trouble, node: "SgNode") -> str | None:
    value = node.field("value")
    if value is not None and _LISTED.search(value.text()):
        kind = "LinkedHashSet" if "Set" in value.text()[-30:] else "ArrayList"
        return replace_node(trouble.source.text, value, f"new java.util.{kind}<>({value.text()})")
    made = _MADE.match(value.text()) if value is not None else None
    if value is None or made is None:
        return None
    kind = "LinkedHashMap" if "emptyMap" in made[0] else _KINDS.get(made[1], "ArrayList")
    return replace_node(trouble.source.text, value, f"new java.util.{kind}<>({value.text()})")
