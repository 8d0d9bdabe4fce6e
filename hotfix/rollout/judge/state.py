"""What is known of one rollout, or of many at once, after each window: counts and the evidence of each rule.

All values are arrays of one shape (...), so that one rollout (shape ()) and a simulation of thousands go through the
same code. A new window makes a new state.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from hotfix.rollout.contract import Policy
from hotfix.rollout.judge.bounds import Floats
from hotfix.rollout.judge.evidence import Evidence, lay_stakes
from hotfix.rollout.judge.limits import BUDGET, LACKS, QUANTILES

Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]
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
    fatal: Floats  # times of the most frequent new fatal class in the canary, of the whole rollout
    new_errors: Floats  # the same of new kinds of errors that are not fatal
    settled: Truths  # latency and volume are judged

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
    phase_baseline: Floats  # requests of the baseline in this phase
    phase_bug: Floats  # records of the incident's template in this phase: the canary's
    phase_baseline_bug: Floats
    fatal: Floats
    new_errors: Floats
    sure: Truths  # (..., rules of `BUDGET`): which of them have rolled back at some window so far
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
        phase_baseline=zero,
        phase_bug=zero,
        phase_baseline_bug=zero,
        fatal=zero,
        new_errors=zero,
        sure=np.zeros((*shape, len(BUDGET)), dtype=np.bool_),
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


def add_counts(state: State, window: Window, policy: Policy) -> State:
    """Return the state with one more window counted and nothing concluded from it."""
    goes_on = window.phase == state.phase
    n = np.where(goes_on, state.n, 0) + window.canary
    least_s = np.array([phase.minimum_s for phase in policy.phases])[window.phase]
    least_n = np.array([phase.minimum_requests for phase in policy.phases])[window.phase]
    looked = (window.elapsed_s >= least_s) & (n >= least_n)

    def add(before: Floats, more: Floats) -> Floats:
        """Return a sum of the phase."""
        return np.asarray(np.where(goes_on, before, 0) + more)

    return replace(
        state,
        phase=window.phase,
        n=n,
        errors=add(state.errors, window.canary_errors),
        looks=add(state.looks, looked.astype(float)),
        phase_baseline=add(state.phase_baseline, window.baseline),
        phase_bug=add(state.phase_bug, window.canary_bug),
        phase_baseline_bug=add(state.phase_baseline_bug, window.baseline_bug),
        canary=state.canary + window.canary,
        canary_errors=state.canary_errors + window.canary_errors,
        baseline=state.baseline + window.baseline,
        baseline_errors=state.baseline_errors + window.baseline_errors,
        baseline_timed=state.baseline_timed + window.baseline_timed,
        baseline_slow=state.baseline_slow + window.baseline_slow[..., _P95],
        fatal=window.fatal,
        new_errors=window.new_errors,
    )
