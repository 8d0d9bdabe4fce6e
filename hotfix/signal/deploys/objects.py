"""Walks the objects of a JSON text with their positions, so that each can be opened again: text in, values out."""

import json
import re
from collections.abc import Iterator

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")


def walk_objects(text: str) -> Iterator[tuple[int, int, object]]:
    """Yield begin, end and value of each entry: the elements of the array, or of the first array in the object.

    Raises:
        ValueError: the JSON is broken; what stands before was yielded.
        IndexError: it ends too early.
        RecursionError: it is nested too deeply.
    """
    at = _skip(text, 0)
    if text[at] == "[":
        yield from _walk_array(text, at)
        return
    value, end = _DECODER.raw_decode(text, at)
    inner = _find_array(text, at, value)
    if inner is None:
        yield at, end, value
    else:
        yield from _walk_array(text, inner)


def _walk_array(text: str, at: int) -> Iterator[tuple[int, int, object]]:
    at = _skip(text, at + 1)
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        yield at, end, value
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
        elif text[at] != "]":
            raise ValueError(f"expected ',' or ']', found {text[at]!r}")


def _find_array(text: str, at: int, value: object) -> int | None:
    """Return where the first array of objects inside the object at ``at`` begins."""
    if not isinstance(value, dict):
        return None
    at = _skip(text, at + 1)
    while text[at] == '"':
        _, end = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, end) + 1)
        member, end = _DECODER.raw_decode(text, at)
        if isinstance(member, list) and member and isinstance(member[0], dict):
            return at
        inner = _find_array(text, at, member)
        if inner is not None:
            return inner
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return None


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
