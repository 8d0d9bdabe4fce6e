"""Reads lines of text formats: every pattern of every format is tried in few regex calls, the most specific wins.

Patterns that begin alike (with a time, with a time in brackets) share one alternation, so that the time is matched once.
The same line gives the same reading whatever was read before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hotfix.ingest.formatfiles import Format, Pattern
from hotfix.ingest.layouts import Field, Layout, Reading, build_reading
from hotfix.ingest.patterns import STAMP, derive_extract

_HEADS = (rf"^(?P<time>(?:{STAMP}))", rf"^\[(?P<time>(?:{STAMP}))\]", "^")
_MESSAGES = ("message", "message_2", "message_3")


@dataclass(frozen=True, slots=True)
class TextPattern:
    """One pattern of one format with its place in the order of specificity."""

    rank: int
    layout: Layout
    pattern: Pattern
    compiled: re.Pattern[str]

    def read(self, line: str) -> Reading | None:
        """Return what the pattern reads in ``line``, or None when it does not match."""
        found = self.compiled.match(line)
        if found is None:
            return None
        texts: dict[str, str | None] = found.groupdict()
        parts = [text for name in _MESSAGES if (text := texts.get(name))]
        return build_reading(
            self.layout, " ".join(parts), texts, continues=self.pattern.continues, opens=self.pattern.opens
        )


class TextLines:
    """Finds the most specific pattern that matches a line."""

    def __init__(self, patterns: Sequence[TextPattern]) -> None:
        """Group the patterns by how they begin; ``patterns`` are in order of specificity."""
        self._patterns = patterns
        heads: dict[str, list[TextPattern]] = {head: [] for head in _HEADS}
        for pattern in patterns:
            head = next(head for head in _HEADS if pattern.pattern.regex.startswith(head))
            heads[head].append(pattern)
        self._groups = [_Group(head, members) for head, members in heads.items() if members]

    def read(self, line: str) -> Reading | None:
        """Return the reading of the most specific pattern that matches, or None."""
        ranks = [rank for group in self._groups if (rank := group.find(line)) is not None]
        return self._patterns[min(ranks)].read(line) if ranks else None


class _Group:
    """Patterns with the same head as one alternation, whose last closed group tells the branch."""

    def __init__(self, head: str, members: Sequence[TextPattern]) -> None:
        branches = [f"{_anonymous(member.pattern.regex[len(head) :])}()" for member in members]
        self._find = re.compile(_anonymous(head) + "(?:" + "|".join(branches) + ")").match
        self._ranks = [member.rank for member in members]

    def find(self, line: str) -> int | None:
        """Return the rank of the first branch that matches."""
        found = self._find(line)
        return None if found is None or found.lastindex is None else self._ranks[found.lastindex - 1]


def build_text_patterns(formats: Sequence[Format], first_ident: int) -> list[TextPattern]:
    """Return the patterns of text formats (most specific first), their layouts numbered from ``first_ident``."""
    pairs = [(found, pattern) for found in formats for pattern in found.patterns]
    return [
        TextPattern(
            rank, _build_layout(first_ident + rank, found, pattern), pattern, re.compile(pattern.regex)
        )
        for rank, (found, pattern) in enumerate(pairs)
    ]


def _build_layout(ident: int, found: Format, pattern: Pattern) -> Layout:
    fields = [field for field in Field if f"(?P<{field}>" in pattern.regex]
    extract = {field: derive_extract(pattern.regex, field) for field in fields}
    return Layout(ident, found.ident, extract, found.levels, pattern.duration_to_ms)


def _anonymous(regex: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", regex)
