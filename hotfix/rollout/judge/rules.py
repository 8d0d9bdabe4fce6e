"""The rules of the judge, in the order in which they speak; one array operation each, for one rollout or thousands."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hotfix.rollout.contract import Policy, Rule, Verdict
from hotfix.rollout.judge.bets import add_to_state, draw_promotion_line, find_needed
from hotfix.rollout.judge.bounds import Floats, find_tail, is_share_below
from hotfix.rollout.judge.evidence import Evidence
from hotfix.rollout.judge.limits import BUDGET, BUG_EXPECTED, LAST_LOOK_SHARE, PROMOTION_LEVEL, SUSPICION
from hotfix.rollout.judge.state import State, Truths, Whole, Window

VERDICTS: Mapping[Rule, Verdict] = {
    Rule.FATAL: Verdict.ROLL_BACK,
    Rule.ERRORS: Verdict.ROLL_BACK,
    Rule.ERRORS_LIMIT: Verdict.ROLL_BACK,
    Rule.ERRORS_BEFORE: Verdict.ROLL_BACK,
    Rule.LATENCY: Verdict.ROLL_BACK,
    Rule.LATENCY_BEFORE: Verdict.ROLL_BACK,
    Rule.VOLUME: Verdict.ROLL_BACK,
    Rule.BUG: Verdict.ROLL_BACK,
    Rule.BLIND: Verdict.BLIND,
    Rule.TIME: Verdict.HOLD,
    Rule.REQUESTS: Verdict.HOLD,
    Rule.NEW_ERRORS: Verdict.HOLD,
    Rule.BUG_UNSURE: Verdict.HOLD,
    Rule.UNSURE: Verdict.HOLD,
    Rule.STAGE: Verdict.HOLD,
    Rule.HEALTHY: Verdict.PROMOTE,
    Rule.DEADLINE: Verdict.ROLL_BACK,
}
"""What each rule leads to; the executor's own verdict at the deadline of blindness differs (`judge.judge_phase`)."""

SEQUENTIAL = tuple(rule for rule in VERDICTS if rule in BUDGET)
"""The rules that gather evidence, as they stand on the last axis of `State.sure`."""

ORDER = tuple(VERDICTS)
"""The rules in the order in which the first that holds decides; `find_rules` returns indexes into it."""


def take_window(state: State, window: Window, policy: Policy) -> State:
    """Return the state after one more window, with the rules that roll back by now: later windows take none back."""
    after = add_to_state(state, window, policy)
    return replace(after, sure=after.sure | np.stack([_is_sure(after, rule, policy) for rule in SEQUENTIAL], axis=-1))


def find_rules(state: State, policy: Policy, elapsed_s: Floats, *, deadline_runs: bool = True) -> Whole:
    """Return the index into `ORDER` of the rule that decides, shape of the state.

    Args:
        state: after the windows so far, at least one.
        policy: lines and phases.
        elapsed_s: since the begin of the phase, seconds; pauses not counted.
        deadline_runs: False while the rollout is paused or waits for approval.
    """
    holds = find_holds(state, policy, elapsed_s)
    held = np.any([holds[rule] for rule in holds if rule is not Rule.TIME], axis=0)
    conditions = {Rule.FATAL: state.fatal >= policy.thresholds.fatal_times}
    conditions |= {rule: state.sure[..., place] for place, rule in enumerate(SEQUENTIAL)}
    conditions[Rule.DEADLINE] = held & _is_late(state, policy, elapsed_s) & deadline_runs
    return _select(conditions | holds)


def find_hold(state: State, policy: Policy, elapsed_s: Floats) -> Rule:
    """Return what speaks against promoting one rollout, `Rule.HEALTHY` where nothing does."""
    return ORDER[int(_select(find_holds(state, policy, elapsed_s)))]


def find_holds(state: State, policy: Policy, elapsed_s: Floats) -> dict[Rule, Truths]:
    """Return for each rule that holds whether it does, in the order in which they are told."""
    early = elapsed_s < _of_phase(state, policy, "minimum_s")
    few = state.n < _of_phase(state, policy, "minimum_requests")
    asked, late = ~early & ~few, _is_late(state, policy, elapsed_s)
    return {
        Rule.TIME: early,
        Rule.REQUESTS: few,
        Rule.NEW_ERRORS: asked & are_errors_new(state, policy),
        Rule.BUG_UNSURE: asked & may_bug_remain(state, policy),
        Rule.UNSURE: ~is_convincing(state, policy, asked, late),
    }


