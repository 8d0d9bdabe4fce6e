"""What is known of one rollout, or of many at once, after each window: counts and the evidence of each rule.

All values are arrays of one shape (...), so that one rollout (shape ()) and a simulation of thousands go through the
same code. A new window makes a new state.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from hotfix.rollout.contract import Policy, Rule
from hotfix.rollout.judge.bounds import Floats, bound_share_above
from hotfix.rollout.judge.evidence import (
    Evidence,
    add_window,
    compare_sides,
    exceed_share,
    fall_short_of_rate,
    fall_short_of_share,
    lay_stakes,
)
from hotfix.rollout.judge.limits import (
    BUDGET,
    BUG_LEFT,
    LACKS,
    LATER_FACTOR,
    QUANTILES,
    TOLERATED_OVER_BASELINE,
)

Whole = NDArray[np.int64]
_P95 = QUANTILES.index(0.95)


@dataclass(frozen=True, slots=True)
class Window:
    """The counts of one window, shape (...) where nothing else is said."""

    phase: Whole  # index into the policy's phases
    share: Floats  # of requests that the canary should get
    elapsed_s: Floats  # from the phase's begin to the window's end
    canary: Floats  # requests
    canary_errors: Floats
    baseline: Floats
    baseline_errors: Floats
    canary_bug: Floats
    baseline_bug: Floats
    usual: Floats  # requests of both sides by history; NaN: not known
    canary_timed: Floats  # requests whose duration is known
    baseline_timed: Floats
    canary_slow: Floats  # (..., quantiles): durations above `rollback_p95` times the baseline's quantile until then
    canary_slower: Floats  # the same for `success_p95`
    baseline_slow: Floats  # (..., quantiles): durations of the baseline above its quantile until then
    fatal: Floats  # times of the most frequent new fatal class in the canary

    def keep(self, kept: Whole) -> "Window":
        """Return the counts of some of the rollouts, by their numbers on the first axis."""
        return Window(**{one.name: getattr(self, one.name)[kept] for one in fields(self)})

    def replace_where(self, place: NDArray[np.bool_], other: "Window") -> "Window":
        """Return these counts, with those of another window at some places of the first axis."""
        chosen = {one.name: getattr(self, one.name).copy() for one in fields(self)}
        for name, values in chosen.items():
            values[place] = getattr(other, name)[place]
        return Window(**chosen)


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the rules read, after some windows."""

    phase: Whole
    n: Floats  # canary requests of this phase
    errors: Floats  # of them failed
    looks: Floats  # windows of this phase since both minima are met
    canary: Floats  # the same of the whole rollout
    canary_errors: Floats
    baseline: Floats
    baseline_errors: Floats
    baseline_timed: Floats
    baseline_slow: Floats  # above its 95th percentile until then
    fatal: Floats
    errors_before: Floats  # upper bound of the baseline's error ratio when full traffic began; NaN: not yet
    slow_before: Floats  # the same of its durations above the line
    of_errors: Evidence
    of_limit: Evidence
    of_errors_before: Evidence
    of_latency: Evidence  # shape (..., quantiles, effects)
    of_slower: Evidence
    of_latency_before: Evidence
    of_volume: Evidence
    of_bug: Evidence

    def keep(self, kept: NDArray[np.bool_]) -> "State":
        """Return the state of some of the rollouts, by the first axis."""
        chosen = {one.name: getattr(self, one.name) for one in fields(self)}
        for name, part in chosen.items():
            chosen[name] = part.keep(kept) if isinstance(part, Evidence) else part[kept]
        return State(**chosen)


def begin_state(shape: tuple[int, ...] = ()) -> State:
    """Return the state before the first window."""
    zero, unknown, stakes = np.zeros(shape), np.full(shape, np.nan), lay_stakes(shape)
    quantiles = lay_stakes((*shape, len(QUANTILES)))
    return State(
        phase=np.full(shape, -1, dtype=np.int64),
        n=zero,
        errors=zero,
        looks=zero,
        canary=zero,
        canary_errors=zero,
        baseline=zero,
        baseline_errors=zero,
        baseline_timed=zero,
        baseline_slow=zero,
        fatal=zero,
        errors_before=unknown,
        slow_before=unknown,
        of_errors=stakes,
        of_limit=stakes,
        of_errors_before=stakes,
        of_latency=quantiles,
        of_slower=quantiles,
        of_latency_before=stakes,
        of_volume=lay_stakes(shape, len(LACKS)),
        of_bug=stakes,
    )


