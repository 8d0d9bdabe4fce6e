import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfix.rollout.contract import LatencySketch
from hotfix.rollout.judge.latency import (
    add_sketches,
    compare_quantiles,
    count_above,
    find_line,
    find_quantile,
    sketch_durations,
    sketch_histogram,
)

_DURATIONS = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=200)


@settings(deadline=None, max_examples=50)
@given(_DURATIONS, st.sampled_from([0.5, 0.95, 0.99]))
def test_quantile_is_right_to_one_percent(durations: list[float], quantile: float) -> None:
    """A sketch's quantile is that of the durations, but for the width of a bucket."""
    rank = max(1, math.ceil(quantile * len(durations)))
    assert find_quantile(sketch_durations(durations), quantile) == pytest.approx(
        sorted(durations)[rank - 1], rel=0.0101
    )


@settings(deadline=None, max_examples=50)
@given(_DURATIONS, _DURATIONS)
def test_sketches_add_up(first: list[float], second: list[float]) -> None:
    """The sum of two sketches is the sketch of all their requests."""
    assert add_sketches((sketch_durations(first), sketch_durations(second))) == sketch_durations(first + second)


@settings(deadline=None, max_examples=50)
@given(_DURATIONS, st.floats(1, 5))
def test_only_what_is_surely_above_a_line_counts(durations: list[float], factor: float) -> None:
    """No duration is counted that does not exceed the factor times the line's bucket."""
    sketch = sketch_durations(durations)
    line = find_line(sketch, 0.5)
    assert line is not None
    assert count_above(sketch, line, factor) <= sum(one > factor * 1.02 ** (line - 1) for one in durations)


def test_ratio_of_quantiles_holds_the_truth() -> None:
    """The interval of p95's ratio misses the true one in fewer than one of twenty samples."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(100):
        canary, baseline = 60 * rng.lognormal(0, 0.6, 300), 40 * rng.lognormal(0, 0.6, 900)
        found = compare_quantiles(sketch_durations(canary), sketch_durations(baseline), 0.95, 0.05)
        assert found is not None
        held += found.low <= 1.5 <= found.high
    assert held >= 95


def test_side_without_durations_has_no_ratio() -> None:
    """Nothing is compared with nothing."""
    assert compare_quantiles(sketch_durations([1.0]), LatencySketch(), 0.95, 0.05) is None


def test_few_durations_bound_p95_on_one_side_only() -> None:
    """Ten requests say how low the canary's p95 may be, and not how high."""
    ten = sketch_durations([10.0] * 10)
    found = compare_quantiles(ten, sketch_durations([10.0] * 1000), 0.95, 0.05)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(1.0), math.inf)


def test_coarse_histogram_is_not_taken_for_slowness() -> None:
    """A canary that is a tenth slower and falls into the next bucket is not twice as slow; five times is seen."""
    bounds = (50.0, 100.0, 250.0, 500.0, math.inf)
    baseline = sketch_histogram(bounds, (0, 960, 40, 0, 0), canary=False)
    line = find_line(baseline, 0.95)
    assert line is not None
    assert count_above(sketch_histogram(bounds, (0, 900, 100, 0, 0), canary=True), line, 2.0) == 0
    assert count_above(sketch_histogram(bounds, (0, 0, 900, 60, 40), canary=True), line, 2.0) == 100


def test_histogram_without_requests_is_an_empty_sketch() -> None:
    """Buckets in which nothing fell leave no trace, the infinite one included."""
    assert sketch_histogram((1.0, math.inf), (0, 0), canary=False) == LatencySketch()
    assert find_quantile(sketch_histogram((1.0, math.inf), (0, 1), canary=False), 0.5) == pytest.approx(1e9, rel=0.01)
