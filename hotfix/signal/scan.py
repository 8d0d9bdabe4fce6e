"""Scan statistics on counts: where a rate is different, and how surely. Arrays in, numbers out.

Conventions: ``hits[b]`` of ``trials[b]`` records in bucket ``b`` show a behaviour (are errors, are slow, are of one
template); a segment is the half-open range ``[start, end)`` of buckets. Nothing here knows of logs.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotfix.core.settings import BURST, DISPERSION_BLOCKS, DISPERSION_LEAST, DISPERSION_MOST

Numbers = NDArray[np.float64]
_ROUNDS = 3
_GUESSES = (0.25, 1.0, 4.0, 16.0)

LEAST_CHANCE = 1e-300
"""Smallest chance told: below it floats end, and no log can prove less."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A range of buckets in which the rate of hits is higher than outside."""

    start: int
    end: int
    inside: float  # hits / trials inside, and outside
    outside: float
    dispersion: float  # variance-to-mean ratio of the hits around these two rates, within the bounds of settings
    chance: float  # of such a segment anywhere in one healthy series, 0..1


def find_segment(hits: Numbers, trials: Numbers, earliest: int = 0) -> Segment | None:
    """Return the most likely segment of higher rate that starts at ``earliest`` or later; None when there is none.

    The segment maximises the binomial likelihood ratio for its two rates, which are re-estimated from it until they
    stay: the maximal-sum segment of ``hits - cut * trials``. Several first guesses of the cut keep short, strong
    bursts from drowning in long, weak ones.

    Source: Levin and Kline, "The cusum test of homogeneity", Statistics in Medicine 4 (1985); Kulldorff, "A spatial
    scan statistic", Communications in Statistics 26 (1997).
    """
    all_hits, all_trials = float(hits.sum()), float(trials.sum())
    if all_hits <= 0 or all_trials <= 0 or earliest >= len(hits):
        return None
    odds = all_hits / max(all_trials - all_hits, 0.5)
    cuts = (factor * odds / (1 + factor * odds) for factor in _GUESSES)
    tried = [_climb(hits, trials, earliest, cut) for cut in cuts]
    found = {pair for pair in tried if pair is not None}
    if not found:
        return None
    start, end = max(found, key=lambda pair: (log_likelihood_ratio(hits, trials, *pair), pair))
    inside, outside = _rates(hits, trials, start, end)
    if inside <= outside:
        return None
    dispersion = estimate_dispersion(hits, trials, start, end)
    ratio = log_likelihood_ratio(hits, trials, start, end) / dispersion
    looks = count_looks(start, end, hits)
    return Segment(start, end, inside, outside, dispersion, min(1.0, max(looks * math.exp(-ratio), LEAST_CHANCE)))


def _climb(hits: Numbers, trials: Numbers, earliest: int, cut: float) -> tuple[int, int] | None:
    """Return the segment that a first guess of the cut leads to, its rates re-estimated until they stay."""
    best: tuple[int, int] | None = None
    for _ in range(_ROUNDS):
        found = _maximal_sum(hits - cut * trials, earliest)
        if found is None or found == best:
            break
        best = found
        cut = _best_cut(*_rates(hits, trials, *found), float(trials.sum()))
    return best


def log_likelihood_ratio(hits: Numbers, trials: Numbers, start: int, end: int) -> float:
    """Return the log of the likelihood ratio of two binomial rates, inside and outside, against one rate; ≥ 0.

    ``exp(-value)`` bounds the chance of a fixed segment holding so many of the hits (Chernoff), and equals it when all
    hits lie inside and are rare: then it is ``share ** hits``.

    Source: Hoeffding, "Probability inequalities for sums of bounded random variables", JASA 58 (1963), theorem 1.
    """
    k1, n1 = float(hits[start:end].sum()), float(trials[start:end].sum())
    k, n = float(hits.sum()), float(trials.sum())
    return max(0.0, _fit(k1, n1) + _fit(k - k1, n - n1) - _fit(k, n))


