"""Makes terms of an error text: any text comes in, what it speaks of and how it speaks go out. Decides nothing.

What a text speaks of are its words, their beginnings, the concepts of `rules/words.toml` that they name and what it
denies. How it speaks is the same whatever the matter: its small words, the endings of the others, how full its numbers
say that something is, and words of success or trouble. The second tells a statement from a failure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hotfix.core.settings import ENCODED_CHARACTERS
from hotfix.diagnosis.causes import load_book
from hotfix.diagnosis.wording import BREAK, read_wording

_BEGINNING = 5  # characters of a longer word that are a term too

_SMALL_WRITTEN = (
    "a after again all an and are at be been before by can default defaults done enabled every finished completed for "
    "from had has have how in initialised into is loaded may must never no none normal not nothing now of ok on only "
    "or ready restored set should since started still the to too until was were what when where which who will with "
    "within without would yet zero"
)
_SMALL = frozenset(_SMALL_WRITTEN.split())
"""Words that say how a text speaks, not of what."""

_ENDINGS = ("ing", "ed", "s", "ly", "able", "ion", "er", "ment", "ure", "ness")
_DENIALS = frozenset({"0", "no", "none", "not", "nothing", "never", "without", "zero"})
_MOODS_WRITTEN = (
    "{amiss} {corrupt} {denied} {exhausted} {expired} {failing} {high} {low} {missing} {slow} {stopped} {success} "
    "{timed_out} {trouble}"
)
_MOODS = frozenset(_MOODS_WRITTEN.split())
"""Concepts that say how things stand."""

_NUMBER = r"\d{1,12}(?:\.\d{1,12})?"
_SHARE = re.compile(rf"({_NUMBER})\s?(?:/|of|out of)\s?({_NUMBER})")
_PERCENT = re.compile(rf"({_NUMBER})\s?(?:%|per ?cent)")
_COUNT = re.compile(rf"(?<![\w.])({_NUMBER})(?![\w.]|\.\d)")
_FULL_SHARE, _FULL_PERCENT, _HALF_PERCENT = 0.9, 85, 40
_FEW, _MANY = 10, 1000


@dataclass(frozen=True, slots=True)
class Terms:
    """What is told of a text: the plain words that the encoder is shown, and two kinds of terms."""

    words: str
    matter: tuple[str, ...]  # what it speaks of
    manner: tuple[str, ...]  # how it speaks


def read_terms(text: str, exception: str | None = None) -> Terms:
    """Return the terms of an error text; the class of its exception counts when the text does not hold it."""
    wording = read_wording(text, exception)
    words = [word for word in wording.words if word != BREAK]
    concepts = load_book().find_concepts(wording)
    denied = list_denied(words)
    levels = list_levels(text[:ENCODED_CHARACTERS])
    return Terms(
        words=" ".join(words),
        matter=(*words, *list_beginnings(words), *concepts, *levels, *denied),
        manner=(*list_shape(text, words), *denied, *levels, *(name for name in concepts if name in _MOODS)),
    )


def list_beginnings(words: Sequence[str]) -> list[str]:
    """Return the beginnings of longer words, so that "evicted" and "evictions" speak alike."""
    return [f"{word[:_BEGINNING]}*" for word in words if len(word) > _BEGINNING]


def list_denied(words: Sequence[str]) -> list[str]:
    """Return what is denied: the word after each denial, and that the text begins with one."""
    begins = ["no_"] if words and words[0] in _DENIALS else []
    return [*(f"no_{word}" for before, word in pairwise(words) if before in _DENIALS), *begins]


def list_levels(text: str) -> list[str]:
    """Return how full or how many the numbers of a text say that something is."""
    shares = [_name_share(float(part), float(whole)) for part, whole in _SHARE.findall(text) if float(whole) > 0]
    percents = [_name_percent(float(found)) for found in _PERCENT.findall(text)]
    return [*shares, *percents, *(_name_count(float(found)) for found in _COUNT.findall(text))]


def list_shape(text: str, words: Sequence[str]) -> list[str]:
    """Return the frame of a sentence without its matter, alone and in pairs, and how it ends."""
    frame = ["^", *(_name_shape(word) for word in words), "$"]
    ends = text.rstrip()[-1:]
    return [*frame, *(f"{left}_{right}" for left, right in pairwise(frame)), *(ends if ends in {"?", "."} else "")]


def _name_share(part: float, whole: float) -> str:
    if part >= _FULL_SHARE * whole:
        return "#full"
    return "#part" if part > 0 else "#none"


def _name_percent(percent: float) -> str:
    if percent >= _FULL_PERCENT:
        return "#full%"
    return "#half%" if percent >= _HALF_PERCENT else "#low%"


def _name_count(count: float) -> str:
    if count == 0:
        return "#0"
    if count < _FEW:
        return "#few"
    return "#some" if count < _MANY else "#many"


def _name_shape(word: str) -> str:
    if word.isdigit():
        return "#"
    if word in _SMALL:
        return word
    return next((f"-{ending}" for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2), "x")
