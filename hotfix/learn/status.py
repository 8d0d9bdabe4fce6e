"""Where an incident stands: from its card and its events to one word, and from a person's word to an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.errors import UsageError
from hotfix.core.text import format_time
from hotfix.learn.card import Card
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.learn.statuses import Status

_AFTER: dict[str, Status] = {
    EventKind.MITIGATED: Status.MITIGATED,
    EventKind.RESOLVED: Status.RESOLVED,
    EventKind.CLOSED: Status.CLOSED,
    EventKind.REOPENED: Status.OPEN,
}
_SAID_BY = {status: EventKind(kind) for kind, status in _AFTER.items()}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person says of an incident, and when."""

    at: datetime  # when it happened
    said_at: datetime
    text: str = ""
    actor: str | None = None  # role


def read_status(card: Card, events: Sequence[Event]) -> Status:
    """Return where the incident stands after these events, in the order they were written."""
    said = [_AFTER[event.kind] for event in events if event.kind in _AFTER and event.done]
    return said[-1] if said else Status.RECOVERED if card.ended_at else Status.OPEN


def say_note(statement: Statement) -> Event:
    """Return the event of an operator's note."""
    return _say(EventKind.NOTE, statement)


def say_detected(statement: Statement) -> Event:
    """Return the event that somebody noticed the incident, from which its clock runs."""
    return _say(EventKind.DETECTED, statement)


def change_status(card: Card, events: Sequence[Event], status: Status, statement: Statement) -> Event:
    """Return the event that brings an incident to a status.

    Raises:
        UsageError: it stands there already, or the status is none that a person may say.
    """
    if status not in _SAID_BY:
        raise UsageError(f"expected open, mitigated, resolved or closed, found {status}: that is for the logs to say")
    if read_status(card, events) == status:
        since = next((event.at for event in reversed(events) if _AFTER.get(event.kind) == status), None)
        said = f" since {format_time(since)}" if since else ""
        raise UsageError(f"{card.id} is {status}{said} already; to correct it, say open first")
    return _say(_SAID_BY[status], statement)


def _say(kind: EventKind, statement: Statement) -> Event:
    return Event(kind, statement.at, statement.said_at, EventSource.OPERATOR, statement.text, statement.actor)
