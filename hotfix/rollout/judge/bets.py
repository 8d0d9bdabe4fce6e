"""Lays the bets of each rule on one more window: what is counted as worse than allowed, and in which windows."""

from dataclasses import replace
from math import log

import numpy as np

from hotfix.rollout.contract import Policy, Rule
from hotfix.rollout.judge.bounds import Floats, bound_share_roughly
from hotfix.rollout.judge.evidence import (
    Evidence,
    add_window,
    compare_sides,
    exceed_share,
    fall_short_of_rate,
    fall_short_of_share,
)
from hotfix.rollout.judge.limits import (
    BUDGET,
    BUG_LEFT,
    LATER_FACTOR,
    ONE_WINDOW_SHARE,
    QUANTILES,
    TOLERATED_OVER_BASELINE,
)
from hotfix.rollout.judge.state import State, Window, add_counts

_P95 = QUANTILES.index(0.95)


def add_to_state(state: State, window: Window, policy: Policy) -> State:
    """Return the state after one more window."""
    return add_counts(_add_evidence(_freeze_baseline(state, window, policy), window, policy), window, policy)


def find_needed(rule: Rule, policy: Policy) -> float:
    """Return the logarithm of the stake from which a rule rolls back; to bound an earlier baseline takes half."""
    parts = 2 if rule in {Rule.ERRORS_BEFORE, Rule.LATENCY_BEFORE} else 1
    return -log(policy.false_rollback * BUDGET[rule] / parts)


def draw_error_line(state: State, policy: Policy) -> Floats:
    """Return the error ratio that is not tolerated: the policy's, or twice the baseline's where that is higher."""
    baseline = state.baseline_errors / np.maximum(state.baseline, 1.0)
    return np.clip(TOLERATED_OVER_BASELINE * baseline, policy.thresholds.rollback_errors, 0.999)


def draw_promotion_line(state: State, policy: Policy) -> Floats:
    """Return the error ratio below which a canary must surely be to go on: the baseline's and the line together.

    So a canary that is as good as a baseline with errors is promoted at the same numbers as one without.
    """
    baseline = state.baseline_errors / np.maximum(state.baseline, 1.0)
    return np.asarray(np.minimum(policy.thresholds.rollback_errors + baseline, 0.999))


def _freeze_baseline(state: State, window: Window, policy: Policy) -> State:
    """Bound what the baseline did, where full traffic begins with this window."""
    begins = (window.share >= 1) & (window.canary > 0) & np.isnan(state.errors_before) & (state.baseline > 0)
    if not np.any(begins):
        return state

    def bound(known: Floats, events: Floats, tries: Floats, rule: Rule) -> Floats:
        found = known.copy()
        found[begins] = bound_share_roughly(events[begins], tries[begins], policy.false_rollback * BUDGET[rule] / 2)
        return found

    return replace(
        state,
        errors_before=bound(state.errors_before, state.baseline_errors, state.baseline, Rule.ERRORS_BEFORE),
        slow_before=bound(state.slow_before, state.baseline_slow, state.baseline_timed, Rule.LATENCY_BEFORE),
    )


def _add_evidence(state: State, window: Window, policy: Policy) -> State:
    limits, full = policy.thresholds, (window.share >= 1)[..., None]
    sides = (window.canary, window.baseline)
    timed = (window.canary_timed[..., None], window.baseline_timed[..., None])
    errors = compare_sides(window.canary_errors, window.baseline_errors, *sides, limits.minimum_effect)
    slow = compare_sides(window.canary_slow, window.baseline_slow, *timed)
    slower = compare_sides(window.canary_slower, window.baseline_slow, *timed)
    bug = compare_sides(window.canary_bug, window.baseline_bug, *sides, BUG_LEFT)
    volume = np.where(full, _miss_usual(window, policy), _miss_share(window, policy))
    return replace(
        state,
        of_errors=add_window(state.of_errors, errors / policy.errors_per_fault),
        of_limit=_exceed_limit(state, window, policy),
        of_errors_before=_exceed_errors_before(state, window, policy),
        of_latency=add_window(state.of_latency, slow),
        of_slower=add_window(state.of_slower, slower),
        of_latency_before=_exceed_latency_before(state, window, policy),
        of_volume=add_window(state.of_volume, np.where(window.settled[..., None], volume, 0.0)),
        of_bug=add_window(state.of_bug, bug / policy.errors_per_fault),
    )


def _exceed_limit(state: State, window: Window, policy: Policy) -> Evidence:
    """Bet against the line, but for windows in which the baseline is above it too: those are judged beside it alone."""
    line = draw_error_line(state, policy)
    ratios = exceed_share(window.canary_errors, window.canary, line) / policy.errors_per_fault
    shared = window.baseline_errors > line * window.baseline
    return _add_cut(state.of_limit, np.where(shared[..., None], 0.0, ratios), Rule.ERRORS_LIMIT, policy)


def _exceed_errors_before(state: State, window: Window, policy: Policy) -> Evidence:
    ratios = _exceed_bound(window.canary_errors, window.canary, state.errors_before) / policy.errors_per_fault
    return _add_cut(state.of_errors_before, ratios, Rule.ERRORS_BEFORE, policy)


def _exceed_latency_before(state: State, window: Window, policy: Policy) -> Evidence:
    ratios = _exceed_bound(window.canary_slow[..., _P95], window.canary_timed, state.slow_before)
    return _add_cut(state.of_latency_before, ratios, Rule.LATENCY_BEFORE, policy)


def _exceed_bound(events: Floats, tries: Floats, bound: Floats) -> Floats:
    """Return the log ratios against the frozen baseline, nought where there is none."""
    known = ~np.isnan(bound)
    ratios = exceed_share(events, tries, np.clip(np.where(known, LATER_FACTOR * bound, 0.5), 1e-9, 0.999))
    return np.where(known[..., None], ratios, 0.0)


def _add_cut(evidence: Evidence, ratios: Floats, rule: Rule, policy: Policy) -> Evidence:
    """Add a window without what one may not give, so that it takes two; a bet that is cut is still fair."""
    most = ONE_WINDOW_SHARE * (find_needed(rule, policy) - evidence.log_weight)
    return add_window(evidence, np.minimum(ratios, most))


def _miss_share(window: Window, policy: Policy) -> Floats:
    least = np.where(window.share >= 1, 0.5, policy.thresholds.rollback_volume * window.share)
    return fall_short_of_share(window.canary, window.canary + window.baseline, least)


def _miss_usual(window: Window, policy: Policy) -> Floats:
    usual = np.nan_to_num(window.usual)
    ratios = fall_short_of_rate(window.canary + window.baseline, policy.thresholds.rollback_volume * usual)
    return np.asarray(np.where((usual > 0)[..., None], ratios, 0.0))
