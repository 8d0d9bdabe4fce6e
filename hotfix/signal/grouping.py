"""Groups distinct masked messages by voting of their words: texts come in, the template of each goes out.

Messages of one skeleton (separators alike, as many words) stand in columns. Where enough words are alike in all rows
and no other column lists choices, the rows are one template; else they are split by a column, and each part votes
again. At last, in `joining`, templates are joined that differ only in how many words a value has.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hotfix.core.settings import (
    ALIKE_SHARE,
    CHOICES,
    NAMES_OPEN,
    PHRASES,
    ROUTE_COUNT,
    ROUTE_SHARE,
    STATES,
    WORDS_OPEN,
)
from hotfix.signal.joining import Template, join_templates
from hotfix.signal.masks import WILDCARD
from hotfix.signal.tokens import METHODS, Kind, Row, cut_message, find_kind, is_word


@dataclass(frozen=True, slots=True)
class Voting:
    """What decides between one template and several; `core.settings` says where the numbers come from."""

    alike_share: float = ALIKE_SHARE
    choices: int = CHOICES


_WORDS = (Kind.WORD, Kind.STATE)


def group_messages(texts: Sequence[str], counts: Sequence[int], voting: Voting = Voting()) -> list[str]:
    """Return the template of each masked message, in the order given; which order does not matter.

    Args:
        texts: distinct masked messages.
        counts: records of each.
        voting: what decides.
    """
    rows = [cut_message(text) for text in texts]
    weights: Counter[Row] = Counter()
    for row, count in zip(rows, counts, strict=True):
        weights[row] += count
    skeletons: dict[Row, list[Row]] = defaultdict(list)
    for row in sorted(weights):
        skeletons[tuple("w" if is_word(token) else token for token in row)].append(row)
    voted = [template for members in skeletons.values() for template in _vote(members, weights, voting)]
    names = {row: text for template, text in join_templates(voted) for row in template.rows}
    return [names[row] for row in rows]


def _vote(rows: list[Row], weights: Mapping[Row, int], voting: Voting) -> Iterator[Template]:
    """Yield the templates of rows of one skeleton."""
    floor = max(ROUTE_COUNT, ROUTE_SHARE * sum(weights[row] for row in rows))
    places = [index for index, token in enumerate(rows[0]) if is_word(token)]
    stack = [rows]
    while stack:
        members = stack.pop()
        if len(members) == 1:
            yield Template(members[0], (members[0],), ())
            continue
        ballot = _Ballot(members, places, weights, floor, voting)
        parts = ballot.split()
        stack.extend(parts)
        if not parts:
            yield Template(ballot.join(), tuple(members), tuple(ballot.kinds))


class _Ballot:
    """The columns of different rows of one skeleton."""

    def __init__(
        self, rows: list[Row], places: list[int], weights: Mapping[Row, int], floor: float, voting: Voting
    ) -> None:
        """Look at the columns at ``places`` of the rows; ``floor`` is the weight of a frequent route."""
        self.rows = rows
        self._weights, self._floor, self._voting = weights, floor, voting
        self._values = {place: {row[place] for row in rows} for place in places}
        self.kinds = {place: self._find_kind(place) for place, values in self._values.items() if len(values) > 1}

    def join(self) -> Row:
        """Return the template of the rows."""
        return tuple(WILDCARD if index in self.kinds else token for index, token in enumerate(self.rows[0]))

    def split(self) -> list[list[Row]]:
        """Return the rows in parts, or nothing when they are one template."""
        words = [place for place, kind in self.kinds.items() if kind in _WORDS]
        if not self._are_alike(words):
            return self._by_common_word(words or list(self.kinds))
        listing = self._list_choices(words)
        if listing:
            return list(self._by_value(min(listing, key=self._variety)).values())
        return self._by_frequent_route()

    def _find_kind(self, place: int) -> Kind:
        kind = find_kind(self._values[place])
        follows_method = METHODS.issuperset(self._values.get(place - 2, ("",)))
        return Kind.ROUTE if kind is Kind.NAME and follows_method else kind

    def _variety(self, place: int) -> tuple[int, int]:
        return len(self._values[place]), place

    def _are_alike(self, words: list[int]) -> bool:
        """Tell whether enough words are alike; one that takes very many values is a variable and asks for nothing."""
        heavy = sum(len(self._values[place]) <= WORDS_OPEN for place in words)
        constant = sum(len(values) == 1 and WILDCARD not in values for values in self._values.values())
        if constant or words:
            return constant >= max(self._voting.alike_share * (constant + heavy), 1)
        return all(kind is Kind.OPEN or len(self._values[place]) > NAMES_OPEN for place, kind in self.kinds.items())

    def _list_choices(self, words: list[int]) -> list[int]:
        """Return the columns that list choices: few words, or words that vary in few ways together with a neighbour."""
        limits = {Kind.WORD: self._voting.choices, Kind.STATE: STATES, Kind.ROUTE: NAMES_OPEN}
        few = [place for place, kind in self.kinds.items() if len(self._values[place]) <= limits.get(kind, 0)]
        pairs = [(left, right) for left, right in pairwise(words) if right - left == 2]
        return few + [left for left, right in pairs if len({(row[left], row[right]) for row in self.rows}) <= PHRASES]

    def _by_value(self, column: int) -> dict[str, list[Row]]:
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            parts[row[column]].append(row)
        return parts

    def _by_common_word(self, columns: Sequence[int]) -> list[list[Row]]:
        """Split by the column that has the most common words; rows without a common word stay together."""
        counts = {index: Counter(row[index] for row in self.rows) for index in columns}
        column = max(columns, key=lambda index: (sum(count * count for count in counts[index].values()), -index))
        parts = list(self._by_value(column).values())
        common = [part for part in parts if len(part) > 1]
        rest = [row for part in parts if len(part) == 1 for row in part]
        return [*common, rest] if common and rest else parts

    def _by_frequent_route(self) -> list[list[Row]]:
        """Keep the frequent ones of very many routes apart."""
        route = next((place for place, kind in self.kinds.items() if kind is Kind.ROUTE), None)
        if route is None:
            return []
        parts = self._by_value(route).values()
        frequent = [part for part in parts if sum(self._weights[row] for row in part) >= self._floor]
        rest = [row for part in parts if sum(self._weights[row] for row in part) < self._floor for row in part]
        return [*frequent, rest] if frequent and rest else frequent
