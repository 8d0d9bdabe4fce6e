"""Tells whether a file still parses, and what it declares: tree-sitter, which sees tokens that are missing too."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hotfix.core.errors import UsageError
from hotfix.repair.source import NEEDS_EXTRA, Source, list_functions, name_function

if TYPE_CHECKING:
    from tree_sitter import Parser

_IMPORT = {
    "python": re.compile(r"^\s*(?:import\s+([\w.]+)|from\s+([\w.]+)\s+import\b)", re.MULTILINE),
    "java": re.compile(r"^\s*import\s+(?:static\s+)?([\w.*]+);", re.MULTILINE),
    "javascript": re.compile(r"(?:\bfrom\s+|\brequire\(\s*|^\s*import\s+)['\"]([^'\"]+)['\"]", re.MULTILINE),
    "go": re.compile(r"^\s*(?:import\s+)?(?:(?!return\b)[\w.]+\s+)?\"([\w./-]+)\"\s*$", re.MULTILINE),
}


def find_fault(source: Source) -> str | None:
    """Return what keeps a file from being read, or None; files of no known syntax have no faults."""
    if source.language == "python":
        return _parse_python(source)
    if source.language is not None:
        return _parse_tree(source)
    ending = PurePosixPath(source.path).suffix
    try:
        if ending == ".json":
            json.loads(source.content)
        elif ending == ".toml":
            tomllib.loads(source.text)
    except ValueError as error:
        return f"{source.path}: {error}"
    return None


def list_signatures(source: Source) -> dict[str, str]:
    """Return the functions and methods of a file that have a name: name and parameters → result and what is thrown."""
    found = {}
    for node in list_functions(source):
        name, parameters = name_function(node), node.field("parameters") or node.field("parameter")
        result = node.field("return_type") or node.field("type") or node.field("result")
        if name:
            words = re.sub(r"\s+", " ", parameters.text() if parameters is not None else "")
            throws = next((one.text() for one in node.children() if one.kind() == "throws"), "")
            found[f"{name}{words}"] = f"{result.text() if result is not None else ''} {throws}".strip()
    return found


def list_imports(source: Source) -> set[str]:
    """Return the modules that a file imports."""
    language = "javascript" if source.language in {"typescript", "tsx"} else source.language
    pattern = _IMPORT.get(language or "")
    found = pattern.finditer(source.text) if pattern else iter(())
    return {next(group for group in one.groups() if group) for one in found}


def list_declared(source: Source) -> Iterator[str]:
    """Yield the names of the functions and classes of a file."""
    yield from {name for node in list_functions(source) if (name := name_function(node))}
    yield from re.findall(r"^\s*(?:[\w ]+ )?(?:class|interface|enum|record|struct)\s+(\w+)", source.text, re.MULTILINE)


def _parse_python(source: Source) -> str | None:
    try:
        ast.parse(source.content)
    except (SyntaxError, ValueError) as error:
        return f"{source.path}:{getattr(error, 'lineno', None) or 1}: {error}"
    return None


def _parse_tree(source: Source) -> str | None:
    tree = _open_parser(source.language or "").parse(source.text.encode())
    if not tree.root_node.has_error:
        return None
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            return f"{source.path}:{node.start_point[0] + 1}: does not parse"
        stack.extend(child for child in node.children if child.has_error or child.is_missing)
    return f"{source.path}: does not parse"


@cache
def _open_parser(language: str) -> "Parser":
    try:
        import tree_sitter
        import tree_sitter_go
        import tree_sitter_java
        import tree_sitter_javascript
        import tree_sitter_typescript
    except ImportError:
        raise UsageError(NEEDS_EXTRA) from None

    grammar = {
        "java": tree_sitter_java.language,
        "go": tree_sitter_go.language,
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }[language]
    return tree_sitter.Parser(tree_sitter.Language(grammar()))
