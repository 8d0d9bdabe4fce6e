"""Evidence that grows window by window and may be looked at any time: test martingales over counts.

A bet against the hypothesis "no worse than allowed" multiplies its stake in each window by the likelihood of the
window's counts under a worse version over their likelihood under the hypothesis. While the hypothesis holds, the stake
has no upward drift, so that it ever reaches 1/α with a chance of at most α, however often one looks (Ville 1939; Shafer
et al., Test martingales, Bayes factors and p-values, Statistical Science 26, 2011). The stake is spread over several
effects and over all windows from which a version may have turned bad; a mixture of bets is a bet.

Two versions side by side: with a share s of the requests, an allowed factor r and an effect λ, d = (r s + 1 − s) /
(λ r s + 1 − s), each failed request of the canary multiplies the stake by λd and each of the baseline by d. For n and m
independent requests that fail with p ≤ r q and q the expected growth is at most exp(n p (λd − 1) + m q (d − 1)), by
1 + y ≤ eʸ, and that is at most 1, because s r (λd − 1) + (1 − s)(d − 1) = 0. So q may be anything and change from
window to window: what hits both versions at once is no evidence. The form is that of Lindon and Malek, Anytime-valid
inference for multinomial count data, NeurIPS 2022, whose case are canaries.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hotfix.rollout.judge.bounds import Floats
from hotfix.rollout.judge.limits import EFFECTS, FIRST_START_WEIGHT, LACKS

_EFFECTS: Floats = np.array(EFFECTS)
_LACKS: Floats = np.array(LACKS)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The stakes after some windows; arrays of shape (..., effects), logarithms."""

    grown: Floats  # of a stake of 1 laid before the first window
    starts: Floats  # of the sum over starts of weight / growth up to that start
    windows: int

    @property
    def log_stake(self) -> Floats:
        """Logarithm of the whole stake, shape (...); at least log 1/α has a chance of at most α."""
        whole = np.logaddexp.reduce(self.grown + self.starts, axis=-1) - np.log(self.grown.shape[-1])
        return np.asarray(whole, dtype=float)

    @property
    def log_weight(self) -> float:
        """Logarithm of the weight of the bet that a version turns bad in the next window; all weights add up to 1."""
        start = self.windows + 1
        return log(FIRST_START_WEIGHT if start == 1 else (1 - FIRST_START_WEIGHT) / (start * (start - 1)))

    def keep(self, kept: NDArray[np.bool_]) -> "Evidence":
        """Return the evidence of some of the rollouts, by the first axis."""
        return Evidence(self.grown[kept], self.starts[kept], self.windows)


def lay_stakes(shape: tuple[int, ...], effects: int = len(EFFECTS)) -> Evidence:
    """Return the evidence before the first window."""
    return Evidence(np.zeros((*shape, effects)), np.full((*shape, effects), -np.inf), 0)


def add_window(evidence: Evidence, log_ratios: Floats) -> Evidence:
    """Return the evidence after one more window; `log_ratios` has shape (..., effects)."""
    starts = np.logaddexp(evidence.starts, evidence.log_weight - evidence.grown)
    return Evidence(evidence.grown + log_ratios, starts, evidence.windows + 1)


def compare_sides(
    canary: ArrayLike, baseline: ArrayLike, canary_tries: ArrayLike, baseline_tries: ArrayLike, allowed: float = 1.0
) -> Floats:
    """Return the log ratios against "the canary's rate is at most `allowed` times the baseline's".

    Args:
        canary: events among the canary's requests in the window, shape (...).
        baseline: the same of the baseline.
        canary_tries: requests of the canary.
        baseline_tries: requests of the baseline; with none the window says nothing.
        allowed: factor that is still no worse, above 0.
    """
    x, y, n, m = (_add_axis(one) for one in (canary, baseline, canary_tries, baseline_tries))
    share = n / np.maximum(n + m, 1.0)
    usual = allowed * share + 1 - share
    ratios: Floats = x * np.log(_EFFECTS) - (x + y) * np.log((_EFFECTS * allowed * share + 1 - share) / usual)
    return ratios


def exceed_share(events: ArrayLike, tries: ArrayLike, limit: ArrayLike) -> Floats:
    """Return the log ratios against "the share is at most `limit`", which lies between 0 and 1."""
    x, n, p = (_add_axis(one) for one in (events, tries, limit))
    odds = _EFFECTS * p / (1 - p)
    worse = odds / (1 + odds)
    ratios: Floats = x * np.log(worse / p) + (n - x) * np.log((1 - worse) / (1 - p))
    return ratios


def fall_short_of_share(events: ArrayLike, tries: ArrayLike, least: ArrayLike) -> Floats:
    """Return the log ratios against "the share is at least `least`", which lies between 0 and 1."""
    x, n, p = (_add_axis(one) for one in (events, tries, least))
    ratios: Floats = x * np.log(_LACKS) + (n - x) * np.log((1 - _LACKS * p) / (1 - p))
    return ratios


def fall_short_of_rate(events: ArrayLike, least: ArrayLike) -> Floats:
    """Return the log ratios against "at least `least` events are expected" in the window (Poisson)."""
    x, expected = (_add_axis(one) for one in (events, least))
    ratios: Floats = x * np.log(_LACKS) + (1 - _LACKS) * expected
    return ratios


def _add_axis(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=float)[..., None]
