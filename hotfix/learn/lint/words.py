"""The words of the lints, from `rules/review/`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hotfix.core.errors import RuleError
from hotfix.core.resources import find_resource, read_table

_THEN = r"(?:,? (?:who|then|also|had|has|again|simply|just|later|\w+ly)){0,2}"
"""Between a name and its deed."""

_OWN = "mistakes?|errors?|fault|typo|change|deploy|commit|oversight|inattention|push|merge"
"""What is blamed when it is somebody's."""

_BECAUSE = (
    "caused by|because of|due to|thanks to|the fault of|fault lies with|blame (?:lies with|goes to|on)|introduced by|"
    "was broken by|triggered by|brought down by|responsible:|(?:cause|reason|culprit|problem) (?:was|is)"
)


@dataclass(frozen=True, slots=True)
class BlameWords:
    """What blames."""

    phrases: re.Pattern[str]
    roles: re.Pattern[str]  # a word for people, then a fault, with little between
    either: re.Pattern[str]  # a word for people or software, then what only people do
    machines: re.Pattern[str]  # such a word, then what software may do as well
    names: re.Pattern[str]  # a person's name, then a fault or a deed
    person: re.Pattern[str]  # anywhere in the sentence: it speaks of a person
    because: re.Pattern[str]  # "caused by", then a person's name
    against: re.Pattern[str]  # before it: the sentence speaks against blame
    after: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ReviewWords:
    """What a whole review holds, and what its actions must not say."""

    sections: Mapping[str, re.Pattern[str]]
    placeholders: re.Pattern[str]
    open_questions: re.Pattern[str]
    unbounded: re.Pattern[str]
    verbs: frozenset[str]
    types: frozenset[str]
    nobody: frozenset[str]
    nothing: frozenset[str]


@cache
def read_blame_words() -> BlameWords:
    """Return the words of the blame lint.

    Between a word for people and its fault stand up to three words that begin no other part of the sentence, or a first
    deed; a word for software among them makes the whole a name of software.

    Raises:
        RuleError: the data file is missing or breaks its contract.
    """
    path = find_resource("rules", "review", "blame.toml")
    table = read_table(path)
    faults, hands = _join(_list(path, table, "faults")), _join(_list(path, table, "hands"))
    roles, either = _join(_list(path, table, "roles")), _join(_list(path, table, "either"))
    systems, deeds = _join(_list(path, table, "systems")), _join(_list(path, table, "deeds"))
    first = rf"(?:{_join(_names(path, table))})"
    last = rf" (?!(?i:{systems})\b)[A-Z][\w'’-]+"
    name, full = rf"{first}(?:{last})?", rf"[A-Z][a-z]+{last}"
    word = rf"[ ,]+(?!(?:that|which|and|or|of|to|{systems})\b)[\w'’-]+"
    between = rf"(?:(?:{word}){{0,5}} and|(?:{word}){{0,3}}?)[ ,]+"
    people, software = (rf"(?<![\w-])(?:{who})\b{between}" for who in (roles, either))
    return BlameWords(
        phrases=_compile(rf"\b(?:{_join(_list(path, table, 'phrases'))})"),
        roles=_compile(rf"{people}(?:{hands}|{faults})"),
        either=_compile(rf"{software}(?:{hands})"),
        machines=_compile(rf"{software}(?:{faults})"),
        names=re.compile(
            rf"\b{name}{_THEN} (?i:{deeds}|{hands}|{faults})\b|\b{full}{_THEN} (?i:{hands})\b"
            rf"|\b{name}(?:'s|’s) (?:\w+ )?(?i:{_OWN})\b"
        ),
        person=re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is|[Hh]ers?|[Hh]im|who|human)\b"),
        because=re.compile(rf"(?i:{_BECAUSE}) (?:{name}\b(?!-)|@\w+)"),
        against=_compile(rf"(?:{_join(_list(path, table, 'against'))})(?:[\w,]+ ){{0,3}}$"),
        after=_compile(rf"^\W*(?:[\w,]+ ){{0,2}}(?:{_join(_list(path, table, 'after'))})"),
    )


@cache
def read_review_words() -> ReviewWords:
    """Return the words of the completeness lint.

    Raises:
        RuleError: the data file is missing or breaks its contract.
    """
    path = find_resource("rules", "review", "sections.toml")
    table = read_table(path)
    sections, words = table.get("sections"), table.get("words")
    if not isinstance(sections, dict) or not isinstance(words, dict):
        raise RuleError(f"{path}: expected [sections] and [words], found {sorted(table)}")
    return ReviewWords(
        sections={title: _compile(_join(_list(path, sections, title))) for title in sections},
        placeholders=_compile(_join(_list(path, words, "placeholders"))),
        open_questions=_compile(_join(_list(path, words, "open_questions"))),
        unbounded=_compile(_join(_list(path, words, "unbounded"))),
        verbs=frozenset(_text(path, words, "verbs").split()),
        types=frozenset(_list(path, words, "types")),
        nobody=frozenset(_list(path, words, "nobody")),
        nothing=frozenset(_list(path, words, "nothing")),
    )


def _names(path: Path, table: Mapping[str, object]) -> list[str]:
    return sorted({name.capitalize() for name in _text(path, table, "first_names").split()})


def _list(path: Path, table: Mapping[str, object], key: str) -> list[str]:
    found = table.get(key)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise RuleError(f"{path}: expected a list of texts under {key!r}, found {found!r:.60}")
    return found


def _text(path: Path, table: Mapping[str, object], key: str) -> str:
    found = table.get(key)
    if not isinstance(found, str):
        raise RuleError(f"{path}: expected a text under {key!r}, found {found!r:.60}")
    return found


def _join(parts: Iterable[str]) -> str:
    return "|".join(parts)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
