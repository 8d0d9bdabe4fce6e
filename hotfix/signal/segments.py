"""From one series of hits and trials to its findings: where it got worse, until when, and in which shape."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hotfix.core.facts import Shape
from hotfix.core.settings import (
    FALSE_ALARM_RATE,
    HEAD_SHARE,
    PERIODS_INTERMITTENT,
    RAMP_GAIN,
    RAMP_SHARE,
    RECOVERY_EVENTS,
    SCREEN_SHARE,
)
from hotfix.signal.scan import Numbers, Segment, find_segment, log_likelihood_ratio
from hotfix.signal.shapes import find_bad_periods, find_period, find_ramp


@dataclass(frozen=True, slots=True)
class Stretch:
    """A significant change of one series: buckets ``[start, end)``, end None while it goes on."""

    start: int
    end: int | None
    shape: Shape
    before: float  # rate of hits in [0, start)
    after: float  # and in [start, end)
    hits: float  # in [start, end)
    chance: float
    period: float | None = None  # buckets from one bad period to the next


def find_stretches(hits: Numbers, trials: Numbers, series: int, amounts: Numbers | None = None) -> Iterator[Stretch]:
    """Yield the stretches of higher rate that pass the false-alarm rate for this number of series, strongest first.

    The beginning of the data (HEAD_SHARE of trials) only serves as "before". After a stretch that ended, the rest of
    the series is looked at again. Growth is looked for in ``amounts`` per trial where given, else in the rate itself.
    """
    amounts = hits if amounts is None else amounts
    earliest = int(np.searchsorted(np.cumsum(trials), HEAD_SHARE * float(trials.sum()))) + 1
    if not could_differ(hits, trials, series):
        return
    hits, trials = hits.copy(), trials.copy()
    for _ in range(PERIODS_INTERMITTENT):
        segment = find_segment(hits, trials, earliest)
        if segment is None or segment.chance * series > FALSE_ALARM_RATE:
            return
        stretch = _describe(hits, trials, segment, earliest, amounts)
        yield stretch
        if stretch.end is None:
            return
        hits[stretch.start : stretch.end] = 0
        trials[stretch.start : stretch.end] = 0


def could_differ(hits: Numbers, trials: Numbers, series: int) -> bool:
    """Tell whether a series is worth a full look: whether its most telling step or segment could ever pass.

    A quick look at thousands of series: the likelihood ratio of the first guess, with room to spare.
    """
    total, tried = float(hits.sum()), float(trials.sum())
    if total <= 0 or tried <= 0:
        return False
    sums = np.cumsum(hits - total / tried * trials)
    low = np.minimum.accumulate(np.minimum(sums, 0.0))
    end = int((sums - low).argmax()) + 1
    start = int(np.flatnonzero(np.append(0.0, sums[:end]) == low[end - 1])[-1]) if end else 0
    needed = SCREEN_SHARE * math.log(2 * series / FALSE_ALARM_RATE)
    return log_likelihood_ratio(hits, trials, start, end) >= needed


def _describe(hits: Numbers, trials: Numbers, segment: Segment, earliest: int, amounts: Numbers) -> Stretch:
    periods = [pair for pair in find_bad_periods(hits, trials, segment) if pair[0] >= earliest]
    if len(periods) >= PERIODS_INTERMITTENT:
        start, end, shape = periods[0][0], periods[-1][1], Shape.INTERMITTENT
    else:
        start, end, shape = segment.start, segment.end, Shape.SUDDEN
    period = find_period([start for start, _ in periods]) if shape is Shape.INTERMITTENT else None
    if period is not None:
        shape = Shape.PERIODIC
    if shape is Shape.SUDDEN:
        start, shape = _find_growth(amounts, trials, start, end, earliest)
    ended = _has_ended(hits, trials, start, end, _measure_spacing(periods))
    before, after = _rate(hits[:start], trials[:start]), _rate(hits[start:end], trials[start:end])
    total = float(hits[start:end].sum())
    return Stretch(start, end if ended else None, shape, before, after, total, segment.chance, period)


def _find_growth(amounts: Numbers, trials: Numbers, start: int, end: int, earliest: int) -> tuple[int, Shape]:
    """Tell growth from a step; growth begins at the ramp's lower knot."""
    foot, top, gain = find_ramp(amounts, trials, start, end)
    long_enough = top - foot > max(RAMP_SHARE * (end - foot), 2)
    if gain >= RAMP_GAIN and long_enough and foot >= earliest:
        return foot, Shape.GRADUAL
    return start, Shape.SUDDEN


def _measure_spacing(periods: Sequence[tuple[int, int]]) -> int:
    """Return the longest time from the start of one bad period to the next, in buckets; 0 when they are too few."""
    if len(periods) < PERIODS_INTERMITTENT:
        return 0
    return max(later - earlier for (earlier, _), (later, _) in pairwise(periods))


def _has_ended(hits: Numbers, trials: Numbers, start: int, end: int, spacing: int) -> bool:
    """Tell whether what follows is long enough for the absence of the behaviour to mean something.

    What comes again and again has not ended before it stays away for twice as long as it ever did.
    """
    if len(hits) - end < 2 * spacing:
        return False
    inside, rest = _rate(hits[start:end], trials[start:end]), trials[end:]
    return inside * float(rest.sum()) >= RECOVERY_EVENTS and _rate(hits[end:], rest) < inside / 2


def _rate(hits: Numbers, trials: Numbers) -> float:
    total = float(trials.sum())
    return float(hits.sum()) / total if total else 0.0
