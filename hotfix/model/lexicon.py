"""Tells cause families apart by the words of a text: plain words in, a learned score for each family out.

A term is a word or the beginning of a longer one, so that "evicted" and "evictions" speak alike. Terms are weighed by
how rare they were in training (tf-idf with sublinear counts, unit length) and scored by a logistic regression.
Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval, chapter 6.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

_BEGINNING = 5  # characters of a longer word that are a term too

Numbers = NDArray[np.float64]


def list_terms(words: str) -> list[str]:
    """Return the terms of plain words that are joined by blanks."""
    listed = words.split()
    return [*listed, *(f"{word[:_BEGINNING]}*" for word in listed if len(word) > _BEGINNING)]


@dataclass(frozen=True)
class Lexicon:
    """What was learned of terms."""

    terms: tuple[str, ...]
    rarity: Numbers  # inverse document frequency of each term
    slopes: Numbers  # terms × families
    offsets: Numbers  # one for each family

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}

    def score(self, words: str) -> Numbers:
        """Return a score for each family; unknown terms say nothing."""
        counts = Counter(place for term in list_terms(words) if (place := self._places.get(term)) is not None)
        if not counts:
            return self.offsets
        weights = np.array([(1 + log(count)) * self.rarity[place] for place, count in counts.items()])
        scores: Numbers = (weights / sqrt(weights @ weights)) @ self.slopes[list(counts)] + self.offsets
        return scores
