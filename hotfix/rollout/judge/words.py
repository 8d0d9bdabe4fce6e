"""Puts a decision into words: the reason with the numbers that decided, and what a human should look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hotfix.rollout.contract import Interval, Phase, Policy, Rule, Verdict
from hotfix.rollout.judge.bets import draw_error_line, draw_promotion_line
from hotfix.rollout.judge.limits import BUDGET, RECENT_WINDOWS
from hotfix.rollout.judge.state import State


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reason may tell."""

    policy: Policy
    phase: Phase
    state: State
    errors: Interval | None
    p95_ratio: Interval | None
    blind_s: float
    recent: tuple[int, int]  # canary requests and errors of the last `RECENT_WINDOWS` windows of this phase
    fatal: Mapping[str, int]  # times of each new fatal class in the canary
    new_errors: Mapping[str, int]  # the same of new kinds of errors that are not fatal
    bug: int  # times of the incident's own template in the canary, in this phase
    hold: Rule  # what speaks against promoting


def say_reason(verdict: Verdict, rule: Rule, facts: Facts) -> str:
    """Return one sentence: what was seen, how much of it, and how sure that is."""
    return _REASONS[rule](facts) + _ENDS[verdict]


def find_alerts(facts: Facts) -> tuple[str, ...]:
    """Return what a human should look at although it need not end the rollout, one sentence each."""
    limits, errors, slow = facts.policy.thresholds, facts.errors, facts.p95_ratio
    enough = float(facts.state.n) >= facts.policy.window_requests
    alerts = [f"New fatal class in the canary: {name} ({times} ×)." for name, times in sorted(facts.fatal.items())]
    if enough and errors and errors.estimate > limits.alert_errors:
        alerts.append(f"Error ratio {_say_share(errors)} is above {limits.alert_errors:.1%}.")
    if enough and slow and slow.estimate > limits.alert_p95:
        alerts.append(f"p95 is {_say_factor(slow)} of the baseline's, above {limits.alert_p95:g} times.")
    alerts += [
        f"New kind of error in the canary: {name} ({times} ×)." for name, times in sorted(facts.new_errors.items())
    ]
    if facts.bug:
        alerts.append(f"The incident's own message came {facts.bug} × from the canary in this phase.")
    return tuple(alerts)


def _say_sides(facts: Facts) -> str:
    state = facts.state
    canary = f"{state.canary_errors:,.0f} of {state.canary:,.0f} canary requests failed"
    return f"{canary}, {state.baseline_errors:,.0f} of {state.baseline:,.0f} of the baseline"


def _say_odds(facts: Facts, rule: Rule) -> str:
    return f"a version no worse shows this with a chance of at most {facts.policy.false_rollback * BUDGET[rule]:.2%}"


def _say_errors(facts: Facts) -> str:
    return f"{_say_sides(facts)}{_say_recent(facts)}; {_say_odds(facts, Rule.ERRORS)}"


def _say_recent(facts: Facts) -> str:
    """Tell of the last windows where they are much worse than all: late trouble drowns in a good beginning."""
    requests, errors = facts.recent
    if not requests or not facts.errors or errors <= 2 * facts.errors.estimate * requests:
        return ""
    return f" ({errors:,} of {requests:,} canary requests in the last {RECENT_WINDOWS} windows)"


def _say_limit(facts: Facts) -> str:
    line = float(draw_error_line(facts.state, facts.policy))
    return (
        f"error ratio {_say_share(facts.errors)}{_say_recent(facts)} against a limit of {line:.1%}; "
        f"{_say_odds(facts, Rule.ERRORS_LIMIT)}"
    )


def _say_errors_before(facts: Facts) -> str:
    seen = f"error ratio {_say_share(facts.errors)}{_say_recent(facts)}"
    before = f"the baseline had at most {float(facts.state.errors_before):.2%}"
    return f"{seen}, and {before}; {_say_odds(facts, Rule.ERRORS_BEFORE)}"


def _say_latency(facts: Facts) -> str:
    return f"p95 is {_say_factor(facts.p95_ratio)} of the baseline's; {_say_odds(facts, Rule.LATENCY)}"


def _say_latency_before(facts: Facts) -> str:
    return f"p95 is {_say_factor(facts.p95_ratio)} of what it was before; {_say_odds(facts, Rule.LATENCY_BEFORE)}"


