"""Sketches of latencies: made from durations, added up, asked for quantiles and for how many are above a line.

A bucket's value is right to 1 %. Quantiles come with an interval from the order of the durations alone, whatever their
distribution; the ratio of two quantiles has the interval of both, each at half the level.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from hotfix.rollout.contract import Interval, LatencySketch
from hotfix.rollout.judge.bounds import find_ranks
from hotfix.rollout.judge.limits import SKETCH_FACTOR, SKETCH_LEAST_MS, SKETCH_MOST_MS

_LOG_FACTOR = math.log(SKETCH_FACTOR)


def sketch_durations(durations_ms: Iterable[float]) -> LatencySketch:
    """Return the sketch of some requests' durations, milliseconds."""
    return LatencySketch(tuple(sorted(Counter(map(find_bucket, durations_ms)).items())))


def sketch_histogram(bounds_ms: Sequence[float], counts: Sequence[int], *, canary: bool) -> LatencySketch:
    """Return the sketch of a histogram with coarse buckets, as Prometheus keeps them.

    So that no bucket's width is taken for slowness, the canary's requests are put at the lower end of their buckets and
    the baseline's at the upper end.

    Args:
        bounds_ms: rising upper bounds of the buckets; the last one may be infinite.
        counts: requests of each bucket alone, not added up.
        canary: whose histogram it is.
    """
    uppers = [min(bound, SKETCH_MOST_MS) for bound in bounds_ms]
    ends = [0.0, *uppers][: len(uppers)] if canary else uppers
    found: Counter[int] = Counter()
    for end, count in zip(ends, counts, strict=True):
        if count:
            found[find_bucket(end)] += count
    return LatencySketch(tuple(sorted(found.items())))


def find_bucket(duration_ms: float) -> int:
    """Return the bucket of a duration."""
    return math.ceil(math.log(min(max(duration_ms, SKETCH_LEAST_MS), SKETCH_MOST_MS)) / _LOG_FACTOR)


def add_sketches(sketches: Iterable[LatencySketch]) -> LatencySketch:
    """Return the sketch of the requests of all."""
    counts: Counter[int] = Counter()
    for sketch in sketches:
        counts.update(dict(sketch.buckets))
    return LatencySketch(tuple(sorted(counts.items())))


def find_quantile(sketch: LatencySketch, quantile: float) -> float | None:
    """Return a quantile, milliseconds; None without durations."""
    return _value_at(sketch, max(1, math.ceil(quantile * sketch.count))) if sketch.count else None


def compare_quantiles(canary: LatencySketch, baseline: LatencySketch, quantile: float, level: float) -> Interval | None:
    """Return the canary's quantile over the baseline's, with an interval that misses with a chance of at most `level`.

    None when a side has no durations. A bound that so few durations cannot give is 0 or infinity.
    """
    above, below = find_quantile(canary, quantile), find_quantile(baseline, quantile)
    if above is None or below is None:
        return None
    canary_low, canary_high = _bound_quantile(canary, quantile, level / 2)
    baseline_low, baseline_high = _bound_quantile(baseline, quantile, level / 2)
    return Interval(
        estimate=above / below,
        low=canary_low / baseline_high,
        high=canary_high / baseline_low if baseline_low else math.inf,
    )


def count_above(sketch: LatencySketch, line: int, factor: float = 1.0) -> int:
    """Return how many durations lie above `factor` times the bucket `line`; those that may not are left out."""
    bucket = line + math.ceil(math.log(factor) / _LOG_FACTOR)
    return sum(count for found, count in sketch.buckets if found > bucket)


def find_line(sketch: LatencySketch, quantile: float) -> int | None:
    """Return the bucket that holds a quantile; None without durations."""
    value = find_quantile(sketch, quantile)
    return None if value is None else find_bucket(value)


def _bound_quantile(sketch: LatencySketch, quantile: float, level: float) -> tuple[float, float]:
    low, high = find_ranks(sketch.count, quantile, level)
    return (
        _value_at(sketch, low) if low else 0.0,
        _value_at(sketch, high) if high <= sketch.count else math.inf,
    )


def _value_at(sketch: LatencySketch, rank: int) -> float:
    """Return the duration of a rank, 1-based, in the middle of its bucket."""
    ranks = list(accumulate(count for _bucket, count in sketch.buckets))
    bucket, _count = sketch.buckets[bisect_left(ranks, rank)]
    return math.exp((bucket - 0.5) * _LOG_FACTOR)
