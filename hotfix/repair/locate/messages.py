"""Finds the place that writes a message: the text in the source whose fixed pieces the message holds in order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotfix.repair.limits import LITERAL_LETTERS
from hotfix.repair.source import Source

_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`((?:[^`\\]|\\.)*)`')
_HOLE = re.compile(r"%(?:\(\w+\))?[-+ #0]*[\d*]*(?:\.\d+)?[a-zA-Z]|%%|\$?\{[^{}]*\}|\\[ntr\"']")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in the source that writes messages."""

    path: str
    line: int
    pieces: tuple[str, ...]  # its fixed parts

    @property
    def letters(self) -> int:
        """Count the letters of the fixed parts: how much a match says."""
        return sum(len(_LETTER.findall(piece)) for piece in self.pieces)

    def writes(self, message: str) -> bool:
        """Tell whether a message holds the fixed parts in this order."""
        at = 0
        for piece in self.pieces:
            at = message.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return True


def list_literals(source: Source) -> Iterator[Literal]:
    """Yield the texts of a source file that are long enough to know a message by."""
    for number, line in enumerate(source.lines, start=1):
        for found in _TEXT.finditer(line):
            text = next(part for part in found.groups() if part is not None)
            pieces = tuple(piece.strip() for piece in _HOLE.split(text) if len(piece.strip()) > 1)
            literal = Literal(source.path, number, pieces)
            if literal.letters >= LITERAL_LETTERS and any(" " in piece for piece in pieces):
                yield literal


def find_writers(message: str, literals: Sequence[Literal]) -> tuple[Literal, ...]:
    """Return the texts that write a message: those which say most of it, or none."""
    writers = [literal for literal in literals if literal.writes(message)]
    most = max((literal.letters for literal in writers), default=0)
    return tuple(literal for literal in writers if literal.letters == most)
