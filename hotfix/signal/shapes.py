"""Which shape a change has: its bad periods, their regularity, and where growth begins. Arrays in, numbers out."""

import math

import numpy as np
from numpy.typing import NDArray

from hotfix.core.settings import PERIOD_SPREAD, PERIODS_REGULAR, SWITCH_PENALTY
from hotfix.signal.scan import Numbers, Segment, clip_rate

_ROUNDS = 3
_KNOTS = 40


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
    high, low = clip_rate(worse, total), clip_rate(better, total)
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
    least squares, over 40 knots, then bucket by bucket around the best foot). The gain is the share of the best step's
    square misfit that the ramp explains; 0 when none does.
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


def find_period(starts: list[int]) -> float | None:
    """Return the mean interval of regular starts in buckets; None when they are few or irregular."""
    if len(starts) < PERIODS_REGULAR:
        return None
    gaps = np.diff(starts)
    mean = float(gaps.mean())
    rounding = 0.5  # a start is known to a bucket
    return mean if max(float(gaps.std()) - rounding, 0.0) <= PERIOD_SPREAD * mean else None
