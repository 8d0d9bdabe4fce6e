"""Reads lines of text formats: few regex calls try every pattern of every format, the most specific match wins.

Patterns that begin alike (with a time, with a time in brackets) and need the same literal text share one alternation,
so that the time is matched once. The same line gives the same reading whatever was read before. Regexes are compiled
when a line first calls for them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from hotfix.ingest.formatfiles import Format, Pattern
from hotfix.ingest.layouts import Field, Layout, Reading, build_reading
from hotfix.ingest.patterns import STAMP, derive_extract, derive_quick

_HEADS = {
    rf"^(?P<time>{STAMP})": rf"((?>{STAMP}))",
    rf"^\[(?P<time>{STAMP})\]": rf"\[((?>{STAMP}))\]",
    "^": "",
}
"""How patterns begin → the same for an alternation. The time is atomic: when nothing fits after the whole of it, it is
not tried again with less. Where that finds a match, it is the match of the whole pattern."""
_MESSAGES = ("message", "message_2", "message_3")
_NAMED = re.compile(r"\(\?P<(\w+)>")


@dataclass(frozen=True, slots=True)
class _Twins:
    """The layouts of one pattern."""

    whole: Layout
    quick: Layout  # its regexes look at less of the line
    checks: tuple[tuple[str, str], ...]  # field and quick regex


@dataclass(frozen=True)
class TextPattern:
    """One pattern of one format with its place in the order of specificity."""

    rank: int  # 0 is the most specific
    ident: int  # of its layout; the next number is the quick one's
    format: Format
    pattern: Pattern

    @cached_property
    def twins(self) -> _Twins:
        """The layouts, worked out when the first line is read."""
        regex = self.pattern.regex
        fields = [field for field in Field if f"(?P<{field}>" in regex]
        extract = {field: derive_extract(regex, field) for field in fields}
        quick = {field: derive_quick(regex, field) for field in fields}
        layout = Layout(self.ident, self.format.ident, extract, self.format.levels, self.pattern.duration_to_ms)
        checks = tuple((field.value, quick[field]) for field in fields if quick[field] != extract[field])
        return _Twins(layout, replace(layout, ident=self.ident + 1, extract=quick), checks)

    def choose_layout(self, line: str, texts: Mapping[str, str | None]) -> Layout:
        """Return the quick twin when its regexes find just what was read in the line."""
        for field, regex in self.twins.checks:
            found = _compile(regex).search(line)
            if (found.group(1) if found else None) != texts.get(field):
                return self.twins.whole
        return self.twins.quick


_compile = cache(re.compile)


@dataclass(frozen=True, slots=True)
class _Branch:
    """One pattern inside an alternation: which groups are its fields."""

    source: TextPattern
    names: tuple[str, ...]
    groups: tuple[int, ...]

    def read(self, found: re.Match[str]) -> Reading:
        texts: dict[str, str | None] = dict(zip(self.names, map(found.group, self.groups), strict=True))
        message = texts.get("message") or ""
        if "message_2" in texts:
            message = " ".join(text for name in _MESSAGES if (text := texts.get(name)))
        pattern = self.source.pattern
        layout = self.source.choose_layout(found.string, texts)
        return build_reading(layout, message, texts, continues=pattern.continues, opens=pattern.opens)


class _Group:
    """Patterns with the same head and need as one alternation; the last closed group tells the branch."""

    def __init__(self, head: str, needs: str, members: Sequence[TextPattern]) -> None:
        self.needs = needs
        self.best = members[0].rank
        shared = _NAMED.findall(head)
        count = len(shared)
        self._branches: dict[int, _Branch] = {}
        tails = []
        for member in members:
            tail = member.pattern.regex[len(head) :]
            names = _NAMED.findall(tail)
            groups = (*range(1, len(shared) + 1), *range(count + 1, count + 1 + len(names)))
            count += len(names) + 1
            self._branches[count] = _Branch(member, (*shared, *names), groups)
            tails.append(_NAMED.sub("(", tail) + "()")
        self._head = _HEADS[head]
        self._regex = f"{self._head}(?:{'|'.join(tails)})"
        self._match: Callable[[str], re.Match[str] | None] = self._match_first

    def _match_first(self, line: str) -> re.Match[str] | None:
        """Compile the alternation as soon as a line begins as it does."""
        if _compile(self._head).match(line) is None:
            return None
        self._match = re.compile(self._regex).match
        return self._match(line)

    def find(self, line: str) -> tuple[_Branch, re.Match[str]] | None:
        """Return the first branch that matches, with its match."""
        found = self._match(line)
        return None if found is None or found.lastindex is None else (self._branches[found.lastindex], found)


class TextLines:
    """Finds the most specific pattern that matches a line."""

    def __init__(self, patterns: Sequence[TextPattern]) -> None:
        """Group the patterns, which are in order of specificity, by how they begin and what they need."""
        groups: dict[tuple[str, str], list[TextPattern]] = {}
        for pattern in patterns:
            head = next(head for head in _HEADS if pattern.pattern.regex.startswith(head))
            groups.setdefault((head, pattern.pattern.needs), []).append(pattern)
        self._groups = sorted(
            (_Group(head, needs, members) for (head, needs), members in groups.items()),
            key=lambda group: group.best,
        )

    def read(self, line: str) -> Reading | None:
        """Return the reading of the most specific pattern that matches, or None."""
        best: tuple[_Branch, re.Match[str]] | None = None
        for group in self._groups:
            if best is not None and group.best > best[0].source.rank:
                break
            if group.needs in line:
                found = group.find(line)
                if found is not None and (best is None or found[0].source.rank < best[0].source.rank):
                    best = found
        return None if best is None else best[0].read(best[1])


def build_text_patterns(formats: Sequence[Format], first_ident: int) -> list[TextPattern]:
    """Return the patterns of text formats (most specific first), their layouts numbered from ``first_ident``."""
    pairs = [(found, pattern) for found in formats for pattern in found.patterns]
    return [TextPattern(rank, first_ident + 2 * rank, *pair) for rank, pair in enumerate(pairs)]
