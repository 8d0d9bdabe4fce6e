"""Names the cause family of an error text: rules and the encoder's meaning of it in, one verdict or `unknown` out.

Rules decide alone where they are sure. Elsewhere what they hint at, what the text means and its words are weighed
together, with weights that `models/train_causes.py` learned from phrasings and judged on phrasing families left out.
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
from hotfix.model.lexicon import Lexicon, Numbers
from hotfix.model.meaning import Meaning, Vector

BY_ENCODER = "encoder: the meaning of the text"
_SHARE_LEAST = 1e-4  # what a family is given at least, so that a strong rule can still name it


@dataclass(frozen=True, slots=True)
class FamilyModel:
    """What was learned: how to weigh a vector, words and the rules' matches."""

    families: tuple[str, ...]
    slopes: Numbers  # width of a vector × families
    offsets: Numbers  # one for each family
    lexicon: Lexicon
    trust: Numbers  # weights of what `lay_out` lays out, in its order
    knots: Numbers  # 3 × 2 × n, by how many of the three ways agree: share of the best family, share of such right

    def share_meaning(self, vectors: NDArray[np.float32]) -> Numbers:
        """Return the share of each family by the meaning of texts: rows of vectors in, rows that add up to 1 out."""
        return share_out(vectors @ self.slopes + self.offsets)

    def judge(self, words: str, vector: Vector, matches: Sequence[CauseMatch]) -> tuple[str, float]:
        """Return the likeliest family of a text and how sure that is, 0..1.

        `words` is what the encoder was shown, `vector` what it made of that, `matches` what the rules find in the text.
        """
        meant, worded = self.share_meaning(vector[None]), share_out(self.lexicon.score(words)[None])
        rules = spread_matches(matches, self.families)[None]
        features = lay_out(meant, worded, rules, self.families.index(UNKNOWN))
        shares = share_out(features @ self.trust)
        ((best, agreeing),) = count_agreeing(features, shares)
        return self.families[best], float(np.interp(shares[0, best], *self.knots[agreeing]))


def spread_matches(matches: Sequence[CauseMatch], families: Sequence[str]) -> Numbers:
    """Return the confidence with which the rules name each family, 0 where they do not."""
    said = {match.category: match.confidence for match in matches if match.category != UNKNOWN}
    return np.array([said.get(family, 0.0) for family in families])


def lay_out(meant: Numbers, worded: Numbers, rules: Numbers, unknown: int) -> Numbers:
    """Return what is weighed: texts × families × 6.

    These are shares by meaning and by words, the confidence of the rules and its square; and of `unknown` alone, that
    the rules are silent, and a constant.
    """
    silence, plain = np.zeros_like(rules), np.zeros_like(rules)
    silence[:, unknown] = rules.max(axis=1) == 0
    plain[:, unknown] = 1
    logs = [np.log(shares + _SHARE_LEAST) for shares in (meant, worded)]
    return np.stack([*logs, rules, rules**2, silence, plain], axis=-1)


def count_agreeing(features: Numbers, shares: Numbers) -> NDArray[np.int64]:
    """Return for each text its best family, and how many of meaning, words and rules put it first, less one (0..2)."""
    best = shares.argmax(axis=1)
    agree = sum(features[..., way].argmax(axis=1) == best for way in range(3))
    return np.stack([best, np.maximum(agree, 1) - 1], axis=1)


def word_out(text: str, exception: str | None = None) -> str:
    """Return a text as the encoder is shown it: its plain words without stack frames, those of the root cause first."""
    return " ".join(word for word in read_wording(text, exception).words if word != BREAK)


@cache
def load_family_model(path: Path | None = None) -> FamilyModel:
    """Return the packaged model, or one in a file."""
    with np.load(path or find_resource("models", "causes.npz"), allow_pickle=False) as stored:
        names = ("slopes", "offsets", "term_slopes", "term_offsets", "rarity", "trust", "knots")
        part = {name: stored[name].astype(np.float64) for name in names}
        terms, families = (tuple(stored[name].tolist()) for name in ("terms", "families"))
    lexicon = Lexicon(terms, part["rarity"], part["term_slopes"], part["term_offsets"])
    return FamilyModel(families, part["slopes"], part["offsets"], lexicon, part["trust"], part["knots"])


class FamilyReader:
    """Classifies texts as `classify_text` does, with the encoder where rules are not sure."""

    def __init__(self, meaning: Meaning, model: FamilyModel | None = None, sure: float = RULES_SURE) -> None:
        """Take the vectors of texts, a model (by default the packaged one), and from where on rules decide alone.

        With `sure` 0 the encoder is asked only about texts in which the rules find no family at all.
        """
        self._meaning = meaning
        self._model = model
        self._sure = sure

    def classify(self, text: str, exception: str | None = None) -> tuple[CauseMatch, ...]:
        """Return the families that an error text speaks of, best first; `unknown` alone when none is recognised."""
        matches = classify_text(text, exception)
        if matches[0].category != UNKNOWN and matches[0].confidence >= self._sure:
            return matches
        words = word_out(text, exception)
        vector = self._meaning.find_vector(words) if words else None
        if vector is None:
            return matches
        model = self._model or load_family_model()
        return _order(*model.judge(words, vector, matches), matches)


def _order(family: str, confidence: float, matches: Sequence[CauseMatch]) -> tuple[CauseMatch, ...]:
    """Return the verdict, and behind it what else the rules named."""
    if family == UNKNOWN or confidence <= UNKNOWN_CONFIDENCE:
        return (CauseMatch(UNKNOWN, load_causes()[UNKNOWN].role, UNKNOWN_CONFIDENCE, BY_ENCODER),)
    by = next((match.by for match in matches if match.category == family), BY_ENCODER)
    verdict = CauseMatch(family, load_causes()[family].role, round(confidence, 2), by)
    others = (match for match in matches if match.category not in {family, UNKNOWN} and match.confidence <= confidence)
    return (verdict, *others)


def share_out(scores: Numbers) -> Numbers:
    """Return shares that add up to 1 in each row of scores."""
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Numbers = grown / grown.sum(axis=-1, keepdims=True)
    return shares
