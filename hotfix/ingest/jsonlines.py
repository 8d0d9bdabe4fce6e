"""Reads JSON lines: an object per line becomes a `Reading`; nested objects are seen as dotted keys."""

import json
import re
from collections.abc import Sequence

from hotfix.ingest.formatfiles import Format, Kind
from hotfix.ingest.layouts import Reading
from hotfix.ingest.structured import Layouts, Leaf, Shape, read_leaves

_DEPTH = 12
"""Deepest value that is looked at, lists and objects counted; OTLP's attributes stand at 10."""


class _Number(str):
    """A number, as it was written."""

    __slots__ = ()


_decode = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number).decode


class JsonLines:
    """Reads lines that are JSON objects."""

    def __init__(self, formats: Sequence[Format], first_ident: int) -> None:
        """Try ``formats`` (most specific first); the last one, which requires nothing, reads every object."""
        chosen = [found for found in formats if found.kind is Kind.JSON]
        general = next((found for found in chosen if not found.requires), None)
        self._shapes = [Shape(found, general if found is not general else None) for found in chosen]
        self._layouts = Layouts(first_ident, build_json_regexes)

    def read(self, line: str) -> Reading | None:
        """Return what the object says, or None when the line is not an object with values."""
        leaves: dict[str, Leaf] = {}
        try:
            _flatten(_decode(line), "", leaves, 0)
        except (ValueError, RecursionError):
            return None
        for shape in self._shapes if leaves else ():
            if all(key in leaves for key in shape.requires):
                chosen = shape.choose(leaves)
                return read_leaves(leaves, chosen, self._layouts.find(line, shape, chosen))
        return None


def build_json_regexes(path: str, leaf: Leaf) -> list[str]:
    """Return regexes (Rust and Python) whose one group is a leaf's value: by its key, and by its key in its parents.

    Args:
        path: dotted path of the leaf, lower case.
        leaf: its key as written, text, and whether it was quoted.
    """
    value = r'"([^"\\]*)"' if leaf.quoted else r"(-?[0-9][0-9.eE+-]*)"
    alone = rf'"{re.escape(leaf.key)}"\s*:\s*{value}'
    parents = path.removesuffix(leaf.key.lower()).rstrip(".").split(".")
    if parents == [""]:
        return [alone]
    return [alone, "".join(rf'(?i:"{re.escape(parent)}")\s*:\s*\{{[^{{}}]*?' for parent in parents) + alone]


def _flatten(value: object, path: str, leaves: dict[str, Leaf], depth: int) -> None:
    if isinstance(value, dict) and depth < _DEPTH:
        for key, inner in value.items():
            name = f"{path}.{key}".lower() if path else key.lower()
            if isinstance(inner, str):
                leaves.setdefault(name, Leaf(key, inner, type(inner) is str))
            else:
                _flatten_inner(key, inner, name, leaves, depth + 1)


def _flatten_inner(key: str, value: object, path: str, leaves: dict[str, Leaf], depth: int) -> None:
    if isinstance(value, bool):
        leaves.setdefault(path, Leaf(key, str(value).lower(), quoted=False))
    elif isinstance(value, list) and value:
        _flatten_list(key, value, path, leaves, depth)
    else:
        _flatten(value, path, leaves, depth)


def _flatten_list(key: str, values: list[object], path: str, leaves: dict[str, Leaf], depth: int) -> None:
    if all(isinstance(value, str) for value in values):
        leaves.setdefault(path, Leaf(key, "\n".join(str(value) for value in values), quoted=True))
        return
    for value in values[:50]:
        pair = value if isinstance(value, dict) else {}
        if pair.keys() == {"key", "value"}:  # OpenTelemetry's way to write a map
            _flatten(pair["value"], f"{path}.{pair['key']}".lower(), leaves, depth + 1)
        else:
            _flatten(value, path, leaves, depth + 1)
