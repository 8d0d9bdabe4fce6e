"""Trains `causes.npz`, with which `hotfix explain` weighs what a text means against what the rules find in it.

    python models/train_causes.py

Phrasings are read from `models/phrasings/` (one file a cause family, one key a phrasing family) and from the sets with
which the rules were tuned. Every figure that is printed, the weights between meaning, words and rules, and the
confidence come from phrasing families that were left out of the training that judged them. Vectors are kept, so that
a second run is quick.
"""

import argparse
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from hotfix.core.settings import RULES_SURE, UNKNOWN_CONFIDENCE
from hotfix.diagnosis.causes import UNKNOWN, classify_text, load_causes
from hotfix.model.families import count_agreeing, lay_out, share_out, spread_matches, word_out
from hotfix.model.lexicon import Lexicon, Numbers, list_terms
from hotfix.model.meaning import Meaning

ROOT = Path(__file__).parents[1]
PHRASINGS = ROOT / "models" / "phrasings"
TUNED = [ROOT / "tests" / "diagnosis" / "phrasings" / f"{name}.toml" for name in ("seen", "seen_second", "seen_third")]
"""Texts that the rules were tuned with: fine to learn from, no measure of rules."""

FOLDS = 6
MEANING_STRENGTH, WORD_STRENGTH = 10.0, 20.0
"""Inverse of the regularisation; 5 to 30 differ by half a per cent on left-out families."""

DECAY = 1e-3
"""Regularisation of the weights between meaning, words and rules."""

SURE, SURE_RIGHT, SURE_LEAST = 0.8, 0.97, 50
"""Confidence that is claimed only from where this share of so many verdicts at least holds."""

CALM_SHARE = 0.05
"""Share of texts of nothing wrong for which confidence is meant: most of those that are asked about tell of an error.
The phrasings hold more of them, so that they are learned well."""

CLAIM_LEAST = 0.4
"""Share right below which a verdict becomes `unknown`."""

