"""Reads and replaces one number in the text of a flag file: plain, JSON or TOML. Every other byte stays. Pure text.

A candidate is taken only where the changed text, parsed, is the document that was wanted; so no text in a string or a
comment can be taken for the number.
"""

import copy
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

_NUMBER = r"[-+]?[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][-+]?[0-9]+)?"


class FlagFormat(StrEnum):
    """How a flag file is written."""

    PLAIN = "plain"  # the number alone
    JSON = "json"
    TOML = "toml"


_PARSERS: Mapping[FlagFormat, Callable[[str], object]] = {FlagFormat.JSON: json.loads, FlagFormat.TOML: tomllib.loads}
_BETWEEN = {FlagFormat.JSON: r"\s*:\s*", FlagFormat.TOML: r"\s*=\s*"}


def read_number(text: str, form: FlagFormat, path: tuple[str, ...]) -> float:
    """Return the number at a path of keys; of a plain file, all that it holds.

    Raises:
        ValueError: the text is not of this form, or there is no number; the message says what was found.
    """
    value = text.strip() if form is FlagFormat.PLAIN else _get(_parse(text, form), path)
    if form is FlagFormat.PLAIN and re.fullmatch(_NUMBER, text.strip()):
        return float(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r:.60}")  # noqa: TRY004  # the text is wrong, not the call
    return float(value)


def replace_number(text: str, form: FlagFormat, path: tuple[str, ...], number: float) -> str:
    """Return the text with another number at a path of keys.

    Raises:
        ValueError: as `read_number`; or the number is not written out as its key and the number.
    """
    read_number(text, form, path)
    said = f"{number:g}"
    if form is FlagFormat.PLAIN:
        return text.replace(text.strip(), said)
    wanted = _put(_parse(text, form), path, float(said))
    for begin, end in _find_numbers(text, form, path[-1]):
        changed = text[:begin] + said + text[end:]
        if _parse(changed, form) == wanted:
            return changed
    raise ValueError(f"a number that is not written as {path[-1]!r} and its value")


def _find_numbers(text: str, form: FlagFormat, key: str) -> Iterator[tuple[int, int]]:
    quote = '"' if form is FlagFormat.JSON else "[\"']?"
    for found in re.finditer(rf"{quote}{re.escape(key)}{quote}{_BETWEEN[form]}({_NUMBER})", text):
        yield found.span(1)


def _parse(text: str, form: FlagFormat) -> object:
    try:
        return _PARSERS[form](text)
    except ValueError as error:
        raise ValueError(f"text that is no {form.upper()}: {error}") from None


def _get(document: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(document, dict) or key not in document:
            raise ValueError(f"no key {key!r}")
        document = document[key]
    return document


def _put(document: object, path: tuple[str, ...], number: float) -> object:
    changed = copy.deepcopy(document)
    holder = _get(changed, path[:-1])
    if isinstance(holder, dict):
        holder[path[-1]] = number
    return changed
