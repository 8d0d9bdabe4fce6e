"""Groups distinct masked messages by voting of their words: texts come in, the template of each goes out.

Messages of one skeleton (separators alike, as many words) stand in columns. Where enough words are alike in all rows and
no other column lists choices, the rows are one template; else they are split by a column, and each part votes again.
At last templates are joined that differ only in how many words a value has.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotfix.signal.masks import WILDCARD

CHARACTERS_SEEN = 4000
WORD_LONGEST = 120

_QUOTED = r"""(?<![\w"])"[^"\s][^"]{0,80}"(?![\w"])|(?<![\w'])'[^'\s][^']{0,80}'(?![\w'])"""
_TOKEN = re.compile(rf"""{_QUOTED}|(?:<\*>|[^\s=:,;()\[\]{{}}"'|<>])+|.""", re.DOTALL)
_LIST = re.compile(r"(?<!\S)((?:\S+ ){0,3}?\S*<\*>\S*(?: \S+)??)(?:,? \1)+(?!\S)")
_WORD = re.compile(r"\w")
_IDENTIFIER = re.compile(r"\w[._/\\@$#+]+\w|^[~.]?[/\\]|^[\"']|<\*>")
_STATE = re.compile(r"[A-Z][A-Z_]+$|[\w.$]*(?:Exception|Error|Fault)$")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voting:
    """What decides between one template and several."""

    alike_share: float = 0.6  # share of the words that must be alike in a template
    choices: int = 3  # a column of words that takes at most so many values lists choices: they are different templates
    identifiers: int = 1  # the same for a column of names with signs in them: paths, hosts, classes
    states: int = 12  # the same for words in capitals and names of errors
    phrases: int = 8  # the same for neighbouring columns of words that vary together


def group_messages(texts: Sequence[str], voting: Voting = Voting()) -> list[str]:
    """Return the template of each masked message, in the order given; which order does not matter."""
    rows = {text: _cut(text) for text in texts}
    skeletons: dict[Row, list[Row]] = defaultdict(list)
    for row in sorted(set(rows.values())):
        skeletons[tuple("w" if _is_word(token) else token for token in row)].append(row)
    templates: dict[Row, Row] = {}
    for members in skeletons.values():
        for part, template in _vote(members, voting):
            templates.update(dict.fromkeys(part, template))
    return ["".join(templates[rows[text]]) for text in texts]


def _cut(text: str) -> Row:
    """Return the tokens of a message: words, quoted texts and separators; lists and long words become wildcards."""
    whole = len(text) <= CHARACTERS_SEEN
    seen = _LIST.sub(WILDCARD, text[:CHARACTERS_SEEN])
    tokens = tuple(WILDCARD if len(token) > WORD_LONGEST else token for token in _TOKEN.findall(seen))
    return tokens if whole else (*tokens[:-1], WILDCARD)


def _is_word(token: str) -> bool:
    return token == WILDCARD or _WORD.search(token) is not None


def _vote(rows: list[Row], voting: Voting) -> Iterator[tuple[list[Row], Row]]:
    stack = [rows]
    while stack:
        members = stack.pop()
        column = _Ballot(members, voting).choose()
        if column is None:
            yield members, _join(members)
            continue
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in members:
            parts[row[column]].append(row)
        stack.extend(parts.values())


def _join(rows: list[Row]) -> Row:
    return tuple(column[0] if len(set(column)) == 1 else WILDCARD for column in zip(*rows, strict=True))


class _Ballot:
    """The columns of rows of one skeleton."""

    def __init__(self, rows: list[Row], voting: Voting) -> None:
        self.voting = voting
        self.rows = rows
        self.values = [set(column) for column in zip(*rows, strict=True)] if len(rows) > 1 else []
        self.varying = [index for index, values in enumerate(self.values) if len(values) > 1]

    def choose(self) -> int | None:
        """Return the column to split by, or None when the rows are one template."""
        if not self.varying:
            return None
        kinds = {index: _kind(self.values[index]) for index in self.varying}
        words = [index for index in self.varying if kinds[index] in ("word", "state")]
        limits = {"word": self.voting.choices, "state": self.voting.states, "identifier": self.voting.identifiers, "open": 0}
        listing = [index for index in self.varying if len(self.values[index]) <= limits[kinds[index]]]
        listing += [index for index in self._phrases(words) if index not in listing]
        constant = sum(
            1 for values in self.values if len(values) == 1 and (token := next(iter(values))) != WILDCARD and _WORD.search(token)
        )
        alike = constant >= max(self.voting.alike_share * (constant + len(words)), 1)
        if alike and not listing:
            return None
        choices = listing if alike else words or listing or self.varying
        return min(choices, key=lambda index: (len(self.values[index]), index))

    def _phrases(self, words: list[int]) -> list[int]:
        """Return the columns of words that vary together with a neighbour in few ways."""
        pairs = [(left, right) for left, right in zip(words, words[1:], strict=False) if right - left == 2]
        return [
            left
            for left, right in pairs
            if len({(row[left], row[right]) for row in self.rows}) <= self.voting.phrases
        ]


def _kind(values: set[str]) -> str:
    if WILDCARD in values:
        return "open"
    if all(_STATE.fullmatch(value) for value in values):
        return "state"
    if all(_IDENTIFIER.search(value) for value in values):
        return "identifier"
    return "word"
