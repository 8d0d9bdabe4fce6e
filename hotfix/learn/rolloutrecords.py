"""What a rollout did, as events for the incident's journal: the journal of the rollout in, events out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hotfix.core.settings import EVENT_TEXT_CHARACTERS
from hotfix.core.text import format_time
from hotfix.learn.clock import STARTED
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.rollout.execute.contract import Step
from hotfix.rollout.execute.journal import Past
from hotfix.rollout.execute.records import Line

_COORDINATOR = "deployment-coordinator"


def record_rollout(past: Past, now: datetime) -> tuple[Event, ...]:
    """Return what a rollout that is over brought; nothing while it is under way.

    A confirmed one mitigated when its first phase passed, and resolved at its end. One that went back ended nothing;
    one that was called back once it was confirmed opens the incident again.
    """
    begun, last = past.lines[0], past.lines[-1]
    if last.state.step is Step.CONFIRMED:
        passed = next(line for line in past.lines if line.state.phase > 0 or line.state.step is Step.CONFIRMED)
        return (
            _record(EventKind.MITIGATED, passed, begun, now, "the first phase of the rollout passed"),
            _record(EventKind.RESOLVED, last, begun, now, last.state.why),
        )
    if last.state.step is not Step.ROLLED_BACK:
        return ()
    text = f"rolled back: {last.state.why}"
    if any(line.state.step is Step.CONFIRMED for line in past.lines):
        return (_record(EventKind.REOPENED, last, begun, now, text),)
    return (replace(_record(EventKind.MITIGATED, last, begun, now, text), done=False),)


def list_taken_back(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events that tell of a rollout that went back before it was confirmed."""
    return tuple(
        one for one in events if one.kind == EventKind.MITIGATED and one.source == EventSource.JOURNAL and not one.done
    )


def _record(kind: EventKind, line: Line, begun: Line, now: datetime, text: str) -> Event:
    details = {STARTED: format_time(begun.at), "agent": _COORDINATOR}
    return Event(kind, line.at, now, EventSource.JOURNAL, text[:EVENT_TEXT_CHARACTERS], details=details)
