"""Scan statistics on counts: where a rate is different, how surely, and in which shape. Arrays in, numbers out.

Conventions: ``hits[b]`` of ``trials[b]`` records in bucket ``b`` show a behaviour (are errors, are slow, are of one
template); a segment is the half-open range ``[start, end)`` of buckets. Nothing here knows of logs.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotfix.core.settings import BURST, DISPERSION_BLOCKS, DISPERSION_LEAST, DISPERSION_MOST, SWITCH_PENALTY

Numbers = NDArray[np.float64]
_ROUNDS = 3
_KNOTS = 40

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
    stay: the maximal-sum segment of ``hits - cut * trials``. Three first guesses of the cut keep short, strong bursts
    from drowning in long, weak ones.

    Source: Levin and Kline, "The cusum test of homogeneity", Statistics in Medicine 4 (1985); Kulldorff, "A spatial
    scan statistic", Communications in Statistics 26 (1997).
    """
    all_hits, all_trials = float(hits.sum()), float(trials.sum())
    if all_hits <= 0 or all_trials <= 0 or earliest >= len(hits):
        return None
    mean = all_hits / all_trials
    tried = [_climb(hits, trials, earliest, cut) for cut in (mean, (mean + 1) / 2, 4 * mean / (1 + 3 * mean))]
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


def find_bad_periods(hits: Numbers, trials: Numbers, segment: Segment) -> list[tuple[int, int]]:
    """Return all maximal segments in the worse of two states, by the most likely path through both.

    The rates of both states start from the segment and are re-estimated from the path until it stays.

    Source: Viterbi, IEEE Transactions on Information Theory 13 (1967); the penalty of a switch is SWITCH_PENALTY times
    the log of the number of buckets.
    """
    worse, better = segment.inside, segment.outside
    states = np.zeros(len(hits), bool)
    for _ in range(_ROUNDS):
        gain = _state_gain(hits, trials, worse, better)
        found = _best_path(gain, SWITCH_PENALTY * math.log(max(len(hits), 2)))
        if not found.any() or (found == states).all():
            break
        states = found
        worse = float(hits[states].sum()) / max(float(trials[states].sum()), 1e-9)
        better = float(hits[~states].sum()) / max(float(trials[~states].sum()), 1e-9)
        if worse <= better:
            break
    edges = np.diff(np.concatenate([[0], states.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _state_gain(hits: Numbers, trials: Numbers, worse: float, better: float) -> Numbers:
    """Log-likelihood of each bucket in the worse state against the better one."""
    total = float(trials.sum())
    high, low = _clip(worse, total), _clip(better, total)
    gain: Numbers = hits * math.log(high / low) + (trials - hits) * math.log((1 - high) / (1 - low))
    return gain


def _best_path(gain: Numbers, penalty: float) -> NDArray[np.bool_]:
    """Most likely path through two states when each switch costs ``penalty``; True where it is in the worse one."""
    good = bad = 0.0
    came_from_bad, came_from_good = np.zeros(len(gain), bool), np.zeros(len(gain), bool)
    for index, step in enumerate(gain.tolist()):
        came_from_bad[index], came_from_good[index] = bad - penalty > good, good - penalty > bad
        good, bad = max(good, bad - penalty), max(bad, good - penalty) + step
    states, state = np.zeros(len(gain), bool), bad > good
    for index in range(len(gain) - 1, -1, -1):
        states[index] = state
        state = not came_from_good[index] if state else bool(came_from_bad[index])
    return states


def find_ramp(amounts: Numbers, trials: Numbers, start: int, end: int) -> tuple[int, int, float]:
    """Return the best ramp up to ``end``: the bucket where growth begins, where it stops, and its gain over a step.

    A ramp rises in a straight line from the amount per trial before to the one after (piecewise-linear fit by weighted
    least squares, over 40 knots, then bucket by bucket around the best foot). The gain is the share of the square misfit
    of the best step that the ramp explains; 0 when none does.
    """
    weight, rate = trials[:end], amounts[:end] / np.maximum(trials[:end], 1e-9)
    knots = np.unique(np.linspace(0, end, _KNOTS + 1).astype(int))
    feet, tops = np.meshgrid(knots[:-1], knots[1:], indexing="ij")
    wide = tops > feet + 1
    foot, top, misfit = _best_ramp(feet[wide & (feet > 0)], tops[wide & (feet > 0)], rate, weight)
    around = np.arange(max(1, foot - end // _KNOTS), min(top - 1, foot + end // _KNOTS + 1))
    if len(around):
        foot, top, misfit = _best_ramp(around, np.full(len(around), top), rate, weight)
    steps = np.unique(np.concatenate([knots[1:-1], [start]]))
    _, _, step = _best_ramp(steps, steps + 1, rate, weight)
    return foot, top, 1.0 - misfit / step if step > 0 else 0.0


def _best_ramp(
    feet: NDArray[np.int64], tops: NDArray[np.int64], rate: Numbers, weight: Numbers
) -> tuple[int, int, float]:
    """Return foot, top and misfit of the ramp that fits best; an endless misfit when there is none to try."""
    if not len(feet):
        return 0, 0, math.inf
    bucket = np.arange(len(rate))[None, :] + 1
    misfit = _misfits(np.clip((bucket - feet[:, None]) / (tops - feet)[:, None], 0.0, 1.0), rate, weight)
    best = int(misfit.argmin())
    return int(feet[best]), int(tops[best]), float(misfit[best])


def _misfits(shape: Numbers, rate: Numbers, weight: Numbers) -> Numbers:
    """Weighted square misfit of the best line ``low + height * shape`` for each row of shapes."""
    total = max(float(weight.sum()), 1e-9)
    centre = (shape * weight).sum(axis=1, keepdims=True) / total
    level = float((rate * weight).sum()) / total
    spread = shape - centre
    cross = (spread * (weight * (rate - level))).sum(axis=1)
    square = (spread**2 * weight).sum(axis=1)
    explained = np.where(square > 0, cross**2 / np.maximum(square, 1e-12), 0.0)
    misfit: Numbers = float((weight * (rate - level) ** 2).sum()) - explained
    return misfit


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


def _clip(rate: float, trials: float) -> float:
    edge = 0.5 / max(trials, 1.0)
    return min(max(rate, edge), 1 - edge)


def _best_cut(inside: float, outside: float, trials: float) -> float:
    """Rate above which a bucket speaks for the segment: where both binomials are equally likely."""
    high, low = _clip(inside, trials), _clip(outside, trials)
    if high <= low:
        return high
    rest = math.log((1 - low) / (1 - high))
    return rest / (math.log(high / low) + rest)


def _fit(hits: float, trials: float) -> float:
    """Log-likelihood of hits among trials at their own rate."""
    if hits <= 0 or trials <= hits:
        return 0.0
    return hits * math.log(hits / trials) + (trials - hits) * math.log(1 - hits / trials)