def add_to_state(state: State, window: Window, policy: Policy) -> State:
    """Return the state after one more window."""
    return add_counts(_add_evidence(_freeze_baseline(state, window, policy), window, policy), window, policy)


def draw_error_line(state: State, policy: Policy) -> Floats:
    """Return the error ratio that is not tolerated: the policy's, or twice the baseline's where that is higher."""
    baseline = state.baseline_errors / np.maximum(state.baseline, 1.0)
    return np.clip(TOLERATED_OVER_BASELINE * baseline, policy.thresholds.rollback_errors, 0.999)


def _freeze_baseline(state: State, window: Window, policy: Policy) -> State:
    """Bound what the baseline did, where full traffic begins with this window."""
    begins = (window.share >= 1) & np.isnan(state.errors_before) & (state.baseline > 0)
    if not np.any(begins):
        return state

    def bound(known: Floats, events: Floats, tries: Floats, rule: Rule) -> Floats:
        found = known.copy()
        found[begins] = bound_share_above(events[begins], tries[begins], policy.false_rollback * BUDGET[rule] / 2)
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
    limit = exceed_share(window.canary_errors, window.canary, draw_error_line(state, policy))
    bug = compare_sides(window.canary_bug, window.baseline_bug, *sides, BUG_LEFT)
    return replace(
        state,
        of_errors=add_window(state.of_errors, errors),
        of_limit=add_window(state.of_limit, limit),
        of_errors_before=add_window(
            state.of_errors_before,
            _exceed_before(window.canary_errors, window.canary, state.errors_before),
        ),
        of_latency=add_window(state.of_latency, slow),
        of_slower=add_window(state.of_slower, slower),
        of_latency_before=add_window(
            state.of_latency_before,
            _exceed_before(window.canary_slow[..., _P95], window.canary_timed, state.slow_before),
        ),
        of_volume=add_window(state.of_volume, np.where(full, _miss_usual(window, policy), _miss_share(window, policy))),
        of_bug=add_window(state.of_bug, bug),
    )


def _exceed_before(events: Floats, tries: Floats, bound: Floats) -> Floats:
    """Return the log ratios against the frozen baseline, nought where there is none."""
    known = ~np.isnan(bound)
    ratios = exceed_share(events, tries, np.clip(np.where(known, LATER_FACTOR * bound, 0.5), 1e-9, 0.999))
    return np.asarray(np.where(known[..., None], ratios, 0.0))


def _miss_share(window: Window, policy: Policy) -> Floats:
    least = np.where(window.share >= 1, 0.5, policy.thresholds.rollback_volume * window.share)
    return fall_short_of_share(window.canary, window.canary + window.baseline, least)


def _miss_usual(window: Window, policy: Policy) -> Floats:
    usual = np.nan_to_num(window.usual)
    ratios = fall_short_of_rate(window.canary + window.baseline, policy.thresholds.rollback_volume * usual)
    return np.asarray(np.where((usual > 0)[..., None], ratios, 0.0))


def add_counts(state: State, window: Window, policy: Policy) -> State:
    """Return the state with one more window counted and nothing concluded from it."""
    goes_on = window.phase == state.phase
    n = np.where(goes_on, state.n, 0) + window.canary
    least_s = np.array([phase.minimum_s for phase in policy.phases])[window.phase]
    least_n = np.array([phase.minimum_requests for phase in policy.phases])[window.phase]
    looked = (window.elapsed_s >= least_s) & (n >= least_n)
    return replace(
        state,
        phase=window.phase,
        n=n,
        errors=np.where(goes_on, state.errors, 0) + window.canary_errors,
        looks=np.where(goes_on, state.looks, 0) + looked,
        canary=state.canary + window.canary,
        canary_errors=state.canary_errors + window.canary_errors,
        baseline=state.baseline + window.baseline,
        baseline_errors=state.baseline_errors + window.baseline_errors,
        baseline_timed=state.baseline_timed + window.baseline_timed,
        baseline_slow=state.baseline_slow + window.baseline_slow[..., _P95],
        fatal=window.fatal,
    )
