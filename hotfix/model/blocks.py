"""Blocks of code between fences: the shape in which a model writes code, and how one is read. Code never is in JSON."""

import re

from hotfix.model.contract import ModelError

_LINE = r"[^\n\x00-\x08\x0b-\x1f\x7f]"
_UNIT_MOST = 24  # tokens of what is said again and again
_REPEATED_TOKENS = 96
_BLOCK = re.compile(r"^```[\w+-]*[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def shape_block(language: str) -> str:
    """Return the regular expression of an answer that is one fenced block: no line of it begins with a backtick."""
    first = _LINE.replace("[^", "[^`")
    return f"```{language}\\n(({first}{_LINE}*)?\\n)+```"


def read_block(text: str) -> str:
    """Return the code of an answer, which must hold one fenced block; what is said around it is dropped.

    Raises:
        ModelError: there is none, or more than one, or it holds control characters.
    """
    found = [block[1] for block in _BLOCK.finditer(text.replace("\r\n", "\n"))]
    if len(found) != 1:
        raise ModelError(f"expected one fenced block of code, found {len(found) or 'none'}")
    if _CONTROL.search(found[0]):
        raise ModelError("expected code without control characters, found some")
    return found[0]


def repeats(tokens: list[int]) -> bool:
    """Tell whether the end of a text says the same few tokens again and again: it will not stop by itself."""
    if len(tokens) < _REPEATED_TOKENS:
        return False
    end = tokens[-_REPEATED_TOKENS:]
    return any(end[unit:] == end[:-unit] for unit in range(1, _UNIT_MOST + 1))