def estimate_dispersion(hits: Numbers, trials: Numbers, start: int, end: int) -> float:
    """Return the variance-to-mean ratio of hits around the rates inside and outside of a segment, bounded by settings.

    The larger of both sides counts. A segment of few buckets may be one burst and cannot tell by itself: then the ratio
    is at least BURST / buckets.
    """
    outside = np.r_[0:start, end : len(hits)]
    inside = np.arange(start, end)
    burst = BURST / (end - start)
    found = (_measure_dispersion(hits[part], trials[part]) for part in (inside, outside))
    return min(max(DISPERSION_LEAST, burst, *found), DISPERSION_MOST)


def _measure_dispersion(hits: Numbers, trials: Numbers) -> float:
    """Return the largest variance-to-mean ratio of hits over blocks of 1, 2, 4 … buckets; bursts outlast buckets.

    Each estimate is lowered by its own standard error, so that chance alone does not raise it.

    Source: McCullagh and Nelder, "Generalized Linear Models" (1989), section 4.5 (Pearson estimate).
    """
    total, tried = float(hits.sum()), float(trials.sum())
    if total <= 0 or tried <= total:
        return 0.0
    rate, size, most = total / tried, 1, 0.0
    while (blocks := len(hits) // size) >= DISPERSION_BLOCKS:
        k, n = (values[: blocks * size].reshape(blocks, size).sum(axis=1) for values in (hits, trials))
        variance = float(n.sum()) * rate * (1 - rate)
        raw = float(((k - rate * n) ** 2).sum()) / variance if variance > 0 else 0.0
        most = max(most, raw / (1 + math.sqrt(2 / blocks + 1 / total)))
        size *= 2
    return most


def count_looks(start: int, end: int, hits: Numbers) -> float:
    """Return about how many independent segments were looked at to find this one.

    Two per length and doubling of lengths. When every hit lies in the last buckets, ``share ** hits`` already is the
    chance that the earliest of them comes so late, whatever the share: then one look each way.
    """
    if end == len(hits) and not hits[:start].any():
        return 2.0
    return max(1.0, 2.0 * len(hits) / (end - start)) * max(1.0, math.log2(len(hits)))


def _maximal_sum(values: Numbers, earliest: int) -> tuple[int, int] | None:
    """Kadane's segment of largest sum that starts at ``earliest`` or later, shortest when several tie."""
    sums = np.concatenate([[0.0], np.cumsum(values[earliest:])])
    low = np.minimum.accumulate(sums)
    end = int((sums - low).argmax())
    if sums[end] <= low[end]:
        return None
    start = int(np.flatnonzero(sums[: end + 1] == low[end])[-1])
    return earliest + start, earliest + end


def _rates(hits: Numbers, trials: Numbers, start: int, end: int) -> tuple[float, float]:
    k1, n1 = float(hits[start:end].sum()), float(trials[start:end].sum())
    k, n = float(hits.sum()), float(trials.sum())
    return k1 / n1 if n1 else 0.0, (k - k1) / (n - n1) if n > n1 else 0.0


def clip_rate(rate: float, trials: float) -> float:
    """Return a rate kept half a hit away from never and always, so that its logarithm stays finite."""
    edge = 0.5 / max(trials, 1.0)
    return min(max(rate, edge), 1 - edge)


def _best_cut(inside: float, outside: float, trials: float) -> float:
    """Rate above which a bucket speaks for the segment: where both binomials are equally likely."""
    high, low = clip_rate(inside, trials), clip_rate(outside, trials)
    if high <= low:
        return high
    rest = math.log((1 - low) / (1 - high))
    return rest / (math.log(high / low) + rest)


def _fit(hits: float, trials: float) -> float:
    """Log-likelihood of hits among trials at their own rate."""
    if hits <= 0 or trials <= hits:
        return 0.0
    return hits * math.log(hits / trials) + (trials - hits) * math.log(1 - hits / trials)
