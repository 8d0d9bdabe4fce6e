"""Lets what the code changes be changed: a constant variable (JavaScript), a list that was made fixed (Java)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.tree import replace_node
from hotfix.repair.source import replace_lines, span_lines

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
    if find is _write_copy:
        yield from _copy_before(trouble, line)
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


def _copy_before(trouble: Trouble, line: str) -> Iterator[Fix]:
    """Yield a copy before the change, of a parameter that is given back, or of a field that is not final (Java)."""
    found = re.match(r"(\s*)(?:(?:java\.util\.)?Collections\.\w+\((\w+)|(?:this\.)?(\w+)\.\w+\()", line)
    name = (found[2] or found[3]) if found is not None else ""
    own = trouble.function.text() if trouble.function is not None else ""
    head = own.partition("{")[0]
    kind = (
        re.search(rf"\b(List|Set|Map|Collection)(?:<[^;(){{}}]*>)? {name}\s*[,);=]", trouble.source.text)
        if name
        else None
    )
    given = re.search(rf"\b{name}\s*[,)]", head) and re.search(rf"\breturn {name};", own)
    field = not re.search(rf"\b{name}\s*[,)]", head) and re.search(
        rf"(?m)^\s+(?:private |protected |public )?(?!final|static final)[\w<>, ]+ {name}\b(?: = [^;]+)?;",
        trouble.elsewhere,
    )
    if (
        found is None
        or kind is None
        or not (given or field)
        or re.search(rf"\bfinal [\w<>, ]+ {name}\b", trouble.source.text)
    ):
        return
    made = {"Set": "LinkedHashSet", "Map": "LinkedHashMap"}.get(kind[1], "ArrayList")
    fresh = f"{found[1]}{name} = new java.util.{made}<>({name});"
    yield Fix(
        source=replace_lines(trouble.source, trouble.line, trouble.line - 1, [fresh]),
        rationale=f"{name} is changed at {trouble.place} and may be one that cannot be; now a copy of it is.",
        measures=("its content is the same", "no log line: the change is meant"),
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
