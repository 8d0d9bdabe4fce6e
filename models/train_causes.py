"""Trains `causes.npz`, with which `hotfix explain` weighs what a text means against what the rules find in it.

    python models/train_causes.py

Phrasings are read from `models/phrasings/` (one file a cause family, one key a phrasing family) and from the sets with
which the rules were tuned. Every figure that is printed, the weights between meaning and rules, and the confidence come
from phrasing families that were left out of the training that judged them. Vectors are kept, so a second run is quick.
"""

import argparse
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from hotfix.diagnosis.causes import UNKNOWN, classify_text, load_causes
from hotfix.model.families import FamilyModel, Numbers, lay_out, word_out
from hotfix.model.meaning import Meaning

ROOT = Path(__file__).parents[1]
PHRASINGS = ROOT / "models" / "phrasings"
TUNED = [ROOT / "tests" / "diagnosis" / "phrasings" / f"{name}.toml" for name in ("seen", "seen_second", "seen_third")]
"""Texts that the rules were tuned with: fine to learn from, no measure of rules."""

FOLDS = 6
STRENGTH = 10.0  # inverse of the regularisation; 5 to 30 differ by half a per cent on left-out families
DECAY = 1e-3  # of the five weights between meaning and rules
SURE_RIGHT = 0.98  # share right from which a verdict may claim SURE; the aim is .97
SURE = 0.8
ABSTAIN_BELOW = 0.5  # share right under which a verdict becomes `unknown`


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One text and what is true of it."""

    text: str
    cause: str
    fold: int  # in which it is left out; -1 for texts that are always learned from


def read_phrasings() -> Iterator[Phrasing]:
    """Yield every text; the phrasing families of a cause are dealt to the folds in turn."""
    for path in sorted(PHRASINGS.glob("*.toml")):
        for number, texts in enumerate(tomllib.loads(path.read_text("utf-8")).values()):
            yield from (Phrasing(text, path.stem, number % FOLDS) for text in texts)
    for path in TUNED:
        for cause, families in tomllib.loads(path.read_text("utf-8")).items():
            yield from (Phrasing(text, cause, -1) for texts in families.values() for text in texts)


def embed_texts(phrasings: Sequence[Phrasing]) -> NDArray[np.float32]:
    """Return the vectors of the texts as the product would see them."""
    found = []
    with Meaning() as meaning:
        for phrasing in phrasings:
            vector = meaning.find_vector(word_out(phrasing.text))
            if vector is None:
                raise SystemExit(meaning.trouble)
            found.append(vector)
    return np.stack(found)


def ask_rules(phrasings: Sequence[Phrasing], families: Sequence[str]) -> Numbers:
    """Return the confidence with which the rules name each family: texts × families."""
    said = np.zeros((len(phrasings), len(families)))
    for row, phrasing in enumerate(phrasings):
        for match in classify_text(phrasing.text):
            if match.category != UNKNOWN:
                said[row, families.index(match.category)] = match.confidence
    return said


def learn_meaning(vectors: NDArray[np.float32], truth: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """Return slopes and offsets of a multinomial logistic regression, every family of equal weight."""
    model = LogisticRegression(C=STRENGTH, max_iter=400, class_weight="balanced").fit(vectors, truth)
    return model.coef_.T.astype(np.float64), model.intercept_.astype(np.float64)


def learn_trust(features: Numbers, truth: NDArray[np.int64]) -> Numbers:
    """Return the weights between meaning and rules which make the truth likeliest."""
    rows = np.arange(len(truth))

    def lose(trust: Numbers) -> tuple[float, Numbers]:
        scores = features @ trust
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        expected = (np.exp(logs)[..., None] * features).sum(axis=1)
        slope = (features[rows, truth] - expected).mean(axis=0)
        return -logs[rows, truth].mean() + DECAY * trust @ trust, 2 * DECAY * trust - slope

    found: Numbers = minimize(lose, np.ones(features.shape[-1]), jac=True, method="L-BFGS-B").x
    return found


def learn_knots(shares: NDArray[np.float64], right: NDArray[np.bool_]) -> Numbers:
    """Return the confidence of a verdict by the share of its family: as often right as it claims, or claims less.

    SURE is claimed only from where SURE_RIGHT of all verdicts hold; under ABSTAIN_BELOW nothing is claimed.
    """
    fitted = IsotonicRegression(y_min=0.0, y_max=0.98, out_of_bounds="clip").fit(shares, right)
    order = np.sort(shares)
    held = np.array([right[shares >= share].mean() for share in order])
    sure_from = float(order[np.argmax(held >= SURE_RIGHT)])
    points = np.unique(np.concatenate([np.linspace(0, 1, 101), [sure_from, np.nextafter(sure_from, 0)]]))
    claims = fitted.predict(points)
    claims = np.where(points < sure_from, np.minimum(claims, SURE - 0.01), np.maximum(claims, SURE))
    claims = np.where(fitted.predict(points) < ABSTAIN_BELOW, 0.0, claims)
    return np.stack([points, claims])


def main() -> None:
    """Train, print how left-out phrasing families fared, write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "causes.npz")
    options = parser.parse_args()
    families = tuple(load_causes())
    phrasings = list(read_phrasings())
    truth = np.array([families.index(phrasing.cause) for phrasing in phrasings])
    folds = np.array([phrasing.fold for phrasing in phrasings])
    vectors, rules = embed_texts(phrasings), ask_rules(phrasings, families)
    unknown = families.index(UNKNOWN)

    def share(fold: int) -> Numbers:
        """Return what a model that never saw a fold says of it."""
        model = FamilyModel(families, *learn_meaning(vectors[folds != fold], truth[folds != fold]), *_NOTHING)
        return model.share_meaning(vectors[folds == fold])

    left_out = np.concatenate([np.flatnonzero(folds == fold) for fold in range(FOLDS)])
    meant = np.concatenate([share(fold) for fold in range(FOLDS)])
    features = lay_out(meant, rules[left_out], unknown)
    together = np.empty_like(meant)
    for fold in range(FOLDS):
        own = folds[left_out] == fold
        model = FamilyModel(families, *_NOTHING, learn_trust(features[~own], truth[left_out][~own]), _NOTHING[0])
        together[own] = model.weigh(meant[own], rules[left_out][own])
    best = together.argmax(axis=1)
    right = best == truth[left_out]
    named = best != unknown
    knots = learn_knots(together.max(axis=1)[named], right[named])
    np.savez_compressed(
        options.out,
        families=np.array(families),
        trust=learn_trust(features, truth[left_out]),
        knots=knots,
        **dict(zip(("slopes", "offsets"), (part.astype(np.float32) for part in learn_meaning(vectors, truth)), strict=True)),
    )
    np.savez("/tmp/enc/oof2.npz", left=left_out, meant=meant, together=together, truth=truth, rules=rules, folds=folds)
    print(f"{len(phrasings)} texts; left out, meaning and rules together: {right.mean():.3f} right")


_NOTHING = (np.empty(0), np.empty(0))

if __name__ == "__main__":
    main()
