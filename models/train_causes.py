"""Trains `causes.npz`, with which `hotfix explain` weighs what a text means against what the rules find in it.

    python models/train_causes.py

Every figure that is printed, the weights between what was learned and the rules, and the confidence come from phrasing
families that were left out of the training that judged them; so does the setting of the kernel machine, which is chosen
for each fold by the other folds. Vectors are kept, so that a second run is quick.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from causetexts import FOLDS, ROOT, Marks, Rows, Texts, prepare_texts, read_phrasings
from kernelmachine import Likeness, Parts, Setting, compare_texts, learn_machine
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from hotfix.core.settings import RULES_SURE, UNKNOWN_CONFIDENCE
from hotfix.diagnosis.causes import UNKNOWN, load_causes
from hotfix.model.families import Scores, count_agreeing, lay_out, share_out, share_scores
from hotfix.model.lexicon import Numbers

SETTINGS = (
    Setting(stiffness=0.3, balance=0.5, manner=0.5),
    Setting(stiffness=0.15, balance=0.5, manner=0.5),
    Setting(stiffness=0.6, balance=0.5, manner=0.5),
    Setting(stiffness=0.3, balance=0.0, manner=0.5),
    Setting(stiffness=0.3, balance=0.5, manner=0.25),
    Setting(stiffness=0.3, balance=0.5, manner=1.0),
)
"""Settings of the kernel machine that are tried."""

DECAY = 1e-3
"""Regularisation of the weights between what was learned and the rules."""

SURE, SURE_RIGHT, SURE_LEAST = 0.8, 0.97, 50
"""Confidence that is claimed only from where this share of so many verdicts at least holds."""

CALM_SHARE = 0.05
"""Share of texts of nothing wrong for which confidence is meant: most of those that are asked about tell of an error.
The phrasings hold more of them, so that they are learned well."""

CLAIM_LEAST = 0.4
"""Share right below which a verdict becomes `unknown`."""


def ask_rules(texts: Texts, unknown: int) -> tuple[Marks, Numbers]:
    """Return the family that the rules name, and how sure they are."""
    certain = texts.rules.max(axis=1)
    return np.where(certain > 0, texts.rules.argmax(axis=1), unknown), certain


def weigh(texts: Texts, unknown: int) -> Numbers:
    """Return how much each text counts, so that CALM_SHARE of all is nothing wrong."""
    calm = texts.truth == unknown
    weights: Numbers = np.where(calm, CALM_SHARE / calm.mean(), (1 - CALM_SHARE) / (1 - calm.mean()))
    return weights


def learn_trust(features: Numbers, truth: Marks, weights: Numbers) -> Numbers:
    """Return the weights between what was learned and the rules which make the truth likeliest."""
    rows, parts = np.arange(len(truth)), weights / weights.sum()

    def lose(trust: Numbers) -> tuple[float, Numbers]:
        shares = share_out(features @ trust)
        expected = (shares[..., None] * features).sum(axis=1)
        slope = parts @ (features[rows, truth] - expected)
        loss = -parts @ np.log(shares[rows, truth] + np.finfo(float).tiny)
        return float(loss + DECAY * trust @ trust), 2 * DECAY * trust - slope

    found: Numbers = minimize(lose, np.ones(features.shape[-1]), jac=True, method="L-BFGS-B").x
    return found


def learn_knots(shares: Numbers, right: Rows, weights: Numbers) -> Numbers:
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
    folds: Marks
    scores: Scores
    shares: Numbers  # of each family, all ways of looking weighed together
    unknown: int

    def learn_knots(self, learned: Rows) -> Numbers:
        """Return the confidence of verdicts that are not left to the rules alone, learned from some of the texts."""
        best, agreeing = count_agreeing(self.scores, self.shares).T
        weighed = learned & (ask_rules(self.texts, self.unknown)[1] < RULES_SURE) & (best != self.unknown)
        right, share, weights = best == self.texts.truth, self.shares.max(axis=1), weigh(self.texts, self.unknown)
        ways = [weighed & (agreeing == count) for count in range(3)]
        return np.stack([learn_knots(share[rows], right[rows], weights[rows]) for rows in ways])

    def name_families(self) -> tuple[Marks, Numbers]:
        """Return what the product would say and how sure, by knots that never saw the phrasing family either."""
        confidence = np.empty(len(self.shares))
        for fold in range(FOLDS):
            rows = self.folds == fold
            confidence[rows] = read_confidence(self.scores.select(rows), self.shares[rows], self.learn_knots(~rows))
        return decide(self.texts, self.shares, confidence, self.unknown)


def read_confidence(scores: Scores, shares: Numbers, knots: Numbers) -> Numbers:
    """Return how sure the verdict on each text is."""
    _, agreeing = count_agreeing(scores, shares).T
    pairs = zip(shares.max(axis=1), agreeing, strict=True)
    return np.array([np.interp(share, *knots[count]) for share, count in pairs])


def decide(texts: Texts, shares: Numbers, confidence: Numbers, unknown: int) -> tuple[Marks, Numbers]:
    """Return the family that the product names for each text, and how sure it is."""
    ruled, certain = ask_rules(texts, unknown)
    said = np.where(confidence > UNKNOWN_CONFIDENCE, shares.argmax(axis=1), unknown)
    alone = certain >= RULES_SURE
    return np.where(alone, ruled, said), np.where(alone, certain, confidence)


@dataclass(frozen=True, slots=True)
class Trial:
    """How one setting of the machine fares on folds that it did not learn."""

    setting: Setting
    scores: tuple[Scores, ...]  # of each fold
    right: Marks  # folds × folds: right texts of the second, learned without both; on the diagonal without that one

    def count_right(self, fold: int | None) -> int:
        """Return how many texts of the folds are right, those of one fold neither learned nor counted."""
        return int(self.right.trace() if fold is None else np.delete(self.right[fold], fold).sum())


def try_setting(likeness: Likeness, folds: Marks, setting: Setting) -> Trial:
    """Return how one setting fares."""
    machine, truth = learn_machine(likeness, setting), likeness.texts.truth
    right = np.zeros((FOLDS, FOLDS), dtype=np.int64)
    for first in range(FOLDS):
        for second in range(first, FOLDS):
            rows = np.isin(folds, [first, second])
            held, own = machine.judge_without(rows) == truth[rows], folds[rows]
            right[first, second], right[second, first] = held[own == second].sum(), held[own == first].sum()
    return Trial(setting, tuple(machine.score_without(folds == fold) for fold in range(FOLDS)), right)


def choose_trial(trials: Sequence[Trial], fold: int | None = None) -> Trial:
    """Return the best trial, judged without one of the folds."""
    return max(trials, key=lambda trial: trial.count_right(fold))


def leave_out(texts: Texts, folds: Marks, trials: Sequence[Trial], unknown: int) -> LeftOut:
    """Return every text that belongs to a fold, judged without its fold and by a setting chosen without it."""
    order = np.concatenate([np.flatnonzero(folds == fold) for fold in range(FOLDS)])
    judged, own = texts.select(order), folds[order]
    chosen = [list_ways(choose_trial(trials, fold).scores[fold]) for fold in range(FOLDS)]
    scores = Scores(*(np.concatenate(ways) for ways in zip(*chosen, strict=True)))
    features, weights = lay_out(scores, unknown), weigh(judged, unknown)
    shares = np.empty(judged.rules.shape)
    for fold in range(FOLDS):
        others = own != fold
        trust = learn_trust(features[others], judged.truth[others], weights[others])
        shares[~others] = share_out(features[~others] @ trust)
    return LeftOut(judged, own, scores, shares, unknown)


def list_ways(scores: Scores) -> tuple[Numbers, Numbers, Numbers]:
    """Return the scores of each way of looking."""
    return scores.meant, scores.worded, scores.rules


def report(name: str, texts: Texts, said: Mapping[str, tuple[Marks, Numbers]], unknown: int) -> None:
    """Print how often each way of naming families is right, and how well it holds what it claims."""
    calm = texts.truth == unknown
    print(f"{name}: {len(calm)} texts, {calm.sum()} of nothing wrong")
    for way, (named, sureness) in said.items():
        right, sure = named == texts.truth, (sureness >= SURE) & (named != unknown)
        parts = f"of causes {right[~calm].mean():.3f}, of others {right[calm].mean():.3f}"
        claims = f"of {sure.sum()} claims >= {SURE} {right[sure].mean():.3f}"
        print(f"  {way:10} {right.mean():.3f} right ({parts}); {claims}, of {(sure & ~calm).sum()} on causes", end=" ")
        print(f"{right[sure & ~calm].mean():.3f}")


def report_families(said: Mapping[str, tuple[Marks, Marks]], families: Sequence[str]) -> None:
    """Print by family how often each way of naming families, pairs of verdict and truth, is right."""
    print(f"{'':28} {'texts':>6} " + " ".join(f"{way:>13}" for way in said))
    for number, family in enumerate(families):
        shares = [(named[truth == number] == number).mean() for named, truth in said.values()]
        texts = sum(next(iter(said.values()))[1] == number)
        print(f"{family:28} {texts:6} " + " ".join(f"{share:13.2f}" for share in shares))


def name_ways(texts: Texts, scores: Scores, unknown: int) -> dict[str, tuple[Marks, Numbers]]:
    """Return what each way of looking names by itself, and how sure it is."""
    meant, worded = share_scores(scores.meant), share_scores(scores.worded)
    return {
        "rules": ask_rules(texts, unknown),
        "encoder": (meant.argmax(axis=1), meant.max(axis=1)),
        "terms": (worded.argmax(axis=1), worded.max(axis=1)),
    }


def write_model(path: Path, families: Sequence[str], parts: Parts, trust: Numbers, knots: Numbers) -> None:
    """Write what was learned, in as few bytes as do."""
    np.savez_compressed(
        path,
        families=np.array(families),
        directions=parts.neighbours.directions.astype(np.float16),
        places=parts.neighbours.places,
        slopes=parts.neighbours.slopes.astype(np.float16),
        matter_terms=np.array(parts.matter.terms),
        matter_rarity=parts.matter.rarity.astype(np.float32),
        matter_slopes=parts.matter.slopes.astype(np.float16),
        manner_terms=np.array(parts.manner.terms),
        manner_rarity=parts.manner.rarity.astype(np.float32),
        manner_slopes=parts.manner.slopes.astype(np.float16),
        trust=trust,
        knots=knots,
    )


def main() -> None:
    """Train with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "causes.npz")
    options = parser.parse_args()
    with threadpool_limits(limits=1):  # the last bits of sums depend on the number of threads
        train(options.out)


