"""From phases and findings to the estimated timeline, and to each step's time against the severity's target. Pure."""

from collections.abc import Iterator, Sequence

from hotfix.core.facts import Severity
from hotfix.core.settings import (
    DEPLOY_TARGET_MIN,
    DIAGNOSIS_TARGET_MIN,
    FIX_TARGET_MIN,
    TEST_TARGET_MIN,
    TOTAL_TARGET_MIN,
)
from hotfix.core.text import say_span
from hotfix.rollout.plan.contract import Clock, Moment, PlannedPhase
from hotfix.rollout.plan.known import Findings
from hotfix.rollout.plan.phases import find_clock_end
from hotfix.rollout.traffic import say_share


def lay_out_timeline(phases: Sequence[PlannedPhase], severity: Severity) -> tuple[Moment, ...]:
    """Return when what is expected, if every phase passes as early as it may."""
    return tuple(sorted(_list_moments(phases, severity), key=lambda one: one.at_s))


def compare_clocks(findings: Findings, phases: Sequence[PlannedPhase], severity: Severity) -> tuple[Clock, ...]:
    """Return what each step took or will take on the clock of the incident, against its target."""
    times, planned_s = findings.times, find_clock_end(phases, when_mitigated=severity is Severity.P0)
    steps = (
        ("diagnosis", times.diagnosis_s, DIAGNOSIS_TARGET_MIN),
        ("fix", times.fix_s, FIX_TARGET_MIN),
        ("test", times.test_s, TEST_TARGET_MIN),
        ("deploy, if it begins now", (times.deploy_s or 0.0) + planned_s, DEPLOY_TARGET_MIN),
        ("total, then", None if times.total_s is None else times.total_s + planned_s, TOTAL_TARGET_MIN),
    )
    return tuple(_compare(name, taken_s, target[severity]) for name, taken_s, target in steps)


def _compare(step: str, taken_s: float | None, target_min: int) -> Clock:
    if taken_s is None:
        return Clock(step, None, target_min, "not known: its end is not recorded")
    over = taken_s - target_min * 60
    said = f"over by {say_span(over)}" if over > 0 else "within"
    return Clock(step, taken_s, target_min, f"{say_span(taken_s)}, {said}")


def _list_moments(phases: Sequence[PlannedPhase], severity: Severity) -> Iterator[Moment]:
    for phase in phases:
        passed = f"phase {phase.number - 1} may pass; " if phase.begins_s else ""
        yield Moment(phase.begins_s, f"{passed}phase {phase.number} begins: {say_share(phase.share)} of the requests")
    mitigated = severity is Severity.P0
    stop = (
        "phase 1 has passed, the incident counts as mitigated" if mitigated else "all requests are at the new version"
    )
    yield Moment(find_clock_end(phases, when_mitigated=mitigated), f"the clock of the deploy stops: {stop}")
    yield Moment(phases[-1].ends_s, "the watch ends, the rollout is complete")
    latest = sum(phase.deadline_s for phase in phases)
    yield Moment(latest, "at the latest it is complete or taken back: every phase has a deadline")
