"""Cards and events as the commands write them, around one onset."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotfix.core.facts import Severity
from hotfix.core.files import write_whole
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


def write_folder(root: Path, number: int, words: str = "", **incident: object) -> Path:
    """Write the folder of an incident that began `number` hours after the onset, as `hotfix analyze` does."""
    began = at(60 * number)
    ident = f"{began:%Y%m%dT%H%M%SZ}-checkout"
    folder = root / ident
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "report.json", json.dumps(report(ident, began, words, incident)))
    return folder


def report(ident: str, began: datetime, words: str, incident: Mapping[str, object]) -> dict[str, object]:
    """Return as much of a report as the index reads."""
    own = {
        "id": ident,
        "started_at": began.isoformat(),
        "detected_at": None,
        "ended_at": None,
        "severity": "P1",
        "services": ["checkout"],
    }
    return {
        "schema": "hotfix.report/1",
        "incident": own | dict(incident),
        "diagnosis": {"category": "null_reference", "statement": "checkout: TypeError"},
        "evidence": [{"statement": "checkout logs it", "excerpt": words}],
    }
