"""Converts a value that came in another representation than the code takes it for, where nothing can be lost by it.

A number that came as text (or the other way round), another kind of number: JSON and forms give such.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, put_guard
from hotfix.repair.fixers.tree import is_plain, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_OF_NUMBERS = frozenset({"toFixed", "toPrecision", "toExponential"})
_OF_TEXTS = frozenset(
    {"trim", "toUpperCase", "toLowerCase", "split", "replace", "replaceAll", "startsWith", "endsWith", "padStart",
     "padEnd", "charAt", "match", "substring", "localeCompare"}
)  # fmt: skip
_CAST = re.compile(r"class java\.lang\.(\w+) cannot be cast to class java\.(?:lang|util)\.(\w+)")
_JAVA = {
    ("Integer", "Long"): "((Number) {0}).longValue()", ("Short", "Long"): "((Number) {0}).longValue()",
    ("Byte", "Long"): "((Number) {0}).longValue()", ("Long", "Integer"): "Math.toIntExact((Long) {0})",
    ("Short", "Integer"): "((Number) {0}).intValue()", ("Byte", "Integer"): "((Number) {0}).intValue()",
    ("Integer", "Double"): "((Number) {0}).doubleValue()", ("Short", "Double"): "((Number) {0}).doubleValue()",
    ("Byte", "Double"): "((Number) {0}).doubleValue()", ("Float", "Double"): "((Number) {0}).doubleValue()",
}  # fmt: skip
"""What is held, and what it is cast to → a conversion that loses nothing; it throws where an int cannot hold a long."""

_GO = re.compile(r"^interface conversion: .* is (float64|int|int64), not (u?int(?:8|16|32|64)?|float64|float32)$")
_JOINED = re.compile(r'can only concatenate str \(not "(?:int|float|bool|decimal\.Decimal|datetime\.\w+|UUID)"\)')
_SIDES = re.compile(
    r"unsupported operand type\(s\) for \S+: '([\w.]+)' and '([\w.]+)'"
    r"|not supported between instances of '([\w.]+)' and '([\w.]+)'"
)
_CONVERSIONS = {("str", "int"): "int({})", ("str", "float"): "float({})", ("str", "decimal.Decimal"): "Decimal({})",
                ("float", "decimal.Decimal"): "Decimal(str({}))"}  # fmt: skip


def fix_converted(trouble: Trouble) -> Iterator[Fix]:
    """Yield the conversion of each value of the failing line that is of the kind which the message tells."""
    if trouble.source.language == "go":
        yield from _assert_other(trouble)
        return
    find = {"python": _fix_python, "java": _fix_java}.get(trouble.source.language or "", _fix_script)
    for node in trouble.nodes:
        if not trouble.lies_in(node):
            continue
        for one, fresh in find(trouble, node):
            yield _say(trouble, one, fresh)


def _say(trouble: Trouble, node: "SgNode", fresh: str) -> Fix:
    return Fix(
        source=trouble.source.with_text(replace_node(trouble.source.text, node, fresh)),
        rationale=f"{describe(node)} can come in another representation ({trouble.place}); it is converted.",
        measures=("what was read before is read as before", "no log line: both representations are ordinary"),
    )


def _fix_script(trouble: Trouble, node: "SgNode") -> Iterator[tuple["SgNode", str]]:
    told = re.match(r"(\S.*?)\.(\w+) is not a function", trouble.message)
    value, member = node.field("object"), node.field("property")
    if trouble.exception != "TypeError" or told is None or node.kind() != "member_expression":
        return
    if value is None or member is None or (value.text(), member.text()) != (told[1], told[2]) or not is_plain(value):
        return
    if told[2] in _OF_NUMBERS:
        yield value, f"(typeof {value.text()} === 'string' ? Number({value.text()}) : {value.text()})"
    elif told[2] in _OF_TEXTS:
        yield value, f"(typeof {value.text()} === 'number' ? String({value.text()}) : {value.text()})"


def _fix_java(trouble: Trouble, node: "SgNode") -> Iterator[tuple["SgNode", str]]:
    told = _CAST.search(trouble.message)
    kind, value = node.field("type"), node.field("value")
    if told is None or node.kind() != "cast_expression" or kind is None or value is None or not is_plain(value):
        return
    if told[1] == "String" and re.match(r"(?:java\.util\.)?List<String>$", kind.text()):
        yield node, f"({value.text()} instanceof String ? java.util.List.of((String) {value.text()}) : {node.text()})"
        return
    if kind.text() != told[2]:
        return
    parent, exact = node.parent(), _JAVA.get((told[1], told[2]))
    if exact is not None:
        fresh = f"{value.text()} == null ? null : (({told[2]}) {exact.format(value.text())})"
        bare = parent is not None and parent.kind() in {"variable_declarator", "argument_list", "return_statement"}
        yield node, fresh if bare else f"({fresh})"
    elif told[2] == "String":
        yield node, f"java.util.Objects.toString({value.text()}, null)"


def _assert_other(trouble: Trouble) -> Iterator[Fix]:
    """Yield the conversion of the number's own type, behind a guard for what it cannot hold: JSON's are all float64."""
    told = _GO.match(trouble.message)
    for node in trouble.nodes if told else ():
        kind, value = node.field("type"), node.field("operand")
        if node.kind() != "type_assertion_expression" or kind is None or value is None or not told:
            continue
        if kind.text() != told[2] or not trouble.lies_in(node) or not is_plain(value):
            continue
        given = f"{value.text()}.({told[1]})"
        text = replace_node(trouble.source.text, node, f"{told[2]}({given})")
        mended = replace(trouble, source=trouble.source.with_text(text))
        found = next((one for one in mended.nodes if one.text() == given and mended.lies_in(one)), None)
        lost = f"number != {told[1]}({told[2]}(number))"
        condition = f"number, ok := {given}; !ok || {lost}"
        fix = put_guard(mended, found, condition, f"{describe(value)} is no {told[2]}") if found is not None else None
        if fix is not None:
            yield replace(fix, measures=("what is no such number is refused", *fix.measures))


def _fix_python(trouble: Trouble, node: "SgNode") -> Iterator[tuple["SgNode", str]]:
    if trouble.exception != "TypeError" or node.kind() not in {
        "binary_operator", "augmented_assignment", "comparison_operator"
    }:  # fmt: skip
        return
    if _JOINED.match(trouble.message):
        parent = node.parent()
        if node.kind() == "binary_operator" and (parent is None or parent.kind() != "binary_operator"):
            yield from _join_texts(node)
        return
    told = _SIDES.search(trouble.message)
    sides = node.named_children()
    if told is None or len(sides) != 2:  # left, right
        return
    left, right = (one for one in told.groups() if one)
    for kind, other, side in ((left, right, sides[0]), (right, left, sides[1])):
        pattern = _CONVERSIONS.get((kind, other))
        given = side.kind() in {"subscript", "attribute", "identifier", "call"} and is_plain(side)
        written = node.kind() == "augmented_assignment" and side is sides[0]
        if pattern is None or not given or written:
            continue
        if pattern.startswith("Decimal") and not re.search(r"import .*\bDecimal\b", trouble.source.text):
            continue
        usual = _find_usual(trouble, side) if kind == "str" else None
        yield side, f"{usual}({side.text()})" if usual else pattern.format(side.text())


def _find_usual(trouble: Trouble, side: "SgNode") -> str | None:
    """Return the one function by which other code of the file reads the same key, or member, of something."""
    index, member = side.field("subscript"), side.field("attribute")
    if index is not None and index.kind() == "string":
        tail = rf"\[['\"]{re.escape(index.text()[1:-1])}['\"]\]"
    else:
        tail = rf"\.{re.escape(member.text())}" if member is not None else r"(?!)"
    found = set(re.findall(rf"(?<![\w.])(\w+)\(\w+{tail}\)", trouble.elsewhere))
    found -= {"str", "print", "repr", "len", "type", "isinstance"}
    return str(found.pop()) if len(found) == 1 else None


def _join_texts(node: "SgNode") -> Iterator[tuple["SgNode", str]]:
    """Yield a sum of texts in which all that is no text by its looks is made one."""
    parts = []
    while node.kind() == "binary_operator" and (left := node.field("left")) and (right := node.field("right")):
        parts.append(right)
        if left.kind() != "binary_operator":
            parts.append(left)
            break
        node = left
    loose = [one for one in parts if one.kind() in {"subscript", "attribute", "identifier", "call"}
             and not one.text().startswith("str(")]  # fmt: skip
    if len(loose) == 1 and any(one.kind() in {"string", "concatenated_string"} for one in parts):
        yield loose[0], f"str({loose[0].text()})"
