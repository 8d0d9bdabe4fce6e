"""Guards, logging and ways out in JavaScript and TypeScript."""

import re
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.dialects.contract import Deref
from hotfix.repair.fixers.dialects.logs import list_log_calls
from hotfix.repair.fixers.tree import key, walk
from hotfix.repair.source import FUNCTIONS, Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_FIELDS = {"member_expression": "object", "subscript_expression": "object", "call_expression": "function"}
_LITERALS = {"array": "[]", "string": "''", "template_string": "''", "number": "0", "true": "false", "false": "false",
             "null": "null", "object": "null", "undefined": "undefined"}  # fmt: skip
_BY_TYPE = (
    (re.compile(r".*\|\s*null\b|^null$"), "return null;"),
    (re.compile(r".*\|\s*undefined\b|^undefined$"), "return undefined;"),
    (re.compile(r"^(?:Promise<)?void>?$"), "return;"),
    (re.compile(r"^(?:Promise<)?boolean>?$"), "return false;"),
    (re.compile(r"^(?:Promise<)?string>?$"), "return '';"),
    (re.compile(r"^(?:Promise<)?number>?$"), "return 0;"),
    (re.compile(r"^(?:Promise<)?(?:.*\[\]|(?:Readonly)?Array<.*>)>?$"), "return [];"),
)


class JavaScript:
    """JavaScript, TypeScript and TSX."""

    def list_derefs(self, trouble: Trouble, line: int) -> list[Deref]:
        """Return what is taken off what on a line, innermost first."""
        found = []
        for node in trouble.nodes:
            field = _FIELDS.get(node.kind())
            value = node.field(field) if field else None
            pattern = node.field("name") if node.kind() == "variable_declarator" else None
            looped = node.field("right") if node.kind() == "for_in_statement" else None
            if looped is not None and looped.range().start.line + 1 == line:
                found.append(Deref(node, looped, ""))
            source = node.field("value") if pattern is not None and pattern.kind() == "object_pattern" else None
            if source is not None and node.range().start.line + 1 == line:
                found.append(Deref(node, source, ""))
            if value is None or value.range().end.line + 1 not in {line, line - 1}:
                continue
            member = node.field("property") or node.field("index")
            if not value.range().end.line + 1 <= line <= node.range().end.line + 1 or value.text() == "this":
                continue
            if (member or node).range().end.line + 1 != line:
                continue
            found.append(Deref(node, value, member.text().strip("'\"") if member is not None else ""))
        return sorted(found, key=lambda one: (one.value.range().start.index, one.value.range().end.index))

    def say_missing(self, value: str) -> str:
        """Return the condition that a value is null or undefined."""
        return f"{value} == null"

    def say_short(self, value: str, index: str, *, text: bool) -> str:  # noqa: ARG002  # both have a length
        """Return the condition that an array has no item at an index."""
        return f"{value}.length <= {index}"

    def say_zero(self, value: str) -> str:
        """Return the condition that a number is zero."""
        return f"{value} === 0"

    def write_guard(self, condition: str, body: list[str], unit: str) -> list[str]:
        """Return the lines of a guard."""
        return [f"if ({condition}) {{", *(unit + line for line in body), "}"]

    def write_log(self, source: Source, text: str) -> str | None:
        """Return the statement that logs a warning as the file logs elsewhere."""
        calls = [call for call in list_log_calls(source) if call.method != "group"]
        own = [call for call in calls if not call.receiver.endswith("console")] or calls
        if not own:
            return None
        quoted = "'" + text.replace("\\", "\\\\").replace("'", '"') + "'"
        fields = "{}, " if own[0].opens_with == "{" else ""
        return f"{own[0].receiver}.warn({fields}{quoted});"

    def find_return(self, trouble: Trouble) -> str | None:
        """Return the statement that leaves a function early: by its return type, else by its other returns."""
        function = trouble.function
        if function is None:
            return None
        body = function.field("body")
        if body is None or body.kind() != "statement_block":
            return None
        kind = function.field("return_type")
        if kind is not None:
            text = kind.text().lstrip(": ").strip()
            return next((exit_ for pattern, exit_ in _BY_TYPE if pattern.match(text)), None)
        return _copy_return(function)

    def use_default(self, chain: "SgNode", deref: Deref) -> str | None:
        """Return the chain with optional chaining at the value that may be missing."""
        start, end = key(deref.value)
        first = key(chain)[0]
        text = chain.text()
        head, tail = text[: end - first], text[end - first :]
        if tail.startswith("?.") or start < first:
            return None
        bare = tail.lstrip()
        gap = tail[: len(tail) - len(bare)]
        mark = "?" if bare.startswith(".") else "?."
        fresh = f"{head}{gap}{mark}{bare}"
        parent = chain.parent()
        return f"{fresh} ?? null" if parent is not None and parent.kind() == "pair" else fresh


_TEXTS = re.compile(
    r"^[`'\"]|\.(?:to\w*String|toFixed|trim|replace|replaceAll|to(?:Upper|Lower)Case|substring|join|padStart|padEnd)\("
)
"""What gives a text, which is cut and put together by methods of the same names as a list."""


def _copy_return(function: "SgNode") -> str:
    returns = [
        node
        for node in walk(function)
        if node.kind() == "return_statement"
        and next((above for above in node.ancestors() if above.kind() in FUNCTIONS), function).range().start.index
        == function.range().start.index
    ]
    values = [node.named_children()[0] for node in returns if node.named_children()]
    if not values:
        return "return;"
    kinds = {_LITERALS.get(value.kind()) for value in values}
    only = kinds.pop() if len(kinds) == 1 else None
    mapped = any(_gives_list(value) and not _TEXTS.search(value.text()) for value in values)
    return f"return {only or ('[]' if mapped else 'null')};"


def _gives_list(value: "SgNode") -> bool:
    function = value.field("function") if value.kind() == "call_expression" else None
    member = function.field("property") if function is not None else None
    return member is not None and member.text() in {"map", "filter", "slice", "flatMap", "sort", "concat"}
