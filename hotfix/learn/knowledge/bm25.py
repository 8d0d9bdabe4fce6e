"""How much of a question's words a text covers, rare words first: words in, a share out.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in
Information Retrieval 3(4), 2009: a term that n of N texts hold weighs ln(1 + (N - n + 0.5) / (n + 0.5)). Texts here are
sets of words of one kind of document, so that a term's frequency in one is 0 or 1 and saturates at once.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from hotfix.learn.knowledge.limits import BM25_LENGTH


@dataclass(frozen=True, slots=True)
class Rarity:
    """How many texts hold each word."""

    texts: int
    holders: Mapping[str, int]
    mean_length: float  # distinct words
    lone: float = 1.0  # what a word counts that one text alone holds, 0..1

    def weigh(self, word: str) -> float:
        """Return the weight of a word: higher the fewer texts hold it, `lone` of that where it is but one."""
        held = self.holders.get(word, 0)
        return math.log(1 + (self.texts - held + 0.5) / (held + 0.5)) * (self.lone if held == 1 else 1.0)


def count_holders(texts: Iterable[Collection[str]], lone: float = 1.0) -> Rarity:
    """Return how rare each word of the texts is; each text is its distinct words."""
    sets = [set(text) for text in texts]
    holders = Counter(word for words in sets for word in words)
    return Rarity(len(sets), holders, sum(map(len, sets)) / max(len(sets), 1), lone)


def cover(question: Collection[str], text: Collection[str], rarity: Rarity) -> float:
    """Return the BM25 of a text for a question as a share of what a text of mean length that holds all would reach.

    0 when it holds none of the words; 1 when it holds all of them and is no longer than the mean.
    """
    whole = sum(rarity.weigh(word) for word in question)
    if not whole:
        return 0.0
    found = sum(rarity.weigh(word) for word in set(question) & set(text))
    longer = max(len(text) / rarity.mean_length if rarity.mean_length else 1.0, 1.0)
    return found / whole / (1 - BM25_LENGTH + BM25_LENGTH * longer)
