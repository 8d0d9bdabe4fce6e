"""The words of the lints, from `rules/review/`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hotfix.core.errors import RuleError
from hotfix.core.resources import find_resource, read_table

_WORD = r"[ ,]+(?!that\b|which\b|and\b|or\b|of\b|to\b)[\w'’-]+"
_BETWEEN = rf"(?:(?:{_WORD}){{0,5}} and|(?:{_WORD}){{0,3}}?)"
"""Between a role and its fault: up to three words that begin no other part of the sentence, or a first deed."""

_THEN = r"(?:,? (?:who|then|also|had|has|again|simply|just|later|\w+ly)){0,2}"
"""Between a name and its deed."""

_OWN = "mistakes?|errors?|fault|typo|change|deploy|commit|oversight|inattention|push|merge"
"""What is blamed when it is somebody's."""

_BECAUSE = (
    "caused by|because of|due to|thanks to|the fault of|fault lies with|blame (?:lies with|goes to|on)|introduced by|"
    "was broken by|triggered by|brought down by|responsible:"
)


@dataclass(frozen=True, slots=True)
class BlameWords:
    """What blames."""

    phrases: re.Pattern[str]
    roles: re.Pattern[str]  # a role, then a fault, with little between
    names: re.Pattern[str]  # a person's name, then a fault or a deed
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

    Raises:
        RuleError: the data file is missing or breaks its contract.
    """
    path = find_resource("rules", "review", "blame.toml")
    table = read_table(path)
    faults, deeds = _join(_list(path, table, "faults")), _join(_list(path, table, "deeds"))
    roles = _join(_list(path, table, "roles"))
    name = rf"(?:{_join(_names(path, table))})(?: [A-Z][\w'’-]+)?"
    full = r"[A-Z][a-z]+ [A-Z][a-z]+(?:-[A-Z][a-z]+)?"
    return BlameWords(
        phrases=_compile(rf"\b(?:{_join(_list(path, table, 'phrases'))})"),
        roles=_compile(rf"(?<![\w-])(?:{roles})\b{_BETWEEN}[ ,]+(?:{faults})"),
        names=re.compile(
            rf"\b(?:{name}|{full}){_THEN} (?i:{deeds}|{faults})\b|\b(?:{name})(?:'s|’s) (?:\w+ )?(?i:{_OWN})\b"
        ),
        because=re.compile(rf"(?i:{_BECAUSE}) (?:{name}\b|@\w+)"),
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
