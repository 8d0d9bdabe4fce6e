"""How long each phase of an incident took, against what SPEC grants it: events in, minutes out. Reads no clock itself.

The clock of the phases starts when the incident was noticed: with the first alert or an operator's word, else with the
first command that somebody ran about it. What the logs say is how long it took until then. A phase goes from the end of
the one before to its own end; one that nobody recorded is left out, and its time belongs to the next. The deployment
ends when users are no longer harmed, not when the watch after it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from hotfix.core.facts import Severity
from hotfix.core.settings import (
    DEPLOY_TARGET_MIN,
    DIAGNOSIS_TARGET_MIN,
    FIX_TARGET_MIN,
    TEST_TARGET_MIN,
    TOTAL_TARGET_MIN,
)
from hotfix.core.text import say_span
from hotfix.learn.card import Card
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.learn.status import read_status
from hotfix.learn.statuses import Status


class Phase(StrEnum):
    """What is timed, in order; the last is all of it."""

    DIAGNOSIS = "diagnosis"
    FIX = "fix"
    TEST = "test"
    DEPLOY = "deploy"
    TOTAL = "total"


_ENDS: dict[Phase, EventKind] = {
    Phase.DIAGNOSIS: EventKind.DIAGNOSED,
    Phase.FIX: EventKind.PATCHED,
    Phase.TEST: EventKind.TESTED,
    Phase.DEPLOY: EventKind.MITIGATED,
}
_TARGETS = {
    Phase.DIAGNOSIS: DIAGNOSIS_TARGET_MIN,
    Phase.FIX: FIX_TARGET_MIN,
    Phase.TEST: TEST_TARGET_MIN,
    Phase.DEPLOY: DEPLOY_TARGET_MIN,
    Phase.TOTAL: TOTAL_TARGET_MIN,
}
_PHASES = tuple(_ENDS)

STARTED = "started_at"
"""Detail of a command's event: when the command began."""


@dataclass(frozen=True, slots=True)
class PhaseTime:
    """One phase, its time and its target."""

    phase: Phase
    severity: Severity
    started_at: datetime | None  # None before the phase, and of one that nobody recorded
    ended_at: datetime | None  # None while it runs
    seconds: float | None  # until its end, else until now; None before it and of one that nobody recorded

    @property
    def target_min(self) -> int:
        """Minutes that SPEC grants it."""
        return _TARGETS[self.phase][self.severity]

    @property
    def over_s(self) -> float | None:
        """Seconds over the target; negative while there is time left."""
        return None if self.seconds is None else self.seconds - self.target_min * 60

    @property
    def running(self) -> bool:
        """Whether it goes on now."""
        return self.started_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Clock:
    """An incident against time."""

    started_at: datetime
    noticed_at: datetime | None  # None before anybody or anything noticed
    noticed_by: str | None  # EventSource of what noticed
    mitigated_at: datetime | None  # when users were no longer harmed, by itself or by what was done
    resolved_at: datetime | None
    reviewed_at: datetime | None
    phases: tuple[PhaseTime, ...]  # in the order of Phase; the last is the total

    @property
    def running(self) -> PhaseTime | None:
        """The phase that goes on now; the total alone is none."""
        return next((one for one in self.phases if one.running and one.phase is not Phase.TOTAL), None)

    @property
    def detection_s(self) -> float | None:
        """Seconds from the onset until it was noticed."""
        return None if self.noticed_at is None else (self.noticed_at - self.started_at).total_seconds()

    @property
    def harm_s(self) -> float | None:
        """Seconds from the onset until users were no longer harmed; None while they are."""
        return None if self.mitigated_at is None else (self.mitigated_at - self.started_at).total_seconds()

    @property
    def repair_s(self) -> float | None:
        """Seconds from the onset until the cause was gone; None while it is there."""
        return None if self.resolved_at is None else (self.resolved_at - self.started_at).total_seconds()


def read_clock(card: Card, events: Sequence[Event], now: datetime) -> Clock:
    """Return the times of an incident's phases; `now` is the end of what runs."""
    marks = _find_marks(card, events)
    goes_on = marks.mitigated is None and read_status(card, events) is Status.OPEN
    current = _find_current(marks) if goes_on and marks.noticed else None
    times = [
        _run(phase, card.severity, marks.last, now) if phase is current else _measure(phase, card.severity, marks)
        for phase in _PHASES
    ]
    return Clock(
        started_at=card.started_at,
        noticed_at=marks.noticed,
        noticed_by=marks.noticed_by,
        mitigated_at=marks.mitigated,
        resolved_at=marks.resolved,
        reviewed_at=_find_end(events, EventKind.REVIEWED),
        phases=(*times, _measure_total(card.severity, marks, now if current else None)),
    )


