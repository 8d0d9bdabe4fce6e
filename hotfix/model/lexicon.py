"""Tells cause families apart by the terms of a text: terms come in, a learned score for each family goes out.

Terms are weighed by how rare they were in training (tf-idf with sublinear counts, unit length).
Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval, chapter 6.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Lexicon:
    """What was learned of terms."""

    terms: tuple[str, ...]
    rarity: Numbers  # inverse document frequency of each term
    slopes: Numbers  # terms × families

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}

    def score(self, terms: Sequence[str]) -> Numbers:
        """Return a score for each family; unknown terms say nothing."""
        counts = Counter(place for term in terms if (place := self._places.get(term)) is not None)
        if not counts:
            return np.zeros(self.slopes.shape[1])
        weights = np.array([(1 + log(count)) * self.rarity[place] for place, count in counts.items()])
        scores: Numbers = (weights / sqrt(weights @ weights)) @ self.slopes[list(counts)]
        return scores
