"""Finds the signs of causes in words: patterns of words come in once, each text's words after; what matched goes out.

A pattern is written in words: ``too many open files``; ``refus*`` (begins with), ``a|b`` (either), ``#`` (a number),
``#9`` (one from NEARLY_FULL_PERCENT to 100), ``..`` (up to SIGN_GAP words between), ``word?`` (or not), ``{pool}`` (any
phrase of that name in `rules/words.toml`), ``/`` (either phrase), ``~`` (both, in any order, within SIGN_WINDOW words),
``unless`` (not where this is held too).
All work is on positions of words, each list cut at SIGN_PLACES: the time is bounded, whatever the text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise, product

from hotfix.core.errors import RuleError, did_you_mean
from hotfix.core.settings import NEARLY_FULL_PERCENT, SIGN_GAP, SIGN_PLACES, SIGN_WINDOW, SIGN_WORDS_KEPT
from hotfix.diagnosis.wording import Wording

_WORD = r"(?:[a-z\d]+\*?|#9?|%|\{\w+\})"
_ELEMENT = re.compile(rf"{_WORD}(?:\|{_WORD})*")

Span = tuple[int, int]
"""First word and the one after the last."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: a word, several to choose from, or the name of a concept."""

    name: str
    gap: int = 0  # most words that may stand before it
    optional: bool = False


Phrase = tuple[Element, ...]
Choice = tuple[Phrase, ...]
"""Phrases of which one is enough."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern that speaks for one cause, how strongly, and in which words the rule was written."""

    cause: str
    weight: float
    written: str
    choices: tuple[Choice, ...]  # one of each must be there
    unless: Choice


@dataclass(frozen=True, slots=True)
class Hit:
    """A sign found in a text, with the words that it covers and the weight of their line."""

    sign: Sign
    covered: frozenset[int]
    strength: float


def read_sign(cause: str, weight: float, written: str, concepts: Mapping[str, object]) -> Sign:
    """Return the sign that a line of a cause file describes.

    Raises:
        RuleError: it is empty or names an unknown concept.
    """
    pattern, _, unless = written.partition(" unless ")
    choices = tuple(_read_choice(part, concepts) for part in pattern.split(" ~ "))
    return Sign(cause, weight, written, choices, _read_choice(unless, concepts) if unless else ())


def _read_choice(written: str, concepts: Mapping[str, object]) -> Choice:
    return tuple(read_phrase(phrase, concepts) for phrase in written.split(" / "))


def read_phrase(written: str, concepts: Mapping[str, object]) -> Phrase:
    """Return the elements of a pattern without ``~``.

    Raises:
        RuleError: it is empty or names an unknown concept.
    """
    elements: list[Element] = []
    gap = 0
    for word in written.split():
        if word == "..":
            gap = SIGN_GAP
            continue
        element = _read_element(word, gap)
        if "{" in word:
            _refuse_unknown(element.name, concepts)
        elements.append(element)
        gap = 0
    if not elements or elements[0].optional:
        raise RuleError(f"expected words to look for, the first not optional, found {written!r}")
    return tuple(elements)


@cache
def _read_element(word: str, gap: int) -> Element:
    name = word.removesuffix("?")
    if not _ELEMENT.fullmatch(name):
        raise RuleError(f"expected lower-case words as texts are split into, found {name!r}")
    return Element(name, gap, word.endswith("?"))


def _refuse_unknown(name: str, concepts: Mapping[str, object]) -> None:
    for part in name.split("|"):
        if part.startswith("{") and part[1:-1] not in concepts:
            raise RuleError(f"unknown concept {part}{did_you_mean(part[1:-1], concepts)}")