def train(out: Path) -> None:
    """Train, print how seen and left-out phrasing families fare, write the file."""
    families = tuple(load_causes())
    unknown = families.index(UNKNOWN)
    phrasings = list(read_phrasings())
    texts, folds = prepare_texts(phrasings, families), np.array([phrasing.fold for phrasing in phrasings])
    likeness = compare_texts(texts)
    trials = [try_setting(likeness, folds, setting) for setting in SETTINGS]
    left = leave_out(texts, folds, trials, unknown)
    unseen = {**name_ways(left.texts, left.scores, unknown), "together": left.name_families()}
    setting = choose_trial(trials).setting
    print(setting)
    parts = learn_machine(likeness, setting).list_parts()
    trust = learn_trust(lay_out(left.scores, unknown), left.texts.truth, weigh(left.texts, unknown))
    knots = left.learn_knots(np.ones(len(left.shares), dtype=bool))
    learned = texts.select(folds >= 0)
    scores = parts.score(learned)
    shares = share_out(lay_out(scores, unknown) @ trust)
    confidence = read_confidence(scores, shares, knots)
    seen = {**name_ways(learned, scores, unknown), "together": decide(learned, shares, confidence, unknown)}
    report("phrasing families left out", left.texts, unseen, unknown)
    report("phrasing families learned", learned, seen, unknown)
    report_families(
        {
            **{f"{way} unseen": (named, left.texts.truth) for way, (named, _) in unseen.items()},
            **{f"{way} seen": (named, learned.truth) for way, (named, _) in seen.items() if way != "rules"},
        },
        families,
    )
    write_model(out, families, parts, trust, knots)


if __name__ == "__main__":
    main()