Marks = NDArray[np.int64]
"""Number of the true family of each text."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One text and what is true of it."""

    text: str
    cause: str
    fold: int  # in which it is left out; -1 for texts that are always learned from


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as they are learned from, one row each."""

    words: NDArray[np.str_]
    vectors: NDArray[np.float32]
    rules: Numbers  # confidence of the rules, texts × families
    truth: Marks

    def select(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Texts":
        """Return some of the rows."""
        return Texts(self.words[rows], self.vectors[rows], self.rules[rows], self.truth[rows])


@dataclass(frozen=True, slots=True)
class Parts:
    """Two models that look at the same text: one at its meaning, one at its words."""

    slopes: Numbers
    offsets: Numbers
    lexicon: Lexicon

    def lay_out(self, texts: Texts, unknown: int) -> Numbers:
        """Return what is weighed, texts × families × 6."""
        worded = share_out(np.stack([self.lexicon.score(words) for words in texts.words]))
        return lay_out(share_out(texts.vectors @ self.slopes + self.offsets), worded, texts.rules, unknown)


def read_phrasings() -> Iterator[Phrasing]:
    """Yield every text; the phrasing families of a cause are dealt to the folds in turn."""
    for path in sorted(PHRASINGS.glob("*.toml")):
        for number, texts in enumerate(tomllib.loads(path.read_text("utf-8")).values()):
            yield from (Phrasing(text, path.stem, number % FOLDS) for text in texts)
    for path in TUNED:
        for cause, families in tomllib.loads(path.read_text("utf-8")).items():
            yield from (Phrasing(text, cause, -1) for texts in families.values() for text in texts)


def prepare_texts(phrasings: Sequence[tuple[str, str]], families: Sequence[str]) -> Texts:
    """Return (text, true family) pairs as the product sees them."""
    words = [word_out(text) for text, _ in phrasings]
    with Meaning() as meaning:
        vectors = [meaning.find_vector(one or "nothing") for one in words]
    if meaning.trouble:
        raise SystemExit(meaning.trouble)
    return Texts(
        words=np.array(words),
        vectors=np.stack([vector for vector in vectors if vector is not None]),
        rules=np.stack([spread_matches(classify_text(text), families) for text, _ in phrasings]),
        truth=np.array([families.index(cause) for _, cause in phrasings]),
    )


def ask_rules(texts: Texts, unknown: int) -> tuple[Marks, Numbers]:
    """Return the family that the rules name, and how sure they are."""
    certain = texts.rules.max(axis=1)
    return np.where(certain > 0, texts.rules.argmax(axis=1), unknown), certain


def learn_parts(texts: Texts) -> Parts:
    """Return both models; every family has the same weight however many texts it has."""
    meaning = LogisticRegression(C=MEANING_STRENGTH, max_iter=400, class_weight="balanced")
    meaning.fit(texts.vectors, texts.truth)
    counting = TfidfVectorizer(analyzer=list_terms, sublinear_tf=True)
    counted = counting.fit_transform(texts.words)
    words = LogisticRegression(C=WORD_STRENGTH, max_iter=200, class_weight="balanced").fit(counted, texts.truth)
    terms = tuple(counting.get_feature_names_out().tolist())
    lexicon = Lexicon(terms, counting.idf_, words.coef_.T, words.intercept_)
    return Parts(meaning.coef_.T.astype(np.float64), meaning.intercept_.astype(np.float64), lexicon)


def learn_trust(features: Numbers, truth: Marks) -> Numbers:
    """Return the weights between meaning, words and rules which make the truth likeliest."""
    rows = np.arange(len(truth))

    def lose(trust: Numbers) -> tuple[float, Numbers]:
        shares = share_out(features @ trust)
        expected = (shares[..., None] * features).sum(axis=1)
        slope = (features[rows, truth] - expected).mean(axis=0)
        loss = -np.log(shares[rows, truth] + np.finfo(float).tiny).mean()
        return float(loss + DECAY * trust @ trust), 2 * DECAY * trust - slope

    found: Numbers = minimize(lose, np.ones(features.shape[-1]), jac=True, method="L-BFGS-B").x
    return found


def learn_knots(shares: Numbers, right: NDArray[np.bool_], weights: Numbers) -> Numbers:
    """Return the confidence of a verdict by the share of its family: as often right as it claims, or claims less.

    SURE is claimed only from where SURE_RIGHT of all verdicts hold; what holds less often than CLAIM_LEAST is not
    claimed at all.
    """
    fitted = IsotonicRegression(y_min=0.0, y_max=0.98, out_of_bounds="clip").fit(shares, right, weights)
    held = {share: np.average(right[shares >= share], weights=weights[shares >= share]) for share in shares}
    sure_from = min((share for share in np.sort(shares)[:-SURE_LEAST] if held[share] >= SURE_RIGHT), default=np.inf)
    points = np.sort([*np.linspace(0, 1, 101), min(sure_from, 1.0), np.nextafter(min(sure_from, 1.0), 0)])
    likely = fitted.predict(points)
    claims = np.where(points < sure_from, np.minimum(likely, SURE - 0.01), np.maximum(likely, SURE))
    return np.stack([points, np.where(likely < CLAIM_LEAST, 0.0, claims)])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Texts with what models say of them that never saw their phrasing family."""

    texts: Texts
    features: Numbers  # texts × families × 6
    shares: Numbers  # of each family, all ways of looking weighed together

    def learn_knots(self, unknown: int) -> Numbers:
        """Return the confidence of verdicts that are not left to the rules alone."""
        best, agreeing = count_agreeing(self.features, self.shares).T
        _, certain = ask_rules(self.texts, unknown)
        weighed = (certain < RULES_SURE) & (best != unknown)
        right, share = best == self.texts.truth, self.shares.max(axis=1)
        calm = self.texts.truth == unknown
        weights = np.where(calm, CALM_SHARE / calm.mean(), (1 - CALM_SHARE) / (1 - calm.mean()))
        ways = [weighed & (agreeing == count) for count in range(3)]
        return np.stack([learn_knots(share[rows], right[rows], weights[rows]) for rows in ways])


