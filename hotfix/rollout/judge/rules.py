"""The rules of the judge, in the order in which they speak; one array operation each, for one rollout or thousands."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hotfix.rollout.contract import Policy, Rule, Verdict
from hotfix.rollout.judge.bounds import Floats, is_share_below
from hotfix.rollout.judge.evidence import Evidence
from hotfix.rollout.judge.limits import BUDGET, PROMOTION_LEVEL, SUSPICION
from hotfix.rollout.judge.state import State, Whole, draw_error_line

Truths = NDArray[np.bool_]

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
    Rule.UNSURE: Verdict.HOLD,
    Rule.STAGE: Verdict.HOLD,
    Rule.HEALTHY: Verdict.PROMOTE,
    Rule.DEADLINE: Verdict.ROLL_BACK,
}
"""What each rule leads to; the executor's own verdict at the deadline of blindness differs (`judge.judge_phase`)."""

ORDER = tuple(VERDICTS)
"""The rules in the order in which the first that holds decides; `find_rules` returns indexes into it."""


def find_rules(state: State, policy: Policy, elapsed_s: Floats, *, deadline_runs: bool = True) -> Whole:
    """Return the index into `ORDER` of the rule that decides, shape of the state.

    Args:
        state: after the windows so far, at least one.
        policy: lines and phases.
        elapsed_s: since the begin of the phase, seconds; pauses not counted.
        deadline_runs: False while the rollout is paused or waits for approval.
    """
    minimum_s, minimum_n, deadline_s = (
        np.array([getattr(phase, name) for phase in policy.phases])[state.phase]
        for name in ("minimum_s", "minimum_requests", "deadline_s")
    )
    early, few, last = elapsed_s < minimum_s, state.n < minimum_n, elapsed_s >= deadline_s
    unsure = ~is_convincing(state, policy, ~early & ~few, last)
    conditions = find_triggers(state, policy)
    conditions[Rule.DEADLINE] = (few | unsure) & last & deadline_runs
    conditions |= {Rule.TIME: early, Rule.REQUESTS: few, Rule.UNSURE: unsure}
    codes = [ORDER.index(rule) for rule in conditions]
    return np.asarray(np.select(list(conditions.values()), codes, ORDER.index(Rule.HEALTHY)), dtype=np.int64)


def find_triggers(state: State, policy: Policy) -> dict[Rule, Truths]:
    """Return for each rule that rolls back on what was seen whether it does."""
    enough = (state.canary >= policy.window_requests) | (2 * state.canary_errors > state.canary)

    def decides(rule: Rule, log_stake: Floats) -> Truths:
        return np.asarray(log_stake >= -np.log(policy.false_rollback * BUDGET[rule] / _parts(rule)))

    return {
        Rule.FATAL: state.fatal >= policy.thresholds.fatal_times,
        Rule.ERRORS: decides(Rule.ERRORS, state.of_errors.log_stake) & enough,
        Rule.ERRORS_LIMIT: decides(Rule.ERRORS_LIMIT, state.of_limit.log_stake) & enough,
        Rule.ERRORS_BEFORE: decides(Rule.ERRORS_BEFORE, state.of_errors_before.log_stake) & enough,
        Rule.LATENCY: decides(Rule.LATENCY, mean_stake(state.of_latency)) & enough,
        Rule.LATENCY_BEFORE: decides(Rule.LATENCY_BEFORE, state.of_latency_before.log_stake) & enough,
        Rule.VOLUME: decides(Rule.VOLUME, state.of_volume.log_stake),
        Rule.BUG: decides(Rule.BUG, state.of_bug.log_stake) & enough,
    }


def is_convincing(state: State, policy: Policy, asked: Truths, last: Truths) -> Truths:
    """Say whether a canary is shown good enough to promote: its errors bounded below the line, nothing suspicious.

    The chance `PROMOTION_LEVEL` of being wrong is spent in halves: one at the last look, at the deadline; of the other
    1 / k (k + 1) at the k-th look before it, which adds up to 1 over any number of looks.

    Args:
        state: after the windows so far.
        policy: lines and phases.
        asked: where the minima of the phase are met; False is returned elsewhere.
        last: where the deadline is reached.
    """
    looks = np.maximum(state.looks, 1)
    levels = PROMOTION_LEVEL / 2 / np.where(last, 1, looks * (looks + 1))
    suspicious = np.maximum(state.of_errors.log_stake, mean_stake(state.of_slower)) >= -np.log(SUSPICION)
    chosen = np.asarray(asked & ~suspicious)
    convincing = np.zeros(chosen.shape, dtype=np.bool_)
    parts = (np.asarray(one)[chosen] for one in (state.errors, state.n, draw_error_line(state, policy), levels))
    convincing[chosen] = is_share_below(*parts)
    return convincing


def mean_stake(evidence: Evidence) -> Floats:
    """Return the logarithm of the mean stake over quantiles: a mean of bets is a bet."""
    stakes = evidence.log_stake
    return np.asarray(np.logaddexp.reduce(stakes, axis=-1) - np.log(stakes.shape[-1]))


def _parts(rule: Rule) -> int:
    """Return among how many chances the rule's share is divided: bounding the earlier baseline takes one of two."""
    return 2 if rule in {Rule.ERRORS_BEFORE, Rule.LATENCY_BEFORE} else 1
