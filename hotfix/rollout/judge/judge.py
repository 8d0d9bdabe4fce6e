"""Judges one phase of a rollout: observations and policy in, a decision with its reason out."""

from collections.abc import Sequence

import numpy as np

from hotfix.rollout.contract import Decision, Interval, Look, Observation, Policy, Rule, Side, Stage, Verdict
from hotfix.rollout.judge.bounds import bound_share
from hotfix.rollout.judge.latency import add_sketches, compare_quantiles, find_quantile
from hotfix.rollout.judge.limits import INTERVAL_LEVEL, RECENT_WINDOWS
from hotfix.rollout.judge.rules import ORDER, VERDICTS, find_hold, find_rules
from hotfix.rollout.judge.state import State
from hotfix.rollout.judge.windows import count_fatal, count_new_errors, follow_windows
from hotfix.rollout.judge.words import Facts, find_alerts, say_reason


def judge_phase(policy: Policy, seen: Sequence[Observation], look: Look) -> Decision:
    """Return what to do now.

    Args:
        policy: phases and lines.
        seen: every observation of the rollout so far, of earlier phases too, in order; the evidence of all of them
            counts, however often this is asked. Where the first phase is all traffic, what the old version did before
            it may come first, as of that phase.
        look: phase, times and stage. While the rollout is paused or waits for approval it is not promoted and no
            deadline of the phase ends it; every other trigger stays armed.
    """
    state = follow_windows(policy, seen, look.phase, look.began_s)
    blind_s = _find_blind_time(policy, seen, look)
    verdict, rule = _decide(policy, state, look, blind_s)
    canary, baseline = _add_phase(seen, look.phase)
    recent = _add_sides([one.canary for one in seen[-RECENT_WINDOWS:] if one.phase == look.phase])
    facts = Facts(
        policy=policy,
        phase=policy.phases[look.phase],
        state=state,
        errors=bound_errors(canary),
        p95_ratio=compare_quantiles(canary.latency, baseline.latency, 0.95, INTERVAL_LEVEL),
        blind_s=blind_s,
        recent=(recent.requests, recent.errors),
        fatal=count_fatal(seen),
        new_errors=count_new_errors(seen),
        bug=canary.bug,
        hold=find_hold(state, policy, np.asarray(look.elapsed_s)),
    )
    return Decision(
        verdict=verdict,
        rule=rule,
        reason=say_reason(verdict, rule, facts),
        n=canary.requests,
        errors=facts.errors,
        p95_ratio=facts.p95_ratio,
        p95_ms=find_quantile(canary.latency, 0.95),
        alerts=find_alerts(facts),
    )


def bound_errors(side: Side) -> Interval | None:
    """Return a side's error ratio with its two-sided Clopper–Pearson interval; None without requests."""
    if not side.requests:
        return None
    return Interval(side.errors / side.requests, *bound_share(side.errors, side.requests, INTERVAL_LEVEL / 2))


def _decide(policy: Policy, state: State, look: Look, blind_s: float) -> tuple[Verdict, Rule]:
    """Return the verdict: what was seen comes first, then blindness, then the stage, then the phase's minima."""
    watching = look.stage is Stage.WATCHING
    rule = ORDER[int(find_rules(state, policy, np.asarray(look.elapsed_s), deadline_runs=watching))]
    verdict = VERDICTS[rule]
    if verdict is Verdict.ROLL_BACK:
        return verdict, rule
    if blind_s > policy.blind_after_s:
        return (Verdict.ROLL_BACK if blind_s > policy.blind_deadline_s else Verdict.BLIND), Rule.BLIND
    return (verdict, rule) if watching else (Verdict.HOLD, Rule.STAGE)


def _find_blind_time(policy: Policy, seen: Sequence[Observation], look: Look) -> float:
    """Return for how long nothing came from the monitoring of a side that should serve requests, seconds."""
    own = [one for one in seen if one.phase == look.phase]
    sides = [[one.canary for one in own]]
    if policy.phases[look.phase].share < 1:
        sides.append([one.baseline for one in own])
    heard = (max((side.last_data_s for side in one if side.last_data_s is not None), default=0.0) for one in sides)
    return look.now_s - max(min(heard), look.began_s)


def _add_phase(seen: Sequence[Observation], phase: int) -> tuple[Side, Side]:
    """Return what both sides did in a phase; at full traffic the baseline is what it did before."""
    own = [one for one in seen if one.phase == phase]
    beside = [one for one in own if one.baseline.requests] or seen
    return _add_sides([one.canary for one in own]), _add_sides([one.baseline for one in beside])


def _add_sides(sides: Sequence[Side]) -> Side:
    return Side(
        requests=sum(side.requests for side in sides),
        errors=sum(side.errors for side in sides),
        latency=add_sketches(side.latency for side in sides),
        bug=sum(side.bug for side in sides),
    )