def leave_out(texts: Texts, folds: Marks, unknown: int) -> LeftOut:
    """Return every text that belongs to a fold, judged without its fold."""
    order = np.concatenate([np.flatnonzero(folds == fold) for fold in range(FOLDS)])
    judged, own = texts.select(order), folds[order]
    features = np.concatenate(
        [
            learn_parts(texts.select(folds != fold)).lay_out(texts.select(folds == fold), unknown)
            for fold in range(FOLDS)
        ]
    )
    shares = np.empty(judged.rules.shape)
    for fold in range(FOLDS):
        trust = learn_trust(features[own != fold], judged.truth[own != fold])
        shares[own == fold] = share_out(features[own == fold] @ trust)
    return LeftOut(judged, features, shares)


def report(left: LeftOut, knots: Numbers, families: Sequence[str], unknown: int) -> None:
    """Print how left-out texts fare by each way of naming families, and by family."""
    ruled, certain = ask_rules(left.texts, unknown)
    best, agreeing = count_agreeing(left.features, left.shares).T
    pairs = zip(left.shares.max(axis=1), agreeing, strict=True)
    confidence = np.array([np.interp(share, *knots[count]) for share, count in pairs])
    said = np.where(confidence > UNKNOWN_CONFIDENCE, best, unknown)
    alone = certain >= RULES_SURE
    ways = {
        "rules": (ruled, certain),
        "encoder": (left.features[..., 0].argmax(axis=1), np.exp(left.features[..., 0].max(axis=1))),
        "words": (left.features[..., 1].argmax(axis=1), np.exp(left.features[..., 1].max(axis=1))),
        "together": (np.where(alone, ruled, said), np.where(alone, certain, confidence)),
    }
    truth = left.texts.truth
    for name, (named, sureness) in ways.items():
        right, causes, sure = named == truth, truth != unknown, (sureness >= SURE) & (named != unknown)
        parts = f"of causes {right[causes].mean():.3f}, of others {right[~causes].mean():.3f}"
        print(
            f"{name:10} {right.mean():.3f} right ({parts}); of {sure.sum()} claims >= {SURE} {right[sure].mean():.3f}"
        )
    for number, family in enumerate(families):
        rows = truth == number
        shares = " ".join(f"{name} {(named[rows] == number).mean():.2f}" for name, (named, _) in ways.items())
        print(f"  {family:28} {rows.sum():4} texts: {shares}")


def main() -> None:
    """Train, print how left-out phrasing families fared, write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "causes.npz")
    options = parser.parse_args()
    families = tuple(load_causes())
    unknown = families.index(UNKNOWN)
    phrasings = list(read_phrasings())
    texts = prepare_texts([(phrasing.text, phrasing.cause) for phrasing in phrasings], families)
    left = leave_out(texts, np.array([phrasing.fold for phrasing in phrasings]), unknown)
    knots = left.learn_knots(unknown)
    print(f"{len(phrasings)} texts, {len(left.shares)} of them judged with their phrasing family left out")
    report(left, knots, families, unknown)
    parts = learn_parts(texts)
    np.savez_compressed(
        options.out,
        families=np.array(families),
        slopes=parts.slopes.astype(np.float32),
        offsets=parts.offsets.astype(np.float32),
        terms=np.array(parts.lexicon.terms),
        rarity=parts.lexicon.rarity.astype(np.float32),
        term_slopes=parts.lexicon.slopes.astype(np.float16),
        term_offsets=parts.lexicon.offsets.astype(np.float32),
        trust=learn_trust(left.features, left.texts.truth),
        knots=knots,
    )


if __name__ == "__main__":
    main()
