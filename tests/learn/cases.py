"""Cards and events as the commands write them, around one onset."""

from datetime import UTC, datetime, timedelta

from hotfix.core.facts import Severity
from hotfix.learn.card import Card
from hotfix.learn.events import Event, EventKind, EventSource

ONSET = datetime(2026, 1, 15, 14, 3, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Return the time so many minutes after the onset."""
    return ONSET + timedelta(minutes=minutes)


def card(severity: Severity = Severity.P0, ended: float | None = None) -> Card:
    """Return the card of an incident; `ended` in minutes after the onset."""
    return Card(
        id="20260115T140300Z-checkout",
        severity=severity,
        services=("checkout", "gateway"),
        started_at=ONSET,
        detected_at=at(0.5),
        ended_at=None if ended is None else at(ended),
        category="null_reference",
        statement="checkout: TypeError at app/cart.py:88",
    )


def detected() -> Event:
    """Return what the logs say: the first error record."""
    return Event(EventKind.DETECTED, at(0.5), at(12), EventSource.LOG)


def command(kind: EventKind, minutes: float, begun: float | None = None, *, done: bool = True) -> Event:
    """Return what a command did, ended after so many minutes."""
    details = {} if begun is None else {"started_at": at(begun).isoformat()}
    return Event(kind, at(minutes), at(minutes), EventSource.COMMAND, done=done, details=details)


def operator(kind: EventKind, minutes: float, said: float | None = None, text: str = "") -> Event:
    """Return what an operator said happened after so many minutes, perhaps later."""
    return Event(kind, at(minutes), at(minutes if said is None else said), EventSource.OPERATOR, text)
