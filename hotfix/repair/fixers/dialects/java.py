"""Guards, logging and ways out in Java."""

import re
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.dialects.contract import Deref
from hotfix.repair.fixers.dialects.logs import list_log_calls
from hotfix.repair.source import Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_FIELDS = {"method_invocation": "object", "field_access": "object", "array_access": "array"}
_BY_TYPE = {
    "void": "return;",
    "boolean": "return false;",
    "int": "return 0;",
    "long": "return 0L;",
    "short": "return 0;",
    "byte": "return 0;",
    "double": "return 0.0;",
    "float": "return 0.0f;",
}
_EMPTY = (
    (re.compile(r"^(?:java\.util\.)?(?:List|Collection|Iterable)\b"), "return java.util.List.of();"),
    (re.compile(r"^(?:java\.util\.)?Set\b"), "return java.util.Set.of();"),
    (re.compile(r"^(?:java\.util\.)?Map\b"), "return java.util.Map.of();"),
    (re.compile(r"^(?:java\.util\.)?Optional\b"), "return java.util.Optional.empty();"),
    (re.compile(r"^String$"), 'return "";'),
)
_LOGGER = re.compile(r"\b(?:java\.util\.logging\.)?Logger\s+(\w+)\s*=")


class Java:
    """Java."""

    def list_derefs(self, trouble: Trouble, line: int) -> list[Deref]:
        """Return what is taken off what on a line, innermost first."""
        found = []
        for node in trouble.nodes:
            field = _FIELDS.get(node.kind())
            value = node.field(field) if field else None
            if value is None or value.text() in {"this", "super"} or node.range().end.line + 1 < line:
                continue
            member = node.field("name") or node.field("field") or node.field("index")
            if (member or node).range().start.line + 1 != line or _is_class(value):
                continue
            found.append(Deref(node, value, member.text() if member is not None else ""))
        return sorted(found, key=lambda one: (one.value.range().start.index, one.value.range().end.index))

    def say_missing(self, value: str) -> str:
        """Return the condition that a value is null."""
        return f"{value} == null"

    def say_short(self, value: str, index: str, *, text: bool) -> str:
        """Return the condition that an array (or with ``text`` a string) has no item at an index."""
        return f"{value}.length{'()' if text else ''} <= {index}"

    def say_zero(self, value: str) -> str:
        """Return the condition that a number is zero."""
        return f"{value} == 0"

    def write_guard(self, condition: str, body: list[str], unit: str) -> list[str]:
        """Return the lines of a guard."""
        return [f"if ({condition}) {{", *(unit + line for line in body), "}"]

    def write_log(self, source: Source, text: str) -> str | None:
        """Return the statement that logs a warning as the file logs elsewhere."""
        named = _LOGGER.search(source.text)
        calls = list_log_calls(source)
        receiver = named[1] if named else next((call.receiver for call in calls if call.receiver != "console"), None)
        if receiver is None:
            return None
        util = "java.util.logging" in source.text or any(call.method in {"warning", "severe", "fine"} for call in calls)
        quoted = '"' + text.replace("\\", "\\\\").replace('"', "'") + '"'
        return f"{receiver}.{'warning' if util else 'warn'}({quoted});"

    def find_return(self, trouble: Trouble) -> str | None:
        """Return the statement that leaves a method early with the harmless value of its return type."""
        function = trouble.function
        if function is None or function.kind() != "method_declaration":
            return None
        kind = function.field("type")
        if kind is None:
            return None
        text = kind.text()
        if text in _BY_TYPE:
            return _BY_TYPE[text]
        if kind.kind() == "array_type":
            return f"return new {text.replace('[]', '[0]', 1)};"
        return next((exit_ for pattern, exit_ in _EMPTY if pattern.match(text)), "return null;")

    def use_default(self, chain: "SgNode", deref: Deref) -> str | None:
        """Return the chain, or null where its first value is missing, inside of a text that is put together."""
        parent = chain.parent()
        if parent is None or parent.kind() != "binary_expression" or '"' not in parent.text():
            return None
        return f"({deref.value.text()} == null ? null : {chain.text()})"


def _is_class(value: "SgNode") -> bool:
    """Tell whether a name is that of a class, as Java writes them."""
    return value.kind() == "identifier" and re.match(r"[A-Z][a-z]\w*$|[A-Z]$", value.text()) is not None
