"""Names the cause family of an error text: rules and the encoder's meaning of it in, one verdict or `unknown` out.

Rules decide alone where they are sure. Elsewhere what they hint at, what the text means, its words and its manner are
weighed together, with weights that `models/train_causes.py` learned from phrasings and judged on phrasing families left
out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotfix.core.resources import find_resource
from hotfix.core.settings import RULES_SURE, SILENT_CALM_ODDS, SILENT_LIKELY, UNKNOWN_CONFIDENCE
from hotfix.diagnosis.causes import UNKNOWN, CauseMatch, classify_text, load_causes
from hotfix.model.encoder import Vectors
from hotfix.model.lexicon import Lexicon, Numbers
from hotfix.model.meaning import Meaning, Vector
from hotfix.model.neighbours import Neighbours
from hotfix.model.terms import Terms, read_terms

BY_ENCODER = "encoder: the meaning of the text"
_SHARPNESS = 8.0  # what turns scores, which were learned to be 1 for the right family, into shares
_SHARE_LEAST = 1e-4  # what a family is given at least, so that a strong rule can still name it


@dataclass(frozen=True, slots=True)
class Scores:
    """What three ways of looking say, each texts × families."""

    meant: Numbers  # by learned texts of a near meaning
    worded: Numbers  # by the terms of matter and manner
    rules: Numbers  # confidence of the rules, 0 where they do not name a family

    def select(self, rows: NDArray[np.bool_]) -> "Scores":
        """Return some of the rows."""
        return Scores(self.meant[rows], self.worded[rows], self.rules[rows])


@dataclass(frozen=True, slots=True)
class FamilyModel:
    """What was learned: how to weigh a vector, terms and the rules' matches."""

    families: tuple[str, ...]
    neighbours: Neighbours
    matter: Lexicon
    manner: Lexicon
    trust: Numbers  # weights of what `lay_out` lays out, in its order
    knots: Numbers  # 3 × 2 × n, by how many of the three ways agree: share of the best family, share of such right

    def share_meaning(self, vectors: Vectors) -> Numbers:
        """Return the share of each family by the meaning of texts: rows of vectors in, rows that add up to 1 out."""
        return share_scores(self.neighbours.score(vectors))

    def judge(
        self, terms: Terms, vector: Vector, matches: Sequence[CauseMatch], calm_odds: float = 1.0
    ) -> tuple[str, float]:
        """Return the likeliest family of a text and how sure that is, 0..1.

        `terms` are those of the text, `vector` what the encoder made of its words, `matches` what the rules find in it;
        `calm_odds` how many times as common texts of nothing wrong are as among those that confidence was learned for.
        """
        worded = self.matter.score(terms.matter) + self.manner.score(terms.manner)
        rules = spread_matches(matches, self.families)
        scores = Scores(self.neighbours.score(vector[None]), worded[None], rules[None])
        unknown = self.families.index(UNKNOWN)
        shares = share_out(lay_out(scores, unknown) @ self.trust)
        shares[:, unknown] *= calm_odds
        shares /= shares.sum(axis=1, keepdims=True)
        ((best, agreeing),) = count_agreeing(scores, shares)
        return self.families[best], float(np.interp(shares[0, best], *self.knots[agreeing]))


def spread_matches(matches: Sequence[CauseMatch], families: Sequence[str]) -> Numbers:
    """Return the confidence with which the rules name each family, 0 where they do not."""
    said = {match.category: match.confidence for match in matches if match.category != UNKNOWN}
    return np.array([said.get(family, 0.0) for family in families])


def lay_out(scores: Scores, unknown: int) -> Numbers:
    """Return what is weighed: texts × families × 5.

    These are shares by meaning and terms together, the confidence of the rules and its square; and of `unknown` alone,
    that the rules are silent, and a constant.
    """
    rules = scores.rules
    silence, plain = np.zeros_like(rules), np.zeros_like(rules)
    silence[:, unknown] = rules.max(axis=1) == 0
    plain[:, unknown] = 1
    learned = np.log(share_scores(scores.meant + scores.worded) + _SHARE_LEAST)
    return np.stack([learned, rules, rules**2, silence, plain], axis=-1)


