import math

import numpy as np
import pytest
from scipy import stats

from hotfix.rollout.judge.bounds import Floats
from hotfix.rollout.judge.evidence import (
    add_window,
    compare_sides,
    exceed_share,
    fall_short_of_rate,
    fall_short_of_share,
    lay_stakes,
)
from hotfix.rollout.judge.limits import LACKS


@pytest.mark.parametrize(("canary", "baseline"), [(1, 9), (5, 45), (20, 20), (50, 10)])
@pytest.mark.parametrize("allowed", [1.0, 1.1, 2.0])
def test_bet_between_sides_is_never_favourable_while_they_fail_alike(
    canary: int, baseline: int, allowed: float
) -> None:
    """For every number of failed requests the expected growth of each stake is at most 1, exactly."""
    grown = []
    for failed in range(canary + baseline + 1):
        events = np.arange(max(0, failed - baseline), min(canary, failed) + 1)
        odds = stats.nchypergeom_fisher(canary + baseline, canary, failed, allowed)
        ratios = compare_sides(events, failed - events, canary, baseline, allowed)
        grown.append((odds.pmf(events)[:, None] * np.exp(ratios)).sum(axis=0).max())
    assert max(grown) <= 1 + 1e-9


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.3])
@pytest.mark.parametrize("allowed", [1.0, 1.1, 2.0])
def test_bet_between_sides_is_never_favourable_while_the_rates_are_as_allowed(rate: float, allowed: float) -> None:
    """Requests that fail independently, the canary's as often as allowed: the expected growth is at most 1, exactly."""
    canary, baseline = np.arange(31)[:, None], np.arange(91)[None, :]
    chance = stats.binom.pmf(canary, 30, allowed * rate) * stats.binom.pmf(baseline, 90, rate)
    ratios = compare_sides(canary, baseline, 30, 90, allowed)
    assert (chance[..., None] * np.exp(ratios)).sum(axis=(0, 1)).max() <= 1 + 1e-9


@pytest.mark.parametrize("share", [0.001, 0.03, 0.05])
def test_bet_against_a_limit_is_never_favourable_below_it(share: float) -> None:
    """At the limit and below it the expected growth is at most 1."""
    events = np.arange(201)
    ratios = exceed_share(events, 200, 0.05)
    assert (stats.binom.pmf(events, 200, share)[:, None] * np.exp(ratios)).sum(axis=0).max() <= 1 + 1e-9


def test_bets_against_enough_requests_are_never_favourable_while_they_come() -> None:
    """As many requests as allowed, or more, do not let a stake grow, neither of a share nor of a rate."""
    events = np.arange(400)
    shares = stats.binom.pmf(events, 200, 0.08)[:, None] * np.exp(fall_short_of_share(events, 200, 0.06))
    rates = stats.poisson.pmf(events, 80)[:, None] * np.exp(fall_short_of_rate(events, 60))
    assert max(shares[:201].sum(axis=0).max(), rates.sum(axis=0).max()) <= 1 + 1e-9


def test_stake_reaches_its_line_no_more_often_than_promised() -> None:
    """Of two equal versions at most one in twenty ever reaches a stake of 20, in two hundred looks."""
    rng, evidence = np.random.default_rng(2), lay_stakes((4000,))
    highest = np.full(4000, -np.inf)
    for _ in range(200):
        failed = rng.binomial(10, 0.1, 4000), rng.binomial(30, 0.1, 4000)
        evidence = add_window(evidence, compare_sides(*failed, 10, 30))
        highest = np.maximum(highest, evidence.log_stake)
    assert 0 < np.mean(highest >= math.log(20)) <= 0.05


def test_version_that_turns_bad_late_is_found_soon() -> None:
    """A hundred good windows do not hide ten bad ones: stakes were laid on every beginning."""
    evidence = lay_stakes(())
    for window in range(110):
        evidence = add_window(evidence, compare_sides(0 if window < 100 else 8, 0, 100, 900))
    assert float(evidence.log_stake) > math.log(1000)


def test_trouble_of_both_sides_is_no_evidence() -> None:
    """An outage that hits both versions alike does not speak against the new one."""
    evidence = lay_stakes(())
    for failed in (0, 50, 90, 50, 0):
        evidence = add_window(evidence, compare_sides(failed, 9 * failed, 100, 900))
    assert float(evidence.log_stake) < 0


def test_empty_window_says_nothing() -> None:
    """Without requests no stake changes, whichever bet it is."""
    ratios: list[Floats] = [compare_sides(0, 0, 0, 0), exceed_share(0, 0, 0.05), fall_short_of_share(0, 0, 0.06)]
    assert [np.abs(one).max() for one in ratios] == [0.0, 0.0, 0.0]
    assert lay_stakes((), len(LACKS)).grown.shape == (len(LACKS),)
