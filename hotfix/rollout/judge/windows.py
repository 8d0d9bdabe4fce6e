"""Follows the observations of one rollout into the state that the rules read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hotfix.rollout.contract import FatalClass, LatencySketch, NewError, Observation, Policy, Side
from hotfix.rollout.judge.latency import add_sketches, count_above, find_line
from hotfix.rollout.judge.limits import QUANTILES
from hotfix.rollout.judge.rules import take_window
from hotfix.rollout.judge.state import State, Window, begin_state


@dataclass(frozen=True, slots=True)
class Before:
    """What a window is held against: what came before it in the rollout, and what of the rollout is new by now."""

    began_s: float  # of its phase
    baseline: LatencySketch
    fatal: int  # times of the most frequent new fatal class, this window included
    new_errors: int  # the same of other kinds of errors


def follow_windows(policy: Policy, seen: Sequence[Observation], phase: int, began_s: float) -> State:
    """Return the state after all windows; where the phase at hand has none yet, after an empty one."""
    state, baseline, began = begin_state(), LatencySketch(), {phase: began_s}
    windows = list(seen)
    if not windows or windows[-1].phase != phase:
        windows.append(Observation(phase, began_s, began_s, Side(), Side()))
    for index, one in enumerate(windows):
        so_far = windows[: index + 1]
        fatal, new = (max(found.values(), default=0) for found in (count_fatal(so_far), count_new_errors(so_far)))
        before = Before(began.setdefault(one.phase, one.begin_s), baseline, fatal, new)
        state = take_window(state, _make_window(one, policy, before), policy)
        baseline = add_sketches((baseline, one.baseline.latency))
    return state


def count_fatal(seen: Sequence[Observation]) -> Mapping[str, int]:
    """Return how often each new fatal class came in the canary; one that the baseline shows as well is not new."""
    return _count_new([one for window in seen for one in window.fatal])


def count_new_errors(seen: Sequence[Observation]) -> Mapping[str, int]:
    """Return the same of new kinds of errors that are not fatal."""
    return _count_new([one for window in seen for one in window.new_errors])


def _count_new(found: Sequence[FatalClass | NewError]) -> Mapping[str, int]:
    old = {one.name for one in found if one.baseline}
    times = Counter[str]()
    for one in found:
        if one.name not in old and one.canary:
            times[one.name] += one.canary
    return times


def _make_window(one: Observation, policy: Policy, before: Before) -> Window:
    """Return the window's counts; its durations are held against the quantiles of the baseline before it."""
    limits, settled = policy.thresholds, one.begin_s - before.began_s >= policy.settle_s
    old_alone = one.end_s <= before.began_s
    known = (settled or old_alone) and before.baseline.count >= policy.window_requests
    lines = [find_line(before.baseline, quantile) if known else None for quantile in QUANTILES]

    def count_slow(sketch: LatencySketch, factor: float) -> list[int]:
        return [0 if line is None else count_above(sketch, line, factor) for line in lines]

    return Window(
        phase=np.asarray(one.phase, dtype=np.int64),
        share=np.asarray(policy.phases[one.phase].share, dtype=float),
        elapsed_s=np.asarray(one.end_s - before.began_s, dtype=float),
        canary=np.asarray(one.canary.requests, dtype=float),
        canary_errors=np.asarray(one.canary.errors, dtype=float),
        baseline=np.asarray(one.baseline.requests, dtype=float),
        baseline_errors=np.asarray(one.baseline.errors, dtype=float),
        canary_bug=np.asarray(one.canary.bug, dtype=float),
        baseline_bug=np.asarray(one.baseline.bug, dtype=float),
        usual=np.asarray(np.nan if one.usual_requests is None else one.usual_requests, dtype=float),
        canary_timed=np.asarray(one.canary.latency.count if known else 0, dtype=float),
        baseline_timed=np.asarray(one.baseline.latency.count if known else 0, dtype=float),
        canary_slow=np.asarray(count_slow(one.canary.latency, limits.rollback_p95), dtype=float),
        canary_slower=np.asarray(count_slow(one.canary.latency, limits.success_p95), dtype=float),
        baseline_slow=np.asarray(count_slow(one.baseline.latency, 1.0), dtype=float),
        fatal=np.asarray(before.fatal, dtype=float),
        new_errors=np.asarray(before.new_errors, dtype=float),
        settled=np.asarray(settled),
    )