def _select(conditions: Mapping[Rule, Truths]) -> Whole:
    codes = [ORDER.index(rule) for rule in conditions]
    return np.asarray(np.select(list(conditions.values()), codes, ORDER.index(Rule.HEALTHY)), dtype=np.int64)


def _of_phase(state: State, policy: Policy, name: str) -> Floats:
    return np.array([getattr(phase, name) for phase in policy.phases], dtype=float)[state.phase]


def _is_late(state: State, policy: Policy, elapsed_s: Floats) -> Truths:
    return np.asarray(elapsed_s >= _of_phase(state, policy, "deadline_s"))


def _is_sure(state: State, rule: Rule, policy: Policy) -> Truths:
    """Say whether the evidence of a rule decides with this window; rates of few requests do not."""
    decides = _weigh(state, rule) >= find_needed(rule, policy)
    enough = (state.canary >= policy.window_requests) | (2 * state.canary_errors > state.canary)
    return np.asarray(decides & (enough | (rule is Rule.VOLUME)))


def _weigh(state: State, rule: Rule) -> Floats:
    """Return the logarithm of the stake of a rule."""
    if rule is Rule.LATENCY:
        return mean_stake(state.of_latency)
    evidence = {
        Rule.ERRORS: state.of_errors,
        Rule.ERRORS_LIMIT: state.of_limit,
        Rule.ERRORS_BEFORE: state.of_errors_before,
        Rule.LATENCY_BEFORE: state.of_latency_before,
        Rule.VOLUME: state.of_volume,
        Rule.BUG: state.of_bug,
    }
    return evidence[rule].log_stake


def are_errors_new(state: State, policy: Policy) -> Truths:
    """Say whether a new kind of error came twice or more to the canary alone, and not for its share of the requests."""
    share = _of_phase(state, policy, "share")
    by_share = np.where(share < 1, share**state.new_errors, 0.0)
    return np.asarray((state.new_errors >= policy.thresholds.fatal_times) & (by_share < SUSPICION))


def may_bug_remain(state: State, policy: Policy) -> Truths:
    """Say whether the canary should have shown the bug in this phase, and is not surely rarer hit by it.

    Given all records of the bug, those of the canary are binomial with its share of the requests while it is hit alike.
    """
    baseline = np.maximum(state.phase_baseline, 1.0)
    ours, theirs = (np.floor(bug / policy.errors_per_fault) for bug in (state.phase_bug, state.phase_baseline_bug))
    asked = np.asarray((theirs * state.n / baseline >= BUG_EXPECTED) & (state.phase_baseline > 0))
    share = state.n / np.maximum(state.n + state.phase_baseline, 1.0)
    remains = np.zeros(asked.shape, dtype=np.bool_)
    remains[asked] = find_tail(ours[asked], (ours + theirs)[asked], share[asked]) >= SUSPICION
    return remains


def is_convincing(state: State, policy: Policy, asked: Truths, last: Truths) -> Truths:
    """Say whether a canary is shown good enough to promote: its errors bounded below the line, nothing suspicious.

    Of the chance `PROMOTION_LEVEL` of being wrong most is kept for the last look, at the deadline; of the rest the k-th
    look before it spends 1 / k (k + 1), which adds up to 1 over any number of looks.

    Args:
        state: after the windows so far.
        policy: lines and phases.
        asked: where the minima of the phase are met; False is returned elsewhere.
        last: where the deadline is reached.
    """
    looks = np.maximum(state.looks, 1)
    levels = PROMOTION_LEVEL * np.where(last, LAST_LOOK_SHARE, (1 - LAST_LOOK_SHARE) / (looks * (looks + 1)))
    suspicious = np.maximum(state.of_errors.log_stake, mean_stake(state.of_slower)) >= -np.log(SUSPICION)
    chosen = np.asarray(asked & ~suspicious)
    convincing = np.zeros(chosen.shape, dtype=np.bool_)
    parts = (np.asarray(one)[chosen] for one in (state.errors, state.n, draw_promotion_line(state, policy), levels))
    convincing[chosen] = is_share_below(*parts)
    return convincing


def mean_stake(evidence: Evidence) -> Floats:
    """Return the logarithm of the mean stake over quantiles: a mean of bets is a bet."""
    stakes = evidence.log_stake
    return np.asarray(np.logaddexp.reduce(stakes, axis=-1) - np.log(stakes.shape[-1]))
