"""Takes what is meant where Java takes another overload, another class, or a stream that was used before."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, find_unit
from hotfix.repair.fixers.tree import find_statement, list_children, replace_node, starts_its_line
from hotfix.repair.source import Source, replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_COPIES = {"ArrayList", "LinkedList", "HashMap", "LinkedHashMap", "TreeMap", "HashSet", "LinkedHashSet", "TreeSet"}
_CHANGES = r"(?:add|put|remove|clear|set|poll|pop|push|offer|replace|retain|sort|merge|compute)\w*"
_PLACE = re.compile(r"^(?:n|k|last|first|cursor|slot|row|column|offset|next|start|end|count|size|num)$")
_ONCE = re.compile(r"\.lines\(|\.iterator\(|generate|random", re.IGNORECASE)
_EQUALS = re.compile(r"\(\s*(?:final )?Object (\w+)\s*\)")


def fix_retyped(trouble: Trouble) -> Iterator[Fix]:
    """Yield the class, or the call, that is meant."""
    if trouble.source.language != "java" or trouble.function is None:
        return
    find = {
        "ClassCastException": _fix_cast,
        "ArrayStoreException": _fix_cast,
        "NullPointerException": _fix_equals,
        "IndexOutOfBoundsException": _fix_remove,
        "IllegalStateException": _fix_stream,
    }.get(trouble.exception)
    for source, what in find(trouble) if find else ():
        yield Fix(
            source=source,
            rationale=f"{what} ({trouble.place}).",
            measures=("what went well before goes as before", "no log line: the value is as it should be"),
        )


def _fix_cast(trouble: Trouble) -> Iterator[tuple[Source, str]]:
    yield from _fix_equals(trouble)
    for node in trouble.nodes:
        kind, value = node.field("type"), node.field("value")
        if node.kind() != "cast_expression" or kind is None or value is None or not trouble.lies_in(node):
            continue
        bare = re.sub(r"<.*", "", kind.text())
        if kind.text().endswith("[]") and re.fullmatch(r"[\w.()]+\.toArray\(\)", value.text()):
            fresh = f"{value.text()[:-1]}new {kind.text()[:-2]}[0])"
            yield (
                _put(trouble, node, fresh),
                f"{describe(value)} gives an array of objects; one of {kind.text()} is asked for",
            )
        elif bare.rpartition(".")[2] in _COPIES and not _is_changed(trouble, node):
            diamond = "<>" if "<" in kind.text() or "Map" in bare or "List" in bare or "Set" in bare else ""
            yield (
                _put(trouble, node, f"new {bare}{diamond}({value.text()})"),
                (f"{describe(value)} need not be of the class {bare}; its content is put into one"),
            )


def _fix_equals(trouble: Trouble) -> Iterator[tuple[Source, str]]:
    """Yield the question of what class another object is, in a method that compares with any."""
    own = trouble.function.text() if trouble.function is not None else ""
    found = _EQUALS.search(own.partition("{")[0])
    lacking = re.search(r'because "(.+)" is null', trouble.message)
    other = trouble.exception != "NullPointerException" or (lacking and re.fullmatch(r"<?\w+>?", lacking[1]))
    if trouble.function_name != "equals" or found is None or "instanceof" in own or not other:
        return
    for node in trouble.nodes:
        kind, value = node.field("type"), node.field("value")
        statement = find_statement(node) if node.kind() == "cast_expression" else None
        if kind is None or value is None or value.text() != found[1] or statement is None:
            continue
        first = span_lines(statement)[0]
        line = trouble.source.lines[first - 1]
        if starts_its_line(statement, line) and first <= trouble.line:
            indent = line[: len(line) - len(line.lstrip())]
            rows = [f"if (!({found[1]} instanceof {kind.text()})) {{", f"{find_unit(trouble.source)}return false;", "}"]
            source = replace_lines(trouble.source, first, first - 1, [indent + row for row in rows])
            yield source, f"{found[1]} need not be a {kind.text()}: then it is not equal"
            return


def _fix_remove(trouble: Trouble) -> Iterator[tuple[Source, str]]:
    """Yield the removal of a number, where a list of numbers took it for an index."""
    for node in trouble.nodes:
        name, holder, given = node.field("name"), node.field("object"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or name.text() != "remove" or holder is None:
            continue
        if len(given) != 1 or not trouble.lies_in(node) or not re.fullmatch(r"\w+", given[0].text()):
            continue
        bare = re.escape(holder.text().removeprefix("this."))
        of_numbers = re.search(
            rf"\b(?:List|ArrayList|Collection)<(Integer|Short|Byte)>\s+{bare}\b", trouble.source.text
        )
        index = re.search(r"(?:^|_)(?:i|j|index|idx|pos|position|place|at)$|(?:Index|Position|Pos)$", given[0].text())
        if of_numbers is not None and index is None and _is_item(trouble, given[0].text()):
            fresh = f"{of_numbers[1]}.valueOf({given[0].text()})"
            yield (
                _put(trouble, given[0], fresh),
                f"{describe(node)} takes out what stands at a place; the number is meant",
            )


def _is_item(trouble: Trouble, name: str) -> bool:
    """Tell whether a number is given to the function, or is one of a list, and nothing is counted by it."""
    own = trouble.function.text() if trouble.function is not None else ""
    given = re.search(rf"\(([^()]*, )?(?:final )?(?:int|short|byte) {name}(?:[,)]| :)", own)
    counts = re.search(rf"\.get\({name}\)|\[{name}\]|\b{name} ?(?:[-+*/<>]|\+\+|--)|[-+<>]=? ?{name}\b", own)
    return given is not None and counts is None and not _PLACE.search(name)


def _is_changed(trouble: Trouble, cast: "SgNode") -> bool:
    """Tell whether what a cast gives is changed afterwards, so that a copy of it would not do."""
    holder = next((one for one in cast.ancestors() if one.kind() in {"variable_declarator", "method_invocation"}), None)
    name = holder.field("name") if holder is not None else None
    if holder is None or name is None:
        return False
    own = trouble.function.text() if trouble.function is not None else ""
    changes = rf"\b{name.text()}\.{_CHANGES}\("
    return (
        re.search(changes, own) is not None
        if holder.kind() == "variable_declarator"
        else bool(re.fullmatch(_CHANGES, name.text()))
    )


def _fix_stream(trouble: Trouble) -> Iterator[tuple[Source, str]]:
    """Yield a stream that is made anew for every use."""
    if "stream has already been operated upon" not in trouble.message:
        return
    for node in trouble.nodes:
        name, value = node.field("name"), node.field("value")
        holder = node.parent()
        kind = holder.field("type") if holder is not None else None
        if node.kind() != "variable_declarator" or name is None or value is None or kind is None or holder is None:
            continue
        made = re.match(r"(?:final )?(?:var|(?:java\.util\.stream\.)?(\w*Stream(?:<.*>)?))$", kind.text())
        if made is None or "tream" not in value.text() or _ONCE.search(value.text()):
            continue
        start = holder.range().end.index
        stop = trouble.function.range().end.index if trouble.function is not None else start
        after = re.sub(rf"(?<![\w.]){name.text()}(?=\.)", f"{name.text()}.get()", trouble.source.text[start:stop])
        if re.search(rf"(?<![\w.]){name.text()}\b(?!\.get\(\))", after) or made[1] is None:
            continue
        text = trouble.source.text
        fresh = f"java.util.function.Supplier<{made[1]}> {name.text()} = () -> {value.text()};"
        yield (
            trouble.source.with_text(text[: holder.range().start.index] + fresh + after + text[stop:]),
            (f"{name.text()} can be used only once; it is made for every use now"),
        )


def _put(trouble: Trouble, node: "SgNode", fresh: str) -> Source:
    return trouble.source.with_text(replace_node(trouble.source.text, node, fresh))
