"""How well incidents were dealt with, and what was learnt: one incident in, one value out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hotfix.learn.actions import ACTIONS, Action, Standing
from hotfix.learn.card import REPORT
from hotfix.learn.events import Event, EventKind
from hotfix.learn.metrics.contract import Absence, Claims, Definition, Incident, Sample, Section, Unit
from hotfix.learn.metrics.limits import REVIEW_DAYS
from hotfix.learn.metrics.speed import Rule
from hotfix.learn.review import RCA
from hotfix.learn.statuses import Status
from hotfix.repair.verify.contract import TEST_JSON
from hotfix.repair.verify.contract import Status as TestStatus
from hotfix.rollout.execute.journal import JOURNAL

_OVER = frozenset({EventKind.MITIGATED, EventKind.RESOLVED, EventKind.CLOSED})
_NO_REGRESSION = frozenset({TestStatus.PASSED, TestStatus.NOTED})


def _hotfix_success(incident: Incident, _now: datetime) -> Sample | Absence:
    rollouts = incident.rollouts
    if not rollouts:
        return Absence.NOT_KNOWN if rollouts is None else Absence.NOT_APPLICABLE
    last = max(one.ended_at for one in rollouts)
    back = [one for one in _find_all(incident, EventKind.REOPENED) if one.at >= last]
    return Sample(float(all(one.confirmed for one in rollouts) and not back), JOURNAL)


def _rollback(incident: Incident, _now: datetime) -> Sample | Absence:
    rollouts = incident.rollouts
    if not rollouts:
        return Absence.NOT_KNOWN if rollouts is None else Absence.NOT_APPLICABLE
    return Sample(float(not all(one.confirmed for one in rollouts)), JOURNAL)


def _regression(incident: Incident, _now: datetime) -> Sample | Absence:
    if incident.regression is None:
        return Absence.NOT_APPLICABLE
    if incident.regression == TestStatus.FAILED:
        return Sample(1.0, TEST_JSON)
    return Sample(0.0, TEST_JSON) if incident.regression in _NO_REGRESSION else Absence.NOT_KNOWN


def _reopened(incident: Incident, _now: datetime) -> Sample | Absence:
    over = any(one.kind in _OVER and one.done for one in incident.events)
    back = _find_all(incident, EventKind.REOPENED)
    if not over and not back and incident.card.ended_at is None:
        return Absence.NOT_APPLICABLE
    ground = f"{back[0].kind} by {back[0].source}" if back else "nobody opened it again"
    return Sample(float(bool(back)), ground)


def _review_written(incident: Incident, _now: datetime) -> Sample | Absence:
    if incident.has_review:
        return Sample(1.0, RCA)
    return Absence.NOT_APPLICABLE if incident.status is Status.OPEN else Sample(0.0, f"no {RCA}")


def _review_on_time(incident: Incident, now: datetime) -> Sample | Absence:
    ended, reviewed = incident.clock.mitigated_at, _find_all(incident, EventKind.REVIEWED)
    if ended is None:
        return Absence.NOT_APPLICABLE
    due = timedelta(days=REVIEW_DAYS)
    if reviewed:
        return Sample(float(reviewed[0].at - ended <= due), f"{EventKind.REVIEWED} by {reviewed[0].source}")
    return Sample(0.0, "no review") if now - ended > due else Absence.NOT_APPLICABLE


def _actions_done(incident: Incident, _now: datetime) -> Sample | Absence:
    return _count_actions(incident, lambda one: one.standing is Standing.DONE)


def _actions_overdue(incident: Incident, now: datetime) -> Sample | Absence:
    return _count_actions(incident, lambda one: one.is_overdue(now.date()))


def _count_actions(incident: Incident, is_counted: Callable[[Action], bool]) -> Sample | Absence:
    if incident.actions is None:
        return Absence.NOT_KNOWN
    meant = [one for one in incident.actions if one.standing is not Standing.DECLINED]
    return _take_share(sum(map(is_counted, meant)), len(meant), ACTIONS)


def _struck_claims(incident: Incident, _now: datetime) -> Sample | Absence:
    claims = incident.claims or Claims(0, 0)
    return _take_share(claims.struck, claims.held + claims.struck, REPORT)


def _take_share(count: int, of: int, ground: str) -> Sample | Absence:
    return Sample(count, ground, of) if of else Absence.NOT_APPLICABLE


def _find_all(incident: Incident, kind: EventKind) -> list[Event]:
    return [one for one in incident.events if one.kind == kind and one.done]


QUALITY: tuple[Rule, ...] = (
    (
        Definition(
            "hotfix_success",
            "hot-fix success",
            Section.QUALITY,
            Unit.RATIO,
            "Share, of incidents with a rollout that ended, whose rollouts were all confirmed and that was not opened "
            "again after the last.",
        ),
        _hotfix_success,
    ),
    (
        Definition(
            "rollback",
            "rolled back",
            Section.QUALITY,
            Unit.RATIO,
            "Share, of incidents with a rollout that ended, of which at least one was rolled back or stranded.",
        ),
        _rollback,
    ),
    (
        Definition(
            "regression",
            "regression found by tests",
            Section.QUALITY,
            Unit.RATIO,
            "Share, of incidents whose last test of a patch says whether what worked still does, in which it does not.",
        ),
        _regression,
    ),
    (
        Definition(
            "reopened",
            "opened again",
            Section.QUALITY,
            Unit.RATIO,
            "Share, of incidents that were mitigated, resolved, closed, or over in the logs, that was opened again.",
        ),
        _reopened,
    ),
    (
        Definition(
            "review_written",
            "review written",
            Section.LEARNING,
            Unit.RATIO,
            f"Share, of incidents that are no longer open, with an {RCA} in their folder.",
        ),
        _review_written,
    ),
    (
        Definition(
            "review_on_time",
            "review on time",
            Section.LEARNING,
            Unit.RATIO,
            f"Share, of incidents reviewed or due, reviewed within {REVIEW_DAYS} days of the end of the harm.",
        ),
        _review_on_time,
    ),
    (
        Definition(
            "actions_done",
            "actions done",
            Section.LEARNING,
            Unit.RATIO,
            "Share, of the actions from reviews that were not declined, that is done.",
        ),
        _actions_done,
    ),
    (
        Definition(
            "actions_overdue",
            "actions overdue",
            Section.LEARNING,
            Unit.RATIO,
            "Share, of the actions from reviews that were not declined, that is open and past its day.",
        ),
        _actions_overdue,
    ),
    (
        Definition(
            "struck_claims",
            "model's claims struck",
            Section.LEARNING,
            Unit.RATIO,
            "Share, of the local model's sentences in the last analysis of incidents, that was struck, as what it "
            "cites does not hold.",
        ),
        _struck_claims,
    ),
)
"""Rollouts, tests and reviews; what nobody did yet is not counted against anybody."""
