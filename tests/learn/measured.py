"""Folders of incidents as the commands leave them, and what the metrics say of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hotfix.learn.clock import STARTED
from hotfix.learn.events import Event, EventKind, EventSource, append_event
from hotfix.learn.metrics.computing import compute_metrics
from hotfix.learn.metrics.contract import Figure, Group, Metrics, Scope
from hotfix.learn.metrics.reading import read_incidents
from tests.learn.cases import at, write_folder

NOW = at(60 * 24 * 30)


def keep(root: Path, number: int, *events: Event, **incident: object) -> Path:
    """Write an incident that began `number` hours after the first onset; its events tell minutes after its own."""
    folder = write_folder(root, number, **incident)
    for event in events:
        append_event(folder, move(event, timedelta(hours=number)))
    return folder


def move(event: Event, by: timedelta) -> Event:
    """Return an event so much later, with the command that led to it."""
    details = dict(event.details)
    if begun := details.get(STARTED):
        details[STARTED] = (datetime.fromisoformat(str(begun)) + by).isoformat()
    return replace(event, at=event.at + by, recorded_at=event.recorded_at + by, details=details)


def run_of(agent: str, minutes: float, kind: str = EventKind.DIAGNOSED, **details: object) -> Event:
    """Return what a command of an agent writes down."""
    return Event(kind, at(minutes), at(minutes), EventSource.COMMAND, details={"agent": agent} | details)


def measure(root: Path, scope: Scope | None = None, now: datetime = NOW) -> Metrics:
    """Return the metrics over all folders."""
    incidents, skipped = read_incidents(root)
    return compute_metrics(incidents, scope or Scope(), now, skipped)


def find(group: Group, ident: str, agent: str | None = None) -> Figure:
    """Return one number."""
    return next(one for one in group.figures if (one.definition.ident, one.agent) == (ident, agent))


def count(figure: Figure) -> Sequence[int]:
    """Return of how many incidents it is: known, not known, not applicable."""
    return figure.n, figure.not_known, figure.not_applicable
