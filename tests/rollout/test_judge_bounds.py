import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hotfix.rollout.judge.bounds import (
    bound_share,
    bound_share_roughly,
    find_ranks,
    find_tail,
    is_share_below,
)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 100_000), st.floats(0, 1), st.floats(1e-6, 1 - 1e-6))
def test_tail_is_that_of_the_binomial_distribution(tries: int, seen: float, share: float) -> None:
    """The chance of at most so many events is what scipy says, from one request to a hundred thousand."""
    events = int(seen * tries)
    assert float(find_tail(events, tries, share)) == pytest.approx(stats.binom.cdf(events, tries, share), abs=1e-10)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 50_000), st.floats(0, 1), st.sampled_from([0.05, 0.01, 0.001]))
def test_bounds_are_those_of_clopper_and_pearson(tries: int, seen: float, level: float) -> None:
    """Upper and lower bound are the quantiles of the beta distribution that define them."""
    events = int(seen * tries)
    above = stats.beta.ppf(1 - level, events + 1, tries - events) if events < tries else 1.0
    below = stats.beta.ppf(level, events, tries - events + 1) if events else 0.0
    found = bound_share(events, tries, level)[::-1]
    assert found == (pytest.approx(above, abs=1e-8), pytest.approx(below, abs=1e-8))


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 50_000), st.floats(0, 1), st.sampled_from([0.05, 0.0005]))
def test_rough_bound_is_above_the_exact_one(tries: int, seen: float, level: float) -> None:
    """Chernoff's bound holds wherever Clopper's and Pearson's does, and lies near it."""
    events = int(seen * tries)
    exact, rough = bound_share(events, tries, level)[1], float(bound_share_roughly(events, tries, level))
    assert exact - 1e-8 <= rough <= exact + 1.2 / tries**0.5


def test_nothing_seen_bounds_nothing() -> None:
    """Without a request a share may be anything."""
    assert bound_share(0, 0, 0.05) == (0.0, 1.0)


def test_fifty_nine_good_requests_are_below_five_percent_and_fifty_eight_are_not() -> None:
    """The rule of 59: that many requests without an error bound the ratio below 5 % at 95 %."""
    assert is_share_below(np.zeros(2), np.array([58, 59]), 0.05, 0.05).tolist() == [False, True]


@pytest.mark.parametrize(("count", "quantile"), [(60, 0.5), (60, 0.95), (1000, 0.99)])
def test_ranks_hold_the_quantile(count: int, quantile: float) -> None:
    """Between the ranked values the true quantile lies as often as promised, and not much more often."""
    low, high = find_ranks(count, quantile, 0.05)
    values = np.sort(np.random.default_rng(1).random((20_000, count)), axis=1)
    padded = np.concatenate((np.zeros((20_000, 1)), values, np.ones((20_000, 1))), axis=1)
    held = np.mean((padded[:, low] <= quantile) & (quantile <= padded[:, high]))
    assert 0.945 <= held <= 0.995
