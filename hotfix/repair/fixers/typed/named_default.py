"""Takes the default that the file has a constant for, by the name of what is not set (Java, Go)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe, dialect_of, find_unit
from hotfix.repair.fixers.tree import find_statement, is_plain, list_children, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CONSTANT = re.compile(r"\b(?:DEFAULT_(\w+)|default([A-Z]\w*))\s*(?:[\w.\[\]]+\s*)?=")
_NUMBERS = re.compile(r"non-positive interval|must be positive|invalid argument to|divide by zero|/ by zero|negative")
_ABSENT = re.compile(r"nil pointer|null")


def fix_named_default(trouble: Trouble) -> Iterator[Fix]:
    """Yield the constant for what is missing, or is no such number, at the failing line."""
    if trouble.source.language not in {"java", "go"} or trouble.function is None:
        return
    constants = {re.sub(r"_", "", found[1] or found[2]).lower(): re.split(r"[\s=]", found[0])[0]
                 for found in _CONSTANT.finditer(trouble.source.text)}  # fmt: skip
    for node in trouble.nodes if constants else ():
        constant = constants.get(_name(node))
        if constant is None or not trouble.lies_in(node):
            continue
        if _NUMBERS.search(trouble.message):
            fix = _replace_number(trouble, node, constant)
        elif _ABSENT.search(trouble.message):
            fix = _replace_absent(trouble, node, constant)
        else:
            fix = None
        if fix is not None:
            yield fix
            return


def _name(node: "SgNode") -> str:
    """Return by what name a value is taken: a field, a getter, a key, in small letters."""
    if node.kind() in {"selector_expression", "field_access"}:
        named = node.field("field")
        return named.text().lower() if named is not None else ""
    if node.kind() == "method_invocation":
        given, called = list_children(node.field("arguments")), node.field("name")
        if len(given) == 1 and given[0].kind() == "string_literal":
            return re.sub(r"[^a-z0-9]", "", given[0].text().rpartition(".")[2].lower())
        return re.sub(r"^get", "", called.text()).lower() if called is not None and not given else ""
    return node.text().lower() if node.kind() == "identifier" else ""


def _replace_number(trouble: Trouble, node: "SgNode", constant: str) -> Fix | None:
    statement = find_statement(node)
    line = trouble.source.lines[span_lines(statement)[0] - 1] if statement is not None else ""
    if statement is None or not starts_its_line(statement, line) or not is_plain(node):
        return None
    java = trouble.source.language == "java"
    named = re.sub(r"\W", "", _name(node))
    own = trouble.function.text() if trouble.function is not None else ""
    name = named if not re.search(rf"(?<![.\w]){named}\b", own) else f"{named}Set"
    if java:
        fresh = f"({node.text()} > 0 ? {node.text()} : {constant})"
        return _say(
            trouble, trouble.source.with_text(replace_node(trouble.source.text, node, fresh)).text, node, constant
        )
    first, indent = span_lines(statement)[0], line[: len(line) - len(line.lstrip())]
    held = trouble.source.with_text(replace_node(trouble.source.text, node, name))
    rows = [f"{name} := {node.text()}", f"if {name} <= 0 {{", f"\t{name} = {constant}", "}"]
    return _say(trouble, replace_lines(held, first, first - 1, [indent + row for row in rows]).text, node, constant)


def _replace_absent(trouble: Trouble, node: "SgNode", constant: str) -> Fix | None:
    holder = node.field("operand") or node.field("object")
    statement = find_statement(node)
    parent = node.parent()
    alone = parent is not None and parent.kind() in {"return_statement", "expression_list"}
    if node.kind() == "method_invocation" and list_children(node.field("arguments")):
        fresh = f"({node.text()} != null ? {node.text()} : {constant})"
        outer = parent.parent() if parent is not None else None
        if outer is not None and re.match(r"(?:Integer|Long|Double|Boolean)\.(?:parse\w+|valueOf)\(", outer.text()):
            fresh = f"{node.text()} == null ? {constant} : {outer.text()}"
            return _say(trouble, replace_node(trouble.source.text, outer, f"({fresh})"), node, constant)
        return _say(trouble, replace_node(trouble.source.text, node, fresh), node, constant) if is_plain(node) else None
    if (
        holder is None
        or statement is None
        or statement.kind() != "return_statement"
        or not alone
        or not is_plain(holder)
    ):
        return None
    first = span_lines(statement)[0]
    line = trouble.source.lines[first - 1]
    if not starts_its_line(statement, line):
        return None
    dialect, indent = dialect_of(trouble), line[: len(line) - len(line.lstrip())]
    end = ";" if trouble.source.language == "java" else ""
    rows = dialect.write_guard(
        dialect.say_missing(holder.text()), [f"return {constant}{end}"], find_unit(trouble.source)
    )
    text = replace_lines(trouble.source, first, first - 1, [indent + row for row in rows]).text
    return _say(trouble, text, node, constant)


def _say(trouble: Trouble, text: str, node: "SgNode", constant: str) -> Fix:
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"{describe(node)} is not set at {trouble.place}; then it is {constant}, the default of that name.",
        measures=("what is set is taken as before", "no log line: a default is ordinary"),
    )
