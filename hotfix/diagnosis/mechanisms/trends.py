"""Tells whether a number grew or shifted, by ranks: times and values come in, a trend or None goes out.

It knows no names and no limits. Values must be in order of time.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotfix.core.settings import (
    COUNTER_RISES,
    GROWTH_BEGUN,
    GROWTH_CORRELATION,
    GROWTH_FACTOR,
    GROWTH_LATE,
    GROWTH_REST,
    NUMBERS_CHANCE,
    SHIFT_DOMINANCE,
    SHIFT_FACTOR,
    SHIFT_FEWEST,
    TREND_FEWEST,
)

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trend:
    """How a series of numbers changed: indices into the series, medians of its values."""

    begin: int  # first value of the growth, or of the new level
    end: int  # last value of the growth, or of the new level
    before: float  # typical value where it began
    after: float  # typical value where it ended
    steady: bool = False  # a shift: the values were one constant, and then another
    fresh: bool = False  # a growth: the values stood still for a while before


def find_growth(values: Numbers, looks: int) -> Trend | None:
    """Return the growth (or decline) that reaches up to the last value, or None.

    The latest of several beginnings that explain the growth as well as any is taken. A value that was as high before
    the beginning, or that stands still in the second half, is no growth.

    Source: Spearman's rank correlation, Fisher's transformation (Fieller, Hartley, Pearson, Biometrika 44, 1957).

    Args:
        values: up to the moment that the growth should explain.
        looks: how many series are looked at.
    """
    values = _trim_plateau(values)
    best, found = 0.0, None
    for share in (0.0, 0.25, 0.5, 0.7):
        begin = int(len(values) * share)
        part = values[begin:]
        if len(part) < TREND_FEWEST:
            break
        rho = _correlate(part)
        z = math.atanh(min(abs(rho), 0.999)) * math.sqrt((len(part) - 3) / 1.06)
        if abs(rho) < GROWTH_CORRELATION or _chance(z) * looks > NUMBERS_CHANCE or z < best * 0.9:
            continue
        best, found = max(z, best), _measure(values, begin, rho)
    return found if found and _is_large(values, found) else None


def _trim_plateau(values: Numbers) -> Numbers:
    """Return values without the end at which they stand still: a limit was reached there."""
    moving = np.flatnonzero(values != values[-1]) if len(values) else np.array([])
    return values[: int(moving[-1]) + 3] if len(moving) else values[:1]


def _correlate(part: Numbers) -> float:
    ranks = _rank(part)
    spread = float(ranks.std())
    if not spread:
        return 0.0
    order = np.arange(len(part), dtype=np.float64)
    return float(np.mean((ranks - ranks.mean()) * (order - order.mean())) / (spread * order.std()))


def _rank(values: Numbers) -> Numbers:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Numbers = (ends - (counts - 1) / 2)[inverse].astype(np.float64)
    return ranks


def _chance(z: float) -> float:
    """Return the chance of a normal variable to be at least this far from zero."""
    return math.erfc(z / math.sqrt(2))


def _measure(values: Numbers, start: int, rho: float) -> Trend:
    """Return the growth of the values from ``start`` on: it begins where they last were near their first level."""
    part = values[start:]
    edge = max(len(part) // 6, 2)
    before, after = float(np.median(part[:edge])), float(np.median(part[-edge:]))
    if len(part) > 2 * edge:
        after = float(part[-edge:].max() if rho > 0 else part[-edge:].min())
    low = np.flatnonzero((part - before) * np.sign(after - before) <= GROWTH_BEGUN * abs(after - before))
    begin = min(start + (int(low[-1]) if len(low) else 0), len(values) - 2)
    rested = begin >= max(GROWTH_REST * len(values), SHIFT_FEWEST)
    before = float(np.median(values[max(begin - edge, start) : begin + 1])) if rested else before
    return Trend(begin, len(values) - 1, before, after, fresh=rested)


def _is_large(values: Numbers, trend: Trend) -> bool:
    """Tell whether growth multiplies the value, leads beyond all that was before, and goes on in its second half."""
    low, high = sorted((abs(trend.before), abs(trend.after)))
    if high < GROWTH_FACTOR * max(low, 1e-12):
        return False
    earlier = values[: trend.begin]
    rises = trend.after > trend.before
    beyond = not len(earlier) or (trend.after > earlier.max() if rises else trend.after < earlier.min())
    part = values[trend.begin :]
    half = values[(len(values)) // 2 :]
    goes_on = trend.fresh or abs(trend.after - float(np.median(half[:3]))) >= GROWTH_LATE * abs(
        trend.after - trend.before
    )
    return bool(beyond and goes_on and len(part) >= 3)


def find_shift(values: Numbers, looks: int) -> Trend | None:
    """Return the split after which the values are all but disjoint from those before, or None.

    Source: Mann and Whitney 1947, normal approximation, for the best of all splits; corrected for splits and looks.

    Args:
        values: all values, or those of a window.
        looks: how many series are looked at.
    """
    count = len(values)
    if count < 2 * SHIFT_FEWEST:
        return None
    ranks = _rank(values)
    sizes = np.arange(1, count, dtype=np.float64)
    others = count - sizes
    wins = np.cumsum(ranks)[:-1] - sizes * (sizes + 1) / 2
    spread = np.sqrt(sizes * others * (count + 1) / 12)
    z = np.abs(wins - sizes * others / 2) / spread
    z[: SHIFT_FEWEST - 1] = 0
    z[count - SHIFT_FEWEST :] = 0
    split = _refine(values, int(z.argmax()) + 1)
    dominance = abs(2 * wins[split - 1] / (split * (count - split)) - 1)
    before, after = values[:split], values[split:]
    trend = Trend(split, count - 1, float(np.median(before)), float(np.median(after)), _is_steady(before, after))
    sure = trend.steady or _chance(float(z[split - 1])) * looks * count <= NUMBERS_CHANCE
    return trend if sure and dominance >= SHIFT_DOMINANCE and _differs(trend) else None


def _refine(values: Numbers, split: int) -> int:
    """Move a split to the first value that lies nearer to the new level than to the old one."""
    middle = (float(np.median(values[:split])) + float(np.median(values[split:]))) / 2
    rises = np.median(values[split:]) > middle
    beyond = (values > middle) == rises
    while split > SHIFT_FEWEST and beyond[split - 1]:
        split -= 1
    while split < len(values) - SHIFT_FEWEST and not beyond[split]:
        split += 1
    return split


def _is_steady(before: Numbers, after: Numbers) -> bool:
    return bool((before == before[0]).all() and (after == after[0]).all())


def _differs(trend: Trend) -> bool:
    low, high = sorted((abs(trend.before), abs(trend.after)))
    return trend.before != trend.after and high >= SHIFT_FACTOR * max(low, 1e-12)


def is_counter(values: Numbers) -> bool:
    """Tell whether values count up, as ids, totals and positions do: whole numbers that hardly ever fall or stay."""
    steps = np.diff(values)
    return bool(len(steps) and (steps > 0).mean() >= COUNTER_RISES and (values == np.floor(values)).all())
