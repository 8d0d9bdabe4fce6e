"""What alerts say of one incident: signals of a monitoring system in, events for its journal out.

An alert that began to fire about when the incident did tells of it, and its clock runs from there. One of a service
that is not affected, and one that nobody was told of, stand in the timeline and start no clock.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotfix.core.facts import Skipped
from hotfix.core.settings import EVENT_TEXT_CHARACTERS
from hotfix.core.text import format_time, say_span
from hotfix.learn.alertrows import Signal, Turn
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.learn.state import State

AROUND = timedelta(minutes=10)
"""An alert that began so long before the onset, or after the end, may tell of the incident: metrics may show it before
the logs do, and a rule over 5 minutes that has to hold for 5 more is late (usual values of error-rate rules)."""

ALERT, SERVICE, TURN, FINGERPRINT, ZONE = "alert", "service", "turn", "fingerprint", "zone"
"""Details of an event that an alert brought."""

_BEGINS = frozenset({Turn.FIRES, Turn.SUPPRESSED})
_SAYS = {
    Turn.FIRES: "fires",
    Turn.SUPPRESSED: "fires, but is suppressed",
    Turn.ACKNOWLEDGED: "is acknowledged",
    Turn.RESOLVED: "is resolved",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What alerts bring to an incident."""

    events: tuple[Event, ...]  # that are new, in order of time
    known: int  # that the journal has already
    left_out: tuple[Skipped, ...]  # that tell of something else, with the reason


def tell_alerts(state: State, signals: Iterable[Signal], now: datetime) -> Told:
    """Return the events that signals bring to an incident; `now` is when they are written down."""
    told = {_identify(one) for one in state.log.events if one.source == EventSource.ALERT}
    begun = {ident[:3] for ident in told if ident[3] in _BEGINS}
    events, known, left_out = list[Event](), 0, list[Skipped]()
    for signal in signals:
        event = _to_event(state, signal, now)
        ident = _identify(event)
        if ident in told:
            known += 1
        elif reason := _refuse(state, signal, ident[:3] in begun):
            left_out.append(Skipped(signal.where, f"alert {signal.name}: {reason}"))
        else:
            told.add(ident)
            events.append(event)
            if signal.turn in _BEGINS:
                begun.add(ident[:3])
    return Told(tuple(events), known, tuple(left_out))


def list_suppressed(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the alerts that fired and that nobody was told of."""
    return (one for one in events if one.source == EventSource.ALERT and one.details.get(TURN) == Turn.SUPPRESSED)


def list_firing(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the alerts that told of the incident."""
    return (one for one in events if one.source == EventSource.ALERT and one.kind == EventKind.DETECTED)


def _refuse(state: State, signal: Signal, begun: bool) -> str | None:  # noqa: FBT001  # whether its beginning is kept
    """Return why a signal tells of something else; None when it tells of this incident."""
    onset, end = state.clock.started_at, state.clock.mitigated_at
    if signal.turn not in _BEGINS:
        return None if begun else f"it {_SAYS[signal.turn]}, but when it began to fire is not told"
    if signal.at < onset - AROUND:
        before = say_span((onset - signal.at).total_seconds())
        return f"it fires since {format_time(signal.at)}, {before} before the onset"
    if end is not None and signal.at > end + AROUND:
        after = say_span((signal.at - end).total_seconds())
        return f"it fires since {format_time(signal.at)}, {after} after users were no longer harmed"
    return None


def _to_event(state: State, signal: Signal, now: datetime) -> Event:
    about = signal.service is None or signal.service in state.card.services
    of = f" of {signal.service}" if signal.service else ""
    other = "" if about else "; that service is not among the affected"
    summary = f": {signal.summary}" if signal.summary and signal.turn in _BEGINS else ""
    return Event(
        kind=EventKind.DETECTED if about and signal.turn is Turn.FIRES else EventKind.NOTE,
        at=signal.at,
        recorded_at=now,
        source=EventSource.ALERT,
        text=f"alert {signal.name}{of} {_SAYS[signal.turn]}{other}{summary}"[:EVENT_TEXT_CHARACTERS],
        details={
            ALERT: signal.name,
            SERVICE: signal.service,
            TURN: signal.turn.value,
            FINGERPRINT: signal.fingerprint,
            "severity": signal.severity,
            ZONE: signal.zone,
            "from": signal.where,
        },
    )


def _identify(event: Event) -> tuple[object, object, object, object, datetime]:
    """Return name, service, fingerprint, turn and time, by which an alert is the same however often it is told."""
    said = event.details
    return said.get(ALERT), said.get(SERVICE), said.get(FINGERPRINT), said.get(TURN), event.at
