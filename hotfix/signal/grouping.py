"""Groups distinct masked messages by voting of their words: texts come in, the template of each goes out.

Messages of one skeleton (separators alike, as many words) stand in columns. Where enough words are alike in all rows
and no other column lists choices, the rows are one template; else they are split by a column, and each part votes
again. At last, in `joining`, templates are joined that differ only in how many words a value has.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

from hotfix.core.settings import (
    ALIKE_SHARE,
    CHOICES,
    MESSAGE_CHARACTERS,
    NAMES_OPEN,
    PHRASES,
    STATES,
    WORD_CHARACTERS,
    WORDS_OPEN,
)
from hotfix.signal.joining import Template, join_templates
from hotfix.signal.masks import WILDCARD

_QUOTED = r"""(?<![\w"])"[^"\s][^"]{0,80}"(?![\w"])|(?<![\w'])'[^'\s][^']{0,80}'(?![\w'])"""
_TOKEN = re.compile(rf"""{_QUOTED}|\.{{3,}}|(?:<\*>|[^\s=:,;()\[\]{{}}"'|<>.]|\.(?!\.\.))+|.""", re.DOTALL)
_LIST = re.compile(r"(?<!\S)((?:\S+ ){0,3}?\S*<\*>\S*(?: \S+)??)(?:,? \1){2,}(?!\S)")
_WORD = re.compile(r"\w")
_NAME = re.compile(r"\w[._/\\@$#+]+\w|^[~.]?[/\\]|^[\"']|<\*>")
_STATE = re.compile(r"[A-Z][A-Z_]+$|[\w.$]*(?:Exception|Error|Fault)$")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voting:
    """What decides between one template and several; `core.settings` says where the numbers come from."""

    alike_share: float = ALIKE_SHARE
    choices: int = CHOICES


class Kind(Enum):
    """What the values of a column look like."""

    WORD = auto()
    NAME = auto()  # with signs inside: a path, a host, a class, quoted text
    STATE = auto()  # in capitals, or the name of an error
    OPEN = auto()  # values of which the mask already took a part


def group_messages(texts: Sequence[str], voting: Voting = Voting()) -> list[str]:
    """Return the template of each masked message, in the order given; which order does not matter."""
    rows = {text: _cut(text) for text in texts}
    skeletons: dict[Row, list[Row]] = defaultdict(list)
    for row in sorted(set(rows.values())):
        skeletons[tuple("w" if _is_word(token) else token for token in row)].append(row)
    voted = [template for members in skeletons.values() for template in _vote(members, voting)]
    names = {row: text for template, text in join_templates(voted) for row in template.rows}
    return [names[rows[text]] for text in texts]


def _cut(text: str) -> Row:
    """Return the tokens of a message: words, quoted texts and separators; lists and long words become wildcards."""
    seen = _LIST.sub(WILDCARD, text[:MESSAGE_CHARACTERS])
    tokens = [WILDCARD if len(token) > WORD_CHARACTERS else token for token in _TOKEN.findall(seen)]
    return tuple(tokens) if len(text) <= MESSAGE_CHARACTERS else (*tokens[:-1], WILDCARD)


def _is_word(token: str) -> bool:
    return token == WILDCARD or _WORD.search(token) is not None


def _vote(rows: list[Row], voting: Voting) -> Iterator[Template]:
    stack = [rows]
    while stack:
        members = stack.pop()
        ballot = _Ballot(members, voting)
        column = ballot.choose()
        if column is None:
            yield Template(_join(members, ballot.varying), tuple(members), tuple(ballot.varying))
            continue
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in members:
            parts[row[column]].append(row)
        stack.extend(parts.values())


def _join(rows: list[Row], varying: list[int]) -> Row:
    joined = list(rows[0])
    for index in varying:
        joined[index] = WILDCARD
    return tuple(joined)


@dataclass(slots=True)
class _Ballot:
    """The columns of rows of one skeleton."""

    rows: list[Row]
    voting: Voting
    values: list[set[str]] = field(init=False)
    varying: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.values = [set(column) for column in zip(*self.rows, strict=True)] if len(self.rows) > 1 else []
        self.varying = [index for index, values in enumerate(self.values) if len(values) > 1]

    def choose(self) -> int | None:
        """Return the column to split by, or None when the rows are one template."""
        if not self.varying:
            return None
        kinds = {index: _kind(self.values[index]) for index in self.varying}
        listing = self._list_choices(kinds)
        heavy = [index for index in self.varying if self._weighs(index, kinds[index])]
        constant = sum(len(values) == 1 and _is_constant(next(iter(values))) for values in self.values)
        alike = constant >= max(self.voting.alike_share * (constant + len(heavy)), 1)
        if alike and not listing:
            return None
        words = [index for index in heavy if kinds[index] is not Kind.NAME]
        candidates = listing if alike else words or listing or heavy or self.varying
        return min(candidates, key=lambda index: (len(self.values[index]), index))

    def _weighs(self, index: int, kind: Kind) -> bool:
        """Tell whether a varying column counts among the words that ought to be alike."""
        limits = {Kind.WORD: WORDS_OPEN, Kind.STATE: WORDS_OPEN, Kind.NAME: NAMES_OPEN, Kind.OPEN: 0}
        return len(self.values[index]) <= limits[kind]

    def _list_choices(self, kinds: dict[int, Kind]) -> list[int]:
        """Return the columns that list choices: few words, or words that vary in few ways together with a neighbour."""
        limits = {Kind.WORD: self.voting.choices, Kind.STATE: STATES}
        few = [index for index, kind in kinds.items() if len(self.values[index]) <= limits.get(kind, 0)]
        words = [index for index, kind in kinds.items() if kind in limits]
        pairs = [(left, right) for left, right in pairwise(words) if right - left == 2]
        return few + [left for left, right in pairs if len({(row[left], row[right]) for row in self.rows}) <= PHRASES]


def _is_constant(token: str) -> bool:
    return token != WILDCARD and _WORD.search(token) is not None


def _kind(values: set[str]) -> Kind:
    if WILDCARD in values or all(WILDCARD in value and value[0] not in "/~." for value in values):
        return Kind.OPEN
    if all(_STATE.fullmatch(value) for value in values):
        return Kind.STATE
    if all(_NAME.search(value) for value in values):
        return Kind.NAME
    return Kind.WORD
