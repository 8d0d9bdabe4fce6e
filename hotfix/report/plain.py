"""Cuts harmless text to what a report has room for: lines, blocks, beginnings and ends."""

from hotfix.core.plain import tame

_WORDS_KEPT = 0.5
"""Share of the room for a text that a cut between words must leave in use (judgement)."""


def tame_lines(text: str) -> list[str]:
    """Return the lines of a text, each tamed; line ends of either kind are taken off."""
    return [tame(line.removesuffix("\r")) for line in text.removesuffix("\n").split("\n")]


def tame_block(text: str) -> str:
    """Return a text of several lines, each tamed."""
    return "\n".join(tame_lines(text))


def first_line(text: str) -> str:
    """Return the first line that says something, tamed; brackets alone do not; ``(empty)`` when no line has a sign."""
    lines = [line.rstrip() for line in tame_lines(text) if line.strip()]
    return next((line for line in lines if any(sign.isalnum() for sign in line)), lines[0] if lines else "(empty)")


def clip_block(text: str, lines: int, columns: int) -> str:
    """Return at most so many tamed lines, beginning and end of the text, and say how many were left out between."""
    whole = [shorten(line, columns) for line in tame_lines(text)]
    if len(whole) <= lines:
        return "\n".join(whole)
    head = lines * 2 // 3
    tail = lines - head
    return "\n".join([*whole[:head], f"… ({len(whole) - head - tail:,} lines left out)", *whole[-tail:]])


def shorten(text: str, columns: int) -> str:
    """Return the text, its end replaced by ``…`` when it is longer than so many characters.

    It is cut between words, so that no half of a number or a name stands there; a long word is cut all the same.
    """
    if len(text) <= columns:
        return text
    room = max(columns - 1, 0)
    space = text.rfind(" ", 0, room + 1)
    return (text[:space].rstrip() if space >= room * _WORDS_KEPT else text[:room]) + "…"


def shorten_start(text: str, columns: int) -> str:
    """Return the text, its beginning replaced by ``…`` when it is longer: of a path the file and line stay."""
    return text if len(text) <= columns else "…" + text[len(text) - max(columns - 1, 0) :]
