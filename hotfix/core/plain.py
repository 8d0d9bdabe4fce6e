"""Makes text from logs harmless to show: what a terminal or a browser would obey becomes visible characters.

Comes in: any text. Goes out: text without control characters, terminal escapes, bidirectional overrides, invisible
characters and lone surrogates, each written as a backslash escape. Says nothing about markup: each renderer escapes
its own.
"""

import unicodedata

_OBEYED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that act, or have no agreed sign: control, format, surrogate, private, line and paragraph."""

_TAB = "    "


def tame(text: str) -> str:
    """Return the text on one line in which every character is visible; a tab becomes four spaces."""
    if text.isprintable():
        return text
    return "".join(_show(character) for character in text)


def _show(character: str) -> str:
    if character == "\t":
        return _TAB
    if unicodedata.category(character) not in _OBEYED:
        return character
    return (
        character.encode("ascii", "backslashreplace").decode("ascii")
        if character > "\x7f"
        else f"\\x{ord(character):02x}"
    )
