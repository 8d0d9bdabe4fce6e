"""Scan statistics against brute force and against scipy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hotfix.signal.detectors.silence import pause_chance
from hotfix.signal.scan import (
    estimate_dispersion,
    find_segment,
    log_likelihood_ratio,
)
from hotfix.signal.shapes import find_bad_periods, find_ramp

_COUNTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=24)


def _arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    hits = np.array([pair[0] for pair in pairs], float)
    return hits, hits + np.array([pair[1] for pair in pairs], float)


def _step(rng: np.random.Generator, start: int, end: int, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    trials = rng.poisson(20, 300).astype(float)
    rate = np.full(300, low)
    rate[start:end] = high
    return rng.binomial(trials.astype(int), rate).astype(float), trials


@pytest.mark.parametrize(("events", "share"), [(6, 0.5), (12, 0.5), (8, 0.1), (30, 0.8)])
def test_chance_of_all_rare_events_in_one_part_is_share_to_their_number(events: int, share: float) -> None:
    """When all of k rare events lie in a share f of the data, exp(-ratio) is f to the k, exactly the binomial tail."""
    trials = np.full(1000, 1e6)
    hits = np.zeros(1000)
    hits[-events:] = 1
    ratio = log_likelihood_ratio(hits, trials, round(1000 * (1 - share)), 1000)
    assert math.exp(-ratio) == pytest.approx(stats.binom.sf(events - 1, events, share), rel=1e-4)


@given(_COUNTS, st.data())
def test_chance_never_falls_below_the_exact_binomial_tail(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    """For rare events exp(-ratio) bounds the exact conditional tail from above (Chernoff)."""
    hits, _ = _arrays(pairs)
    start = data.draw(st.integers(0, len(pairs) - 1))
    trials = np.full(len(pairs), 1e7)
    inside, total, share = hits[start:].sum(), hits.sum(), (len(pairs) - start) / len(pairs)
    if total and inside / total > share:
        exact = stats.binom.sf(inside - 1, total, share)
        assert math.exp(-log_likelihood_ratio(hits, trials, start, len(pairs))) >= exact * (1 - 1e-3)


@settings(derandomize=True, max_examples=300)
@given(_COUNTS)
def test_segment_is_as_likely_as_the_best_of_all_segments(pairs: list[tuple[int, int]]) -> None:
    """The segment found reaches about the likelihood ratio of the best one, tried one by one."""
    hits, trials = _arrays(pairs)
    found = find_segment(hits, trials)
    best = 0.0
    for start in range(len(pairs)):
        for end in range(start + 1, len(pairs) + 1):
            inside, outside = trials[start:end].sum(), trials.sum() - trials[start:end].sum()
            low = (hits.sum() - hits[start:end].sum()) / outside if outside else 0.0
            if inside and outside and hits[start:end].sum() / inside > low:
                best = max(best, log_likelihood_ratio(hits, trials, start, end))
    reached = 0.0 if found is None else log_likelihood_ratio(hits, trials, found.start, found.end)
    assert reached >= 0.75 * best - 1.5  # far below what any number of series needs to be significant


def test_step_is_found_where_it_is() -> None:
    """A step from 1 % to 20 % is found to the bucket, with both rates."""
    found = find_segment(*_step(np.random.default_rng(2), 180, 300, 0.01, 0.2))
    assert found is not None
    assert (found.start, found.end) == (180, 300)
    assert (found.outside, found.inside) == (pytest.approx(0.01, abs=0.005), pytest.approx(0.2, abs=0.02))


def test_chance_in_unchanged_series_is_not_understated() -> None:
    """Among 1,000 unchanged series at most 1 % have a segment with a chance below 1 %."""
    rng = np.random.default_rng(3)
    found = [find_segment(*_step(rng, 0, 300, 0.02, 0.02), 15) for _ in range(1000)]
    assert sum(segment is not None and segment.chance < 0.01 for segment in found) <= 10


def test_dispersion_of_independent_records_is_one_and_of_bursts_their_size() -> None:
    """Independent hits have a dispersion near 1; hits that come eight at a time have one of about 8."""
    rng = np.random.default_rng(4)
    trials = np.full(600, 100.0)
    single, burst = rng.poisson(0.5, 600).astype(float), 8.0 * rng.poisson(0.06, 600)
    assert estimate_dispersion(single, trials, 300, 600) < 1.5
    assert 5 < estimate_dispersion(burst, trials, 300, 600) < 12


def test_every_bad_period_is_found() -> None:
    """Three bad periods in a series are told apart."""
    rng = np.random.default_rng(5)
    hits, trials = _step(rng, 100, 120, 0.01, 0.4)
    for start in (160, 240):
        hits[start : start + 20] = rng.binomial(trials[start : start + 20].astype(int), 0.4)
    segment = find_segment(hits, trials)
    assert segment is not None
    assert find_bad_periods(hits, trials, segment) == [(100, 120), (160, 180), (240, 260)]


def test_ramp_explains_growth_and_no_step() -> None:
    """A ramp explains most of what a step leaves of linear growth, and nothing more than a step of a step."""
    trials = np.full(300, 50.0)
    growth = trials * np.clip((np.arange(300) - 120) / 180, 0, 1)
    step = trials * (np.arange(300) >= 120)
    foot, top, gain = find_ramp(growth, trials, 200, 300)
    assert (abs(foot - 120) <= 3, top >= 290, gain > 0.9) == (True, True, True)
    assert find_ramp(step, trials, 120, 300)[2] <= 0


@pytest.mark.parametrize("factor", [1.5, 3.0])
def test_chance_of_a_long_pause_agrees_with_simulation(factor: float) -> None:
    """The chance that the longest of 12 random pauses exceeds the next by a factor is what simulation says."""
    rng = np.random.default_rng(6)
    pauses = np.sort(rng.exponential(size=(40_000, 12)), axis=1)
    simulated = float((pauses[:, -1] > factor * pauses[:, -2]).mean())
    assert pause_chance(int(factor * 1000), 1000, 13) == pytest.approx(simulated, rel=0.15)
