"""Reads what a test of a Go package must know of its source: functions with their parameters, interfaces, imports."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hotfix.repair.source import Source, list_functions, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DECLARED = ("function_declaration", "method_declaration")
_METHOD = ("method_elem", "method_spec")
_OWN_TYPE = re.compile(r"(?<![\w.])([A-Z]\w*)")


@dataclass(frozen=True, slots=True)
class GoFunction:
    """A function of a package and how a test beside it names it."""

    path: str
    expression: str  # "total" or "(*Cart).total", whose first parameter is the receiver
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoInterface:
    """An interface, as the types of its methods' parameters and results; embedded ones by name."""

    name: str  # as the tested package writes it
    methods: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    embedded: tuple[str, ...]


def find_declared(source: Source, line: int) -> GoFunction | None:
    """Return the declared function around a line, also around a function inside it; None for generic ones."""
    found = next(
        (
            node
            for node in list_functions(source)
            if node.kind() in _DECLARED and span_lines(node)[0] <= line <= span_lines(node)[1]
        ),
        None,
    )
    name = found.field("name") if found else None
    if found is None or name is None or found.field("type_parameters") is not None:
        return None
    parameters = _list_names(found.field("parameters"))
    receiver = found.field("receiver")
    if receiver is None:
        return None if name.text() == "main" else GoFunction(source.path, name.text(), parameters)
    kind = next(iter(_list_types(receiver)), "")
    if "[" in kind:
        return None
    return GoFunction(source.path, f"({kind}).{name.text()}", (*_list_names(receiver), *parameters))


def list_interfaces(source: Source, package: str = "") -> Iterator[GoInterface]:
    """Yield the interfaces of a file; of another package the exported ones, their types written with its name."""
    for spec in source.root.find_all(kind="type_spec"):
        name, body = spec.field("name"), spec.field("type")
        if name is None or body is None or body.kind() != "interface_type" or spec.field("type_parameters"):
            continue
        methods = [node for node in body.children() if node.kind() in _METHOD]
        embedded = [
            node.text() for node in body.children() if node.is_named() and node.kind() not in {*_METHOD, "comment"}
        ]
        read = [_read_method(node, package) for node in methods]
        if (package and not all(one[0][:1].isupper() for one in read)) or (package and not name.text()[:1].isupper()):
            continue
        yield GoInterface(_qualify(name.text(), package), tuple(read), tuple(embedded))


def list_imports(source: Source) -> Iterator[tuple[str, str]]:
    """Yield name and path of each import of a file; the name is the last part of the path where none is given."""
    for spec in source.root.find_all(kind="import_spec"):
        path = spec.field("path")
        if path is None:
            continue
        text, name = path.text().strip('"`'), spec.field("name")
        parts = [part for part in PurePosixPath(text).parts if not re.fullmatch(r"v\d+", part)]
        yield (name.text() if name else parts[-1] if parts else text), text


def read_package(source: Source) -> str:
    """Return the name in a file's package clause."""
    found = re.search(r"^\s*package\s+(\w+)", source.text, re.MULTILINE)
    return found[1] if found else "main"


def _read_method(node: "SgNode", package: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    name, parameters, result = node.field("name"), node.field("parameters"), node.field("result")
    types = tuple(_qualify(kind, package) for kind in _list_types(parameters))
    if result is None:
        results: tuple[str, ...] = ()
    elif result.kind() == "parameter_list":
        results = tuple(_qualify(kind, package) for kind in _list_types(result))
    else:
        results = (_qualify(result.text(), package),)
    return (name.text() if name else ""), types, results


def _qualify(kind: str, package: str) -> str:
    return _OWN_TYPE.sub(rf"{package}.\1", kind) if package else kind


def _list_declarations(node: "SgNode | None") -> "Sequence[SgNode]":
    return [one for one in node.children() if one.kind().endswith("parameter_declaration")] if node else []


def _list_names(node: "SgNode | None") -> tuple[str, ...]:
    """Return the names in a list of parameters; a nameless one has none."""
    return tuple(name for one in _list_declarations(node) for name in _names_of(one) or [""])


def _list_types(node: "SgNode | None") -> Iterator[str]:
    """Yield the type of each parameter in a list; one that may come many times begins with dots."""
    for one in _list_declarations(node):
        kind = one.field("type")
        text = ("..." if one.kind().startswith("variadic") else "") + (kind.text() if kind else "")
        for _ in _names_of(one) or [""]:
            yield text


def _names_of(declaration: "SgNode") -> list[str]:
    return [child.text() for child in declaration.children() if child.kind() == "identifier"]