class SignBook:
    """All signs, arranged so that a text only meets those of which it holds a word."""

    def __init__(self, signs: Iterable[Sign], concepts: Mapping[str, Sequence[Phrase]]) -> None:
        """Arrange signs and the phrases of every concept by a word which each needs."""
        self._exact: dict[str, list[str]] = {}
        self._starts: dict[str, list[str]] = {}
        self._mixed: dict[str, list[str]] = {}  # concept → elements that name it beside other words
        self._known: set[str] = set()
        self._elements_of: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, list[tuple[str, Phrase]]] = {}
        self._signs: dict[str, list[Sign]] = {}
        for name, phrases in concepts.items():
            for phrase in phrases:
                self._learn(phrase)
                self._phrases.setdefault(_pick_anchor(phrase), []).append((f"{{{name}}}", phrase))
        for sign in signs:
            for phrase in (*chain.from_iterable(sign.choices), *sign.unless):
                self._learn(phrase)
            for anchor in _pick_anchors(sign):
                self._signs.setdefault(anchor, []).append(sign)

    def find_hits(self, wording: Wording) -> list[Hit]:
        """Return the signs that the text shows, in no order."""
        places = self._place_words(wording.words)
        self._place_concepts(places)
        candidates = {id(sign): sign for name in places for sign in self._signs.get(name, ())}
        found = ((sign, _find_together(sign.choices, places)) for sign in candidates.values())
        return [
            _make_hit(sign, spans, wording) for sign, spans in found if spans and not _find_choice(sign.unless, places)
        ]

    def find_concepts(self, wording: Wording) -> tuple[str, ...]:
        """Return the concepts that the words name, each once, in the order of their names."""
        places = self._place_words(wording.words)
        self._place_concepts(places)
        return tuple(sorted(name for name in places if name.startswith("{") and "|" not in name))

    def _learn(self, phrase: Phrase) -> None:
        for element in phrase:
            if element.name in self._known:
                continue
            self._known.add(element.name)
            words = element.name.split("|")
            if len(words) == 1 and words[0].startswith("{"):
                continue
            for word in words:
                if word.startswith("{"):
                    self._mixed.setdefault(word, []).append(element.name)
                elif word.endswith("*"):
                    self._starts.setdefault(word[:-1][:3], []).append(element.name)
                else:
                    self._exact.setdefault(word, []).append(element.name)

    def _place_words(self, words: Sequence[str]) -> dict[str, list[Span]]:
        """Return where each element stands."""
        places: dict[str, list[Span]] = {}
        for position, word in enumerate(words):
            for name in self._name_elements(word):
                spans = places.setdefault(name, [])
                if len(spans) < SIGN_PLACES:
                    spans.append((position, position + 1))
        return places

    def _name_elements(self, word: str) -> tuple[str, ...]:
        known = self._elements_of.get(word)
        if known is None:
            near = {name for length in (1, 2, 3) for name in self._starts.get(word[:length], ())}
            begun = {name for name in near if any(_begins(word, choice) for choice in name.split("|"))}
            exact = {name for known_word in (word, *_name_number(word)) for name in self._exact.get(known_word, ())}
            known = tuple(begun | exact)
            if len(self._elements_of) >= SIGN_WORDS_KEPT:
                self._elements_of.clear()
            self._elements_of[word] = known
        return known

    def _place_concepts(self, places: dict[str, list[Span]]) -> None:
        """Add where each concept stands."""
        for anchor in tuple(places):
            for name, phrase in self._phrases.get(anchor, ()):
                spans = _find_phrase(phrase, places)
                if spans:
                    for known in (name, *self._mixed.get(name, ())):
                        places.setdefault(known, []).extend(spans)


def _name_number(word: str) -> tuple[str, ...]:
    if not word.isdigit():
        return ()
    return ("#", "#9") if NEARLY_FULL_PERCENT <= int(word[:9]) <= 100 else ("#",)


def _begins(word: str, choice: str) -> bool:
    return choice.endswith("*") and word.startswith(choice[:-1])


def _pick_anchor(phrase: Phrase) -> str:
    """Return the name of the element that the fewest texts hold."""
    return min((element.name for element in phrase if not element.optional), key=_commonness)


def _pick_anchors(sign: Sign) -> frozenset[str]:
    """Return the names of elements of which one is in every text that shows the sign, as rare ones as there are."""
    choices = [frozenset(_pick_anchor(phrase) for phrase in choice) for choice in sign.choices]
    if len(choices) == 1:
        return choices[0]
    return min(choices, key=lambda names: (len(names), max(_commonness(name) for name in names)))


@cache
def _commonness(name: str) -> tuple[bool, bool, int, int]:
    """Order names from rare to common: single long words first, concepts and numbers last."""
    return (name.startswith("#"), "{" in name, name.count("|"), -len(name))


def _find_phrase(phrase: Phrase, places: Mapping[str, list[Span]]) -> list[Span]:
    """Return where the elements follow each other with no more than their gaps between; at most SIGN_PLACES."""
    spans = places.get(phrase[0].name, [])
    for element in phrase[1:]:
        following = places.get(element.name, [])
        joined = [(start, last) for start, end in spans for first, last in following if 0 <= first - end <= element.gap]
        spans = [*joined, *(spans if element.optional else ())][:SIGN_PLACES]
        if not spans:
            return []
    return spans


def _find_choice(choice: Choice, places: Mapping[str, list[Span]]) -> list[Span]:
    return [span for phrase in choice for span in _find_phrase(phrase, places)][:SIGN_PLACES]


def _find_together(choices: Sequence[Choice], places: Mapping[str, list[Span]]) -> tuple[Span, ...]:
    """Return one place of each choice, none overlapping, all within SIGN_WINDOW words; () when there is none."""
    found = []
    for choice in choices:
        spans = _find_choice(choice, places)
        if not spans:
            return ()
        found.append(spans)
    for picked in product(*found):
        together = sorted(picked)
        apart = all(before[1] <= after[0] for before, after in pairwise(together))
        if apart and together[-1][1] - together[0][0] <= SIGN_WINDOW:
            return tuple(together)
    return ()


def _make_hit(sign: Sign, spans: Sequence[Span], wording: Wording) -> Hit:
    covered = frozenset(position for start, end in spans for position in range(start, end))
    return Hit(sign, covered, sign.weight * min(wording.weights[position] for position in covered))
