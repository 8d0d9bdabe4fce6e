"""The words that a claim may be made of, from `rules/claims.toml`: sets of words come out. Judges no sentence."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from hotfix.core.errors import RuleError, did_you_mean
from hotfix.core.resources import find_resource, read_table

_ENDINGS = ("ing", "ed", "es", "s")
_SHORTEST = 3
_KEYS = (
    "plain",
    "technical",
    "same",
    "denied",
    "all_clear",
    "cause_behind",
    "cause_before",
    "between",
    "counted",
    "units",
)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """Sets of words; those of `technical` and `counted` are stems."""

    plain: frozenset[str]
    technical: frozenset[str]
    same: tuple[frozenset[str], ...]  # stems that stand for each other
    denied: frozenset[str]  # words as they are written, those of all_clear among them
    all_clear: frozenset[str]  # refused inside of names too
    cause_behind: tuple[str, ...]  # phrases; longest first
    cause_before: tuple[str, ...]
    between: frozenset[str]
    counted: frozenset[str]
    units: Mapping[str, str]  # each way of writing a unit → the unit

    def widen(self, stems: frozenset[str]) -> frozenset[str]:
        """Return the stems with those that stand for them."""
        return stems.union(*(group for group in self.same if group & stems))


def stem(word: str) -> frozenset[str]:
    """Return the base forms that a word may have, in lower case: itself, and without its ending."""
    lower = word.casefold()
    forms = {lower}
    for ending in _ENDINGS:
        base = lower.removesuffix(ending)
        if base != lower and len(base) >= _SHORTEST:
            forms |= {base} if ending == "s" else {base, f"{base}e"}
    if lower.endswith("ies"):
        forms.add(f"{lower[:-3]}y")
    return frozenset(forms)


def stem_all(words: Iterable[str]) -> frozenset[str]:
    """Return the stems of several words."""
    return frozenset[str]().union(*map(stem, words))


def split_name(name: str) -> list[str]:
    """Return the words that a name is joined of, in lower case: `TooManyClients` and `too_many_clients` alike."""
    return [part.casefold() for part in _PART.findall(name)]


@cache
def load_claim_words() -> ClaimWords:
    """Return the packaged words.

    Raises:
        RuleError: the data file lacks a key, knows none of that name, or holds another kind of value.
    """
    path = find_resource("rules", "claims.toml")
    table = read_table(path)
    for key in table:
        if key not in _KEYS:
            raise RuleError(f"{path}: {key}: expected one of {', '.join(_KEYS)}{did_you_mean(key, _KEYS)}")
    texts = {key: table.get(key) for key in ("plain", "technical", "denied", "all_clear", "counted")}
    lists = {key: table.get(key) for key in ("same", "cause_behind", "cause_before", "between")}
    units = table.get("units")
    if not isinstance(units, dict) or not all(isinstance(ways, list) for ways in units.values()):
        raise RuleError(f"{path}: units: expected a table of lists")
    for key, value in {**texts, **lists}.items():
        if not isinstance(value, str if key in texts else list):
            raise RuleError(f"{path}: {key}: expected {'text' if key in texts else 'a list'}, found {value!r:.40}")
    words = {key: frozenset(str(value).split()) for key, value in texts.items()}
    phrases = {key: [str(one) for one in value] for key, value in lists.items() if isinstance(value, list)}
    return ClaimWords(
        plain=words["plain"],
        technical=stem_all(words["technical"]),
        same=tuple(frozenset(group.split()) for group in phrases["same"]),
        denied=words["denied"] | words["all_clear"],
        all_clear=words["all_clear"],
        cause_behind=tuple(sorted(phrases["cause_behind"], key=len, reverse=True)),
        cause_before=tuple(sorted(phrases["cause_before"], key=len, reverse=True)),
        between=frozenset(phrases["between"]),
        counted=stem_all(words["counted"]),
        units={way: unit for unit, ways in units.items() for way in ways},
    )