def say_against(seconds: float, phase: Phase, severity: Severity) -> str:
    """Return how long a phase took, against its target, in words."""
    target = _TARGETS[phase][severity]
    over = seconds - target * 60
    side = f"over by {say_span(over)}" if over > 0 else "within"
    return f"{say_span(seconds)} of {target} min at {severity}: {side}"


def _shows_notice(event: Event) -> bool:
    """Tell whether somebody or something knew of it by then: not logs that nobody read, nor what was noted."""
    return event.source != EventSource.LOG and event.kind != EventKind.NOTE


def find_start(event: Event) -> datetime:
    """Return when what led to an event began: its command tells, with a zone; else its own time."""
    started = event.details.get(STARTED)
    try:
        found = datetime.fromisoformat(started) if isinstance(started, str) else event.at
        return found.astimezone(UTC) if found.tzinfo else event.at
    except (ValueError, OverflowError):
        return event.at


def _find_end(events: Sequence[Event], kind: EventKind) -> datetime | None:
    return next((event.at for event in events if event.kind == kind and event.done), None)


def _find_marks(card: Card, events: Sequence[Event]) -> "_Marks":
    """Return the instants between which phases lie; what was reached before the incident was opened again is gone."""
    noticed = min(((find_start(one), one.source) for one in events if _shows_notice(one)), default=(None, None))
    reopening = max((number for number, one in enumerate(events) if one.kind == EventKind.REOPENED), default=None)
    since = events if reopening is None else events[reopening:]
    acted, resolved = _find_end(since, EventKind.MITIGATED), _find_end(since, EventKind.RESOLVED)
    recovered = card.ended_at if reopening is None else None
    found = {phase: _find_end(events, kind) for phase, kind in _ENDS.items() if phase is not Phase.DEPLOY}
    ends = {phase: at for phase, at in found.items() if at is not None}
    delivered = acted or (None if recovered else resolved)
    return _Marks(
        noticed=noticed[0],
        noticed_by=noticed[1],
        reopened=None if reopening is None else events[reopening].at,
        ends=ends | ({Phase.DEPLOY: delivered} if delivered else {}),
        mitigated=acted or recovered or resolved,
        resolved=resolved,
    )


@dataclass(frozen=True, slots=True)
class _Marks:
    """The instants between which the phases of an incident lie; None where there is none."""

    noticed: datetime | None
    noticed_by: str | None
    reopened: datetime | None
    ends: Mapping[Phase, datetime]  # of the phases that are done
    mitigated: datetime | None
    resolved: datetime | None

    @property
    def last(self) -> datetime | None:
        """When what goes on now began: at the last of what is done."""
        return max((at for at in (self.noticed, self.reopened, *self.ends.values()) if at), default=None)


def _find_current(marks: _Marks) -> Phase:
    """Return the phase behind the furthest that is done."""
    done = max((_PHASES.index(phase) for phase in marks.ends), default=-1)
    return _PHASES[min(done + 1, len(_PHASES) - 1)]


def _run(phase: Phase, severity: Severity, begins: datetime | None, now: datetime) -> PhaseTime:
    return PhaseTime(phase, severity, begins, None, max((now - begins).total_seconds(), 0.0) if begins else None)


def _measure(phase: Phase, severity: Severity, marks: _Marks) -> PhaseTime:
    """Return a phase that does not run: from the last end before its own."""
    end = marks.ends.get(phase)
    if end is None or marks.noticed is None:
        return PhaseTime(phase, severity, None, None, None)
    before = _PHASES[: _PHASES.index(phase)]
    earlier = (marks.noticed, *(at for one, at in marks.ends.items() if one in before))
    begins = max((at for at in earlier if at <= end), default=None)
    return PhaseTime(phase, severity, begins, end, (end - begins).total_seconds() if begins else None)


def _measure_total(severity: Severity, marks: _Marks, now: datetime | None) -> PhaseTime:
    """Return all of the time, until `now` where it runs; none where the incident was over before anybody noticed."""
    begins, end = marks.noticed, marks.mitigated
    if now is not None:
        return _run(Phase.TOTAL, severity, begins, now)
    if begins is None or end is None or end < begins:
        return PhaseTime(Phase.TOTAL, severity, None, None, None)
    return PhaseTime(Phase.TOTAL, severity, begins, end, (end - begins).total_seconds())