def _say_volume(facts: Facts) -> str:
    state, least = facts.state, facts.policy.thresholds.rollback_volume
    if facts.phase.share >= 1:
        return f"{state.n:,.0f} requests in this phase, fewer than {least:.0%} of the usual number"
    got = f"the canary got {state.canary:,.0f} of {state.canary + state.baseline:,.0f} requests so far"
    return f"{got}, fewer than {least:.0%} of its share (now {facts.phase.share:.0%})"


def _say_bug(facts: Facts) -> str:
    came = f"the incident's own message still came {facts.bug} × from the canary"
    return f"{came}; {_say_odds(facts, Rule.BUG)} if it is fixed"


def _say_fatal(facts: Facts) -> str:
    name, times = max(facts.fatal.items(), key=lambda one: one[1])
    return f"{name} came {times} × from the canary and never from the baseline"


def _say_blind(facts: Facts) -> str:
    return f"no data for {facts.blind_s:.0f} s, which says nothing about health"


def _say_deadline(facts: Facts) -> str:
    return f"not shown good within {facts.phase.deadline_s:.0f} s: {_REASONS[facts.hold](facts)}"


def _say_time(facts: Facts) -> str:
    return f"at least {facts.phase.minimum_s:.0f} s are watched; {_say_so_far(facts)}"


def _say_requests(facts: Facts) -> str:
    return f"at least {facts.phase.minimum_requests:,} canary requests are wanted; {_say_so_far(facts)}"


def _say_new_errors(facts: Facts) -> str:
    name, times = max(facts.new_errors.items(), key=lambda one: one[1])
    return f"{name}, an error not known before, came {times} × from the canary and never from the baseline"


def _say_bug_unsure(facts: Facts) -> str:
    state = facts.state
    canary = f"the incident's own message came {facts.bug} × in {state.n:,.0f} canary requests"
    baseline = f"{state.phase_baseline_bug:,.0f} × in {state.phase_baseline:,.0f} of the baseline"
    return f"{canary} and {baseline}; wanted: surely rarer than before"


def _say_unsure(facts: Facts) -> str:
    line = float(draw_promotion_line(facts.state, facts.policy))
    return f"{_say_so_far(facts)}; wanted: surely below {line:.1%}, and no sign of more errors or of slower answers"


def _say_stage(facts: Facts) -> str:
    return f"paused or awaiting approval, triggers are armed; {_say_so_far(facts)}"


def _say_healthy(facts: Facts) -> str:
    line = float(draw_promotion_line(facts.state, facts.policy))
    return f"{_say_so_far(facts)}, surely below {line:.1%}; nothing says that it is worse than the baseline"


def _say_so_far(facts: Facts) -> str:
    if facts.errors is None:
        return "no canary requests yet"
    slow = f", p95 {_say_factor(facts.p95_ratio)} of the baseline's" if facts.p95_ratio else ""
    return f"{facts.state.n:,.0f} canary requests, error ratio {_say_share(facts.errors)}{slow}"


def _say_share(errors: Interval | None) -> str:
    if errors is None:
        return "unknown"
    return f"{errors.estimate:.2%} ({errors.low:.2%} to {errors.high:.2%})"


def _say_factor(ratio: Interval | None) -> str:
    if ratio is None:
        return "unknown"
    high = f"{ratio.high:.2f}" if np.isfinite(ratio.high) else "∞"
    return f"{ratio.estimate:.2f} times ({ratio.low:.2f} to {high})"


_ENDS = {Verdict.ROLL_BACK: ": back.", Verdict.HOLD: ".", Verdict.BLIND: ": hold.", Verdict.PROMOTE: "."}

_REASONS: Mapping[Rule, Callable[[Facts], str]] = {
    Rule.FATAL: _say_fatal,
    Rule.ERRORS: _say_errors,
    Rule.ERRORS_LIMIT: _say_limit,
    Rule.ERRORS_BEFORE: _say_errors_before,
    Rule.LATENCY: _say_latency,
    Rule.LATENCY_BEFORE: _say_latency_before,
    Rule.VOLUME: _say_volume,
    Rule.BUG: _say_bug,
    Rule.BLIND: _say_blind,
    Rule.DEADLINE: _say_deadline,
    Rule.TIME: _say_time,
    Rule.REQUESTS: _say_requests,
    Rule.NEW_ERRORS: _say_new_errors,
    Rule.BUG_UNSURE: _say_bug_unsure,
    Rule.UNSURE: _say_unsure,
    Rule.STAGE: _say_stage,
    Rule.HEALTHY: _say_healthy,
}
