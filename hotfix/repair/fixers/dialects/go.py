"""Guards, logging and ways out in Go."""

import re
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.dialects.contract import Deref
from hotfix.repair.fixers.dialects.logs import list_log_calls
from hotfix.repair.fixers.gotypes import GoTypes, list_types
from hotfix.repair.fixers.tree import walk
from hotfix.repair.source import Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_NUMBER = re.compile(r"^(?:u?int(?:8|16|32|64)?|float(?:32|64)|byte|rune|uintptr|time\.Duration)$")
_NIL = re.compile(r"^(?:\*|\[\]|map\[|chan |func\(|any$|interface\b)")


class Go:
    """Go."""

    def list_derefs(self, trouble: Trouble, line: int) -> list[Deref]:
        """Return what is taken off what may be nil on a line, innermost first; packages are no values."""
        packages, types = list_packages(trouble.source), GoTypes(trouble.sources.values(), trouble.source.path)
        found = []
        for node in trouble.nodes:
            value = _find_value(node, types)
            if value is None or node.range().end.line + 1 != line or value.text() in packages:
                continue
            if types.is_nilable(value) and not _is_receiver(trouble, value.text()):
                member = node.field("field")
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

    def find_return(self, trouble: Trouble) -> str | None:
        """Return the statement that leaves a function early: zero values, and an error where there is one."""
        if trouble.function is None:
            return None
        result = trouble.function.field("result")
        if result is None:
            return "return"
        types = GoTypes(trouble.sources.values(), trouble.source.path)
        return f"return {', '.join(_say_zero_value(kind, types, trouble) for kind in list_types(result))}"

    def use_default(self, chain: "SgNode", deref: Deref) -> str | None:  # noqa: ARG002  # Go has no conditional expression
        """Return None: Go has no conditional expression."""
        return None


def _is_receiver(trouble: Trouble, name: str) -> bool:
    """Tell whether a name is that of the receiver: that is nil by its caller's fault, unless other methods ask."""
    receiver = trouble.function.field("receiver") if trouble.function is not None else None
    found = re.match(r"\(\s*(\w+)\s", receiver.text()) if receiver is not None else None
    return found is not None and found[1] == name and f"if {name} == nil" not in trouble.source.text


def _find_value(node: "SgNode", types: GoTypes) -> "SgNode | None":
    """Return what must not be nil for a node to be evaluated: an item of a nil map is no failure."""
    match node.kind():
        case "selector_expression":
            return node.field("operand")
        case "unary_expression":
            return node.named_children()[0] if node.text().startswith("*") else None
        case "call_expression":
            function = node.field("function")
            kind = types.tell(function) if function is not None else None
            return function if kind is not None and types.see_through(kind).startswith("func(") else None
    return None


def say_zero(kind: str, types: GoTypes) -> str:
    """Return the zero value of a type as it is written."""
    under = types.see_through(kind)
    if _NIL.match(under):
        return "nil"
    if under == "bool":
        return "false"
    if under == "string":
        return '""'
    if _NUMBER.match(under):
        return "0"
    return f"{kind}{{}}" if under.startswith(("struct", "[")) else f"*new({kind})"


def _say_zero_value(kind: str, types: GoTypes, trouble: Trouble) -> str:
    return _say_error(trouble) if kind == "error" else say_zero(kind, types)


def _say_error(trouble: Trouble) -> str:
    """Return a new error that names the function, made by the package that the file makes errors with."""
    text = f'"{trouble.function_name or "call"}: value is missing"'
    own = trouble.function.text() if trouble.function is not None else ""
    kinds = set(re.findall(r'fmt\.Errorf\("[^"\n]*%w[^"\n]*", (Err\w+)', own))
    if len(kinds) == 1:
        return f'fmt.Errorf("%w: value is missing", {kinds.pop()})'  # callers ask for that error
    known = re.search(r'^\s*(?:import\s+)?"fmt"', trouble.source.text, re.MULTILINE)
    return f"{'fmt.Errorf' if known else 'errors.New'}({text})"


def list_packages(source: Source) -> set[str]:
    """Return the names under which a file imports packages."""
    names = set()
    for spec in (node for node in walk(source.root) if node.kind() == "import_spec"):
        alias, path = spec.field("name"), spec.field("path")
        names.add(alias.text() if alias is not None else path.text().strip('"').rpartition("/")[2] if path else "")
    return names
