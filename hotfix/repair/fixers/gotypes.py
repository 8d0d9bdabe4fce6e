"""Tells the type of a Go expression as far as the package itself says it: its own declarations, no compiler.

A type is the text that the source has for it: ``*User``, ``map[string]int``. None: not known.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from hotfix.repair.fixers.tree import key, list_children, walk
from hotfix.repair.source import FUNCTIONS, Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

BASIC = re.compile(r"^(?:bool|string|u?int(?:8|16|32|64)?|float(?:32|64)|complex(?:64|128)|byte|rune|uintptr"
                   r"|time\.(?:Time|Duration))$")  # fmt: skip
"""Types that are never nil."""

_MAP = re.compile(r"^map\[((?:[^\[\]]|\[[^\[\]]*\])*)\](.+)$", re.DOTALL)
_LIST = re.compile(r"^\*?\[(?:\d|\.)*\](.+)$", re.DOTALL)
_LITERALS = {
    "int_literal": "int", "float_literal": "float64", "rune_literal": "rune", "true": "bool", "false": "bool",
    "interpreted_string_literal": "string", "raw_string_literal": "string",
}  # fmt: skip


class GoTypes:
    """The types of one package."""

    def __init__(self, sources: Iterable[Source], path: str) -> None:
        """Read the declarations of the files beside a file."""
        folder = path.rpartition("/")[0]
        beside = [one for one in sources if one.language == "go" and one.path.rpartition("/")[0] == folder]
        self.named: dict[str, str] = {}  # type → what it is
        self._fields: dict[tuple[str, str], str] = {}
        self._results: dict[str, list[str]] = {}  # function, or Type.method
        for source in beside:
            self._read(source)

    def tell(self, node: "SgNode") -> str | None:
        """Return the type of an expression."""
        found = self._tell_all(node)
        return found[0] if found else None

    def is_nilable(self, node: "SgNode") -> bool:
        """Tell whether an expression may be nil, as far as is known."""
        if self._declare(node) in {"address", "new"}:
            return False
        kind = self.tell(node)
        if kind is None:
            return True
        under = self.see_through(kind)
        return not (BASIC.match(under) or under.startswith("struct") or re.match(r"\[\d", under))

    def see_through(self, kind: str) -> str:
        """Return what a named type of the package is."""
        seen = set()
        while kind in self.named and kind not in seen:
            seen.add(kind)
            kind = self.named[kind]
        return kind

    def _declare(self, node: "SgNode") -> str:
        """Return how a variable got its value when that says that it is not nil."""
        value = next((value for value, _ in _find_values(node)), None) if node.kind() == "identifier" else None
        if value is None:
            return ""
        return "address" if value.text().startswith("&") else "new" if value.text().startswith("new(") else ""

    def _read(self, source: Source) -> None:
        for node in source.root.named_children():
            if node.kind() == "type_declaration":
                for spec in node.named_children():
                    self._read_type(spec)
            elif node.kind() in {"function_declaration", "method_declaration"}:
                name, receiver = node.field("name"), node.field("receiver")
                owner = re.sub(r"^\(\s*(?:\w+\s+)?\*?|\[.*|\)$", "", receiver.text()) + "." if receiver else ""
                result = node.field("result")
                if name is not None:
                    self._results[owner + name.text()] = list_types(result) if result is not None else []

    def _read_type(self, spec: "SgNode") -> None:
        name, kind = spec.field("name"), spec.field("type")
        if name is None or kind is None:
            return
        self.named[name.text()] = kind.text()
        for field in walk(kind) if kind.kind() == "struct_type" else ():
            typed = field.field("type") if field.kind() == "field_declaration" else None
            for child in field.named_children() if typed is not None else ():
                if child.kind() == "field_identifier" and typed is not None:
                    self._fields[name.text(), child.text()] = typed.text()

    def _tell_all(self, node: "SgNode") -> Sequence[str]:
        """Return the types of all that an expression gives."""
        one: str | None = _LITERALS.get(node.kind())
        match node.kind():
            case "identifier":
                one = self._tell_variable(node)
            case "selector_expression":
                one = self._tell_field(node)
            case "index_expression":
                one = self._tell_item(_of(node, "operand"))
            case "composite_literal":
                one = _text(node, "type")
            case "unary_expression":
                inner = self.tell(node.named_children()[0])
                sign = node.text()[0]
                one = f"*{inner}" if inner and sign == "&" else inner[1:] if inner and inner[0] == sign == "*" else None
            case "type_assertion_expression":
                one = _text(node, "type")
            case "call_expression":
                return self._tell_results(node)
            case "parenthesized_expression":
                return self._tell_all(node.named_children()[0])
        return (one,) if one else ()

    def _tell_variable(self, node: "SgNode") -> str | None:
        for value, place in _find_values(node):
            if value.kind() == "range_clause":
                ranged = _of(value, "right")
                return self._tell_item(ranged) if place == 1 else None
            kinds = self._tell_all(value)
            if place < len(kinds):
                return kinds[place]
            return None
        return _find_declared(node)

    def _tell_field(self, node: "SgNode") -> str | None:
        owner = self.tell(_of(node, "operand"))
        return self._fields.get((owner.lstrip("*").partition("[")[0], _text(node, "field"))) if owner else None

    def _tell_item(self, node: "SgNode") -> str | None:
        kind = self.see_through(self.tell(node) or "")
        found = _MAP.match(kind)
        listed = _LIST.match(kind)
        return found[2] if found else listed[1] if listed else None

    def _tell_results(self, node: "SgNode") -> Sequence[str]:
        function, arguments = _of(node, "function"), _of(node, "arguments").named_children()
        if function.text() == "make" and arguments:
            return (arguments[0].text(),)
        if function.text() == "new" and arguments:
            return (f"*{arguments[0].text()}",)
        if function.kind() == "identifier":
            return self._results.get(function.text(), ())
        owner = self.tell(_of(function, "operand")) if function.kind() == "selector_expression" else None
        return self._results.get(f"{owner.lstrip('*')}.{_text(function, 'field')}", ()) if owner else ()


def list_types(result: "SgNode") -> list[str]:
    """Return the types of the results of a function."""
    if result.kind() != "parameter_list":
        return [result.text()]
    types = []
    for one in result.named_children():
        kind = one.field("type")
        names = len([child for child in one.named_children() if child.kind() == "identifier"])
        types += [kind.text() if kind is not None else one.text()] * max(names, 1)
    return types


def _find_values(node: "SgNode") -> Iterator[tuple["SgNode", int]]:
    """Yield what a variable was last given before a place, with its place among what that gives; ranges as clauses."""
    name, found = node.text(), list[tuple["SgNode", int]]()
    top = [above for above in node.ancestors() if above.kind() in FUNCTIONS]
    for one in walk(top[-1]) if top else ():
        if key(one)[0] >= key(node)[0]:
            break
        if one.kind() not in {"short_var_declaration", "range_clause", "assignment_statement"}:
            continue
        left, right = one.field("left"), one.field("right")
        names = [child.text() for child in list_children(left)]
        if name not in names or right is None:
            continue
        place = names.index(name)
        values = right.named_children() if right.kind() == "expression_list" else [right]
        if one.kind() == "range_clause":
            found.append((one, place))
        else:
            found.append((values[place], 0) if len(values) == len(names) else (values[0], place))
    if found:
        yield found[-1]


def _find_declared(node: "SgNode") -> str | None:
    """Return the type that a parameter or a ``var`` declares for a name."""
    name, kind = node.text(), None
    top = [above for above in node.ancestors() if above.kind() in FUNCTIONS | {"source_file"}]
    for one in (child for above in reversed(top) for child in walk(above)):
        if one.kind() in {"parameter_declaration", "var_spec", "variadic_parameter_declaration"}:
            typed = one.field("type")
            names = [child.text() for child in one.named_children() if child.kind() == "identifier"]
            inside = one.parent()
            local = inside is None or inside.kind() != "source_file"
            if name in names and typed is not None and (local or kind is None) and key(one)[0] < key(node)[0]:
                kind = f"[]{typed.text()}" if one.kind().startswith("variadic") else typed.text()
    return kind


def _of(node: "SgNode", field: str) -> "SgNode":
    return node.field(field) or node


def _text(node: "SgNode", field: str) -> str:
    found = node.field(field)
    return found.text() if found is not None else ""
