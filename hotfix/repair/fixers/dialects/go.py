"""Guards, logging and ways out in Go."""

import re
from typing import TYPE_CHECKING

from hotfix.repair.fixers.dialects.contract import Deref
from hotfix.repair.fixers.dialects.logs import list_log_calls
from hotfix.repair.fixers.tree import walk
from hotfix.repair.source import Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_FIELDS = {"selector_expression": "operand", "index_expression": "operand"}
_NUMBER = re.compile(r"^(?:u?int(?:8|16|32|64)?|float(?:32|64)|byte|rune|uintptr|time\.Duration)$")
_NIL = re.compile(r"^(?:\*|\[\]|map\[|chan |func\(|any$|interface\b)")


class Go:
    """Go."""

    def list_derefs(self, line: int, root: "SgNode") -> list[Deref]:
        """Return what is taken off what on a line, innermost first; packages are no values."""
        packages = _list_packages(root)
        found = []
        for node in walk(root):
            field = _FIELDS.get(node.kind())
            value = node.field(field) if field else None
            if value is None or node.range().end.line + 1 != line or value.text() in packages:
                continue
            member = node.field("field") or node.field("index")
            found.append(Deref(node, value, member.text() if member is not None else ""))
        return sorted(found, key=lambda one: (one.value.range().start.index, one.value.range().end.index))

    def say_missing(self, value: str) -> str:
        """Return the condition that a pointer is nil."""
        return f"{value} == nil"

    def say_short(self, value: str, index: str, *, text: bool) -> str:  # noqa: ARG002  # strings have a len too
        """Return the condition that a slice has no item at an index."""
        return f"len({value}) == 0" if index == "0" else f"len({value}) <= {index}"

    def say_zero(self, value: str) -> str:
        """Return the condition that a number is zero."""
        return f"{value} == 0"

    def write_guard(self, condition: str, body: list[str], unit: str) -> list[str]:
        """Return the lines of a guard."""
        return [f"if {condition} {{", *(unit + line for line in body), "}"]

    def write_log(self, source: Source, text: str) -> str | None:
        """Return the statement that logs a warning as the file logs elsewhere."""
        calls = [call for call in list_log_calls(source) if call.method not in {"New", "SetFlags", "SetPrefix"}]
        if not calls:
            return None
        quoted = '"' + text.replace("\\", "\\\\").replace('"', "'") + '"'
        levelled = next((call for call in calls if call.method in {"Info", "Warn", "Error", "Debug"}), None)
        if levelled is not None:
            return f"{levelled.receiver}.Warn({quoted})"
        return f"{calls[0].receiver}.Print({quoted})"

    def find_return(self, function: "SgNode | None", source: Source) -> str | None:
        """Return the statement that leaves a function early: zero values, and an error where there is one."""
        if function is None:
            return None
        result = function.field("result")
        if result is None:
            return "return"
        types = _list_types(result)
        values = [_say_zero_value(kind, source, function) for kind in types]
        return None if None in values else f"return {', '.join(str(value) for value in values)}"

    def use_default(self, chain: "SgNode", deref: Deref) -> str | None:  # noqa: ARG002  # Go has no conditional expression
        """Return None: Go has no conditional expression."""
        return None


def _list_types(result: "SgNode") -> list[str]:
    if result.kind() != "parameter_list":
        return [result.text()]
    types = []
    for one in result.named_children():
        kind = one.field("type")
        names = len([child for child in one.named_children() if child.kind() == "identifier"])
        types += [kind.text() if kind is not None else one.text()] * max(names, 1)
    return types


def _say_zero_value(kind: str, source: Source, function: "SgNode") -> str | None:
    if kind == "error":
        return _say_error(source, function)
    if _NIL.match(kind):
        return "nil"
    if kind == "bool":
        return "false"
    if kind == "string":
        return '""'
    if _NUMBER.match(kind):
        return "0"
    struct = re.search(rf"^type {re.escape(kind)} struct\b", source.text, re.MULTILINE)
    return f"{kind}{{}}" if struct else None


def _say_error(source: Source, function: "SgNode") -> str | None:
    name = function.field("name")
    text = f'"{name.text() if name is not None else "call"}: value is missing"'
    if re.search(r'^\s*(?:import\s+)?"fmt"', source.text, re.MULTILINE):
        return f"fmt.Errorf({text})"
    return f"errors.New({text})" if re.search(r'^\s*(?:import\s+)?"errors"', source.text, re.MULTILINE) else None


def _list_packages(root: "SgNode") -> set[str]:
    top = [*root.ancestors(), root]
    file = next((node for node in top if node.kind() == "source_file"), root)
    specs = [node for node in walk(file) if node.kind() == "import_spec"]
    names = set()
    for spec in specs:
        alias, path = spec.field("name"), spec.field("path")
        if alias is not None:
            names.add(alias.text())
        elif path is not None:
            names.add(path.text().strip('"').rpartition("/")[2])
    return names