def count_agreeing(scores: Scores, shares: Numbers) -> NDArray[np.int64]:
    """Return for each text its best family, and how many of meaning, terms and rules put it first, less one (0..2).

    A way of looking that says nothing puts nothing first.
    """
    best = shares.argmax(axis=1)
    ways = (scores.meant, scores.worded, scores.rules)
    agree = sum((way.argmax(axis=1) == best) & (way.max(axis=1) > 0) for way in ways)
    return np.stack([best, np.maximum(agree, 1) - 1], axis=1)


@cache
def load_family_model(path: Path | None = None) -> FamilyModel:
    """Return the packaged model, or one in a file."""
    with np.load(path or find_resource("models", "causes.npz"), allow_pickle=False) as stored:
        part = dict(stored)
    neighbours = Neighbours(part["directions"].astype(np.float32), part["places"], part["slopes"].astype(np.float64))
    matter, manner = (
        Lexicon(
            tuple(part[f"{name}_terms"].tolist()),
            part[f"{name}_rarity"].astype(np.float64),
            part[f"{name}_slopes"].astype(np.float64),
        )
        for name in ("matter", "manner")
    )
    return FamilyModel(tuple(part["families"].tolist()), neighbours, matter, manner, part["trust"], part["knots"])


class FamilyReader:
    """Classifies texts as `classify_text` does, with the encoder where rules are not sure."""

    def __init__(self, meaning: Meaning, model: FamilyModel | None = None, sure: float = RULES_SURE) -> None:
        """Take the vectors of texts, a model (by default the packaged one), and from where on rules decide alone.

        With `sure` 0 the encoder is asked only about texts in which the rules find no family at all, of which half are
        taken to tell of nothing wrong, and its word counts where it is likelier right than wrong.
        """
        self._meaning = meaning
        self._model = model
        self._sure = sure
        self._calm_odds, self._least = (SILENT_CALM_ODDS, SILENT_LIKELY) if sure == 0 else (1.0, UNKNOWN_CONFIDENCE)

    def classify(self, text: str, exception: str | None = None) -> tuple[CauseMatch, ...]:
        """Return the families that an error text speaks of, best first; `unknown` alone when none is recognised."""
        matches = classify_text(text, exception)
        if matches[0].category != UNKNOWN and matches[0].confidence >= self._sure:
            return matches
        terms = read_terms(text, exception)
        vector = self._meaning.find_vector(terms.words) if terms.words else None
        if vector is None:
            return matches
        model = self._model or load_family_model()
        family, confidence = model.judge(terms, vector, matches, self._calm_odds)
        return _order(UNKNOWN if confidence <= self._least else family, confidence, matches)


def _order(family: str, confidence: float, matches: Sequence[CauseMatch]) -> tuple[CauseMatch, ...]:
    """Return the verdict, and behind it what else the rules named."""
    if family == UNKNOWN:
        return (CauseMatch(UNKNOWN, load_causes()[UNKNOWN].role, UNKNOWN_CONFIDENCE, BY_ENCODER),)
    by = next((match.by for match in matches if match.category == family), BY_ENCODER)
    verdict = CauseMatch(family, load_causes()[family].role, round(confidence, 2), by)
    others = (match for match in matches if match.category not in {family, UNKNOWN} and match.confidence <= confidence)
    return (verdict, *others)


def share_scores(scores: Numbers) -> Numbers:
    """Return shares of families by learned scores, which are about 1 for the right one."""
    return share_out(_SHARPNESS * scores)


def share_out(scores: Numbers) -> Numbers:
    """Return shares that add up to 1 in each row of scores."""
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Numbers = grown / grown.sum(axis=-1, keepdims=True)
    return shares
