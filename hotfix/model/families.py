"""Names the cause family of an error text: rules and the encoder's meaning of it in, one verdict or `unknown` out.

Rules decide alone where they are sure. Elsewhere what they hint at and what the text means are weighed together, with
weights that `models/train_causes.py` learned from phrasings and that were judged on phrasing families left out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotfix.core.resources import find_resource
from hotfix.core.settings import RULES_SURE, UNKNOWN_CONFIDENCE
from hotfix.diagnosis.causes import UNKNOWN, CauseMatch, classify_text, load_causes
from hotfix.diagnosis.wording import BREAK, read_wording
from hotfix.model.meaning import Meaning, Vector

BY_ENCODER = "encoder: the meaning of the text"
_SHARE_LEAST = 1e-4  # what a family is given at least, so that a strong rule can still name it

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FamilyModel:
    """What was learned: how to weigh a vector and the rules' matches."""

    families: tuple[str, ...]
    slopes: Numbers  # width of a vector × families
    offsets: Numbers  # one for each family
    trust: Numbers  # weights of meaning, rules, rules squared, silence of the rules, and of `unknown` itself
    knots: Numbers  # 2 × n: share of the best family, and how often such a verdict was right when left out

    def share_meaning(self, vectors: NDArray[np.float32]) -> Numbers:
        """Return the share of each family by the meaning of texts: rows of vectors in, rows that add up to 1 out."""
        return _share(vectors @ self.slopes + self.offsets)

    def weigh(self, shares: Numbers, rules: Numbers) -> Numbers:
        """Return the shares of the families by meaning and rules together, row by row.

        `rules` holds the confidence with which the rules name each family, 0 where they do not.
        """
        return _share(lay_out(shares, rules, self.families.index(UNKNOWN)) @ self.trust)

    def judge(self, vector: Vector, matches: Sequence[CauseMatch]) -> tuple[str, float]:
        """Return the likeliest family of a text and how sure that is, 0..1."""
        said = {match.category: match.confidence for match in matches}
        rules = np.array([[said.get(family, 0.0) if family != UNKNOWN else 0.0 for family in self.families]])
        (shares,) = self.weigh(self.share_meaning(vector[None]), rules)
        best = int(shares.argmax())
        return self.families[best], float(np.interp(shares[best], *self.knots))


def lay_out(shares: Numbers, rules: Numbers, unknown: int) -> Numbers:
    """Return what is weighed: texts × families × 5 (the order of `FamilyModel.trust`)."""
    silence, plain = np.zeros_like(rules), np.zeros_like(rules)
    silence[:, unknown] = rules.max(axis=1) == 0
    plain[:, unknown] = 1
    return np.stack([np.log(shares + _SHARE_LEAST), rules, rules**2, silence, plain], axis=-1)


def word_out(text: str, exception: str | None = None) -> str:
    """Return a text as the encoder is shown it: its plain words without stack frames, those of the root cause first."""
    return " ".join(word for word in read_wording(text, exception).words if word != BREAK)


@cache
def load_family_model(path: Path | None = None) -> FamilyModel:
    """Return the packaged model, or one in a file."""
    with np.load(path or find_resource("models", "causes.npz"), allow_pickle=False) as stored:
        numbers = {name: stored[name].astype(np.float64) for name in ("slopes", "offsets", "trust", "knots")}
        return FamilyModel(tuple(stored["families"].tolist()), **numbers)


class FamilyReader:
    """Classifies texts as `classify_text` does, with the encoder where rules are not sure."""

    def __init__(self, meaning: Meaning, model: FamilyModel | None = None) -> None:
        self._meaning = meaning
        self._model = model

    def classify(self, text: str, exception: str | None = None) -> tuple[CauseMatch, ...]:
        """Return the families that an error text speaks of, best first; `unknown` alone when none is recognised."""
        matches = classify_text(text, exception)
        if matches[0].category != UNKNOWN and matches[0].confidence >= RULES_SURE:
            return matches
        words = word_out(text, exception)
        vector = self._meaning.find_vector(words) if words else None
        if vector is None:
            return matches
        model = self._model or load_family_model()
        return _order(*model.judge(vector, matches), matches)


def _order(family: str, confidence: float, matches: Sequence[CauseMatch]) -> tuple[CauseMatch, ...]:
    """Return the verdict, and behind it what else the rules named."""
    if family == UNKNOWN or confidence <= UNKNOWN_CONFIDENCE:
        return (CauseMatch(UNKNOWN, load_causes()[UNKNOWN].role, UNKNOWN_CONFIDENCE, BY_ENCODER),)
    by = next((match.by for match in matches if match.category == family), BY_ENCODER)
    verdict = CauseMatch(family, load_causes()[family].role, round(confidence, 2), by)
    others = (match for match in matches if match.category not in {family, UNKNOWN} and match.confidence <= confidence)
    return (verdict, *others)


def _share(scores: Numbers) -> Numbers:
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Numbers = grown / grown.sum(axis=-1, keepdims=True)
    return shares
