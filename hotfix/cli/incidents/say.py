"""``hotfix incidents note``, ``status`` and ``close``: what people know goes into the incident's journal."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.options import IncidentName, Json
from hotfix.core.errors import UsageError
from hotfix.learn.statuses import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotfix.learn.events import Event
    from hotfix.learn.state import State

At = Annotated[
    str | None, typer.Option(help="When it happened, e.g. 14:05 or 2026-01-15T14:05Z (UTC without a zone); else now.")
]
Role = Annotated[str | None, typer.Option(help="Your role in the incident, e.g. on-call; no names.")]

_AHEAD = timedelta(minutes=1)
"""How far a time may lie ahead: clocks of two machines differ."""

_TIME_OF_DAY = re.compile(r"\s*\d\d?:\d\d(?::\d\d)?(?:\.\d+)?\s*Z?\s*")


def note(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    incident: IncidentName,
    text: Annotated[str, typer.Argument(help="What you saw, did or decided.")],
    at: At = None,
    role: Role = None,
    detected: Annotated[
        bool, typer.Option("--detected", help="Somebody noticed the incident then: its clock starts there.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Write a note into the journal of an incident."""
    from hotfix.learn.status import Statement, say_detected, say_note

    said_at = tell_time()
    statement = Statement(_read_at(at, said_at), said_at, _check_text(text), role)
    _keep(incident, lambda _: say_detected(statement) if detected else say_note(statement), as_json=as_json)
    return 0


def status(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    incident: IncidentName,
    to: Annotated[
        Status | None, typer.Argument(metavar="[open|mitigated|resolved]", help="Where it stands now; else it is told.")
    ] = None,
    at: At = None,
    role: Role = None,
    text: Annotated[str, typer.Option("--note", help="How you know.")] = "",
    as_json: Json = False,
) -> int:
    """Tell or say where an incident stands.

    Mitigated: users are no longer harmed. Resolved: the cause is gone. Open: it is back, or was called over too early.
    """
    from hotfix.learn.status import Statement, change_status

    if to is None:
        _tell(incident, as_json=as_json)
        return 0
    if to is Status.CLOSED:
        raise UsageError("expected open, mitigated or resolved, found closed: hotfix incidents close takes the reason")
    said_at = tell_time()
    statement = Statement(_read_at(at, said_at), said_at, text, role)
    _keep(incident, lambda state: change_status(state.card, state.log.events, to, statement), as_json=as_json)
    return 0


def close(
    incident: IncidentName,
    reason: Annotated[str, typer.Option(help="Why nobody works on it any more, e.g. false alarm.", show_default=False)],
    at: At = None,
    role: Role = None,
    as_json: Json = False,
) -> int:
    """Close an incident that nobody works on any more."""
    from hotfix.learn.status import Statement, change_status

    said_at = tell_time()
    statement = Statement(_read_at(at, said_at), said_at, _check_text(reason), role)
    _keep(
        incident, lambda state: change_status(state.card, state.log.events, Status.CLOSED, statement), as_json=as_json
    )
    return 0


def _read_at(text: str | None, now: datetime) -> datetime:
    """Return when it happened; a time of day is the last one that has passed."""
    if text is None:
        return now
    from hotfix.core.text import format_time
    from hotfix.ingest.window import parse_time

    found = parse_time("--at", text, now) or now
    if found > now + _AHEAD and _TIME_OF_DAY.fullmatch(text):
        found -= timedelta(days=1)
    if found > now + _AHEAD:
        raise UsageError(
            f"--at: expected a time that has passed, found {format_time(found)}; now it is {format_time(now)}"
        )
    return found


def _check_text(text: str) -> str:
    if not text.strip():
        raise UsageError("expected some words, found none")
    return text


def _keep(name: str, make: "Callable[[State], Event]", *, as_json: bool) -> None:
    """Write an event into the journal of an incident, and tell where the incident stands now."""
    from hotfix.learn.events import append_event
    from hotfix.learn.state import read_state
    from hotfix.report.incidentfolders import find_incident_folder

    folder = find_incident_folder(name)
    append_event(folder, make(read_state(folder, tell_time())))
    _tell(str(folder), as_json=as_json)


def _tell(name: str, *, as_json: bool) -> None:
    """Print where an incident stands."""
    import json

    from hotfix.core.plain import tame
    from hotfix.learn.events import render_event
    from hotfix.learn.state import read_state
    from hotfix.report.incidentfolders import find_incident_folder
    from hotfix.report.incidentpage import say_event, say_standing

    state = read_state(find_incident_folder(name), tell_time())
    last = state.log.events[-1] if state.log.events else None
    if as_json:
        event = json.loads(render_event(last)) if last else None
        typer.echo(json.dumps({"id": state.card.id, "status": state.status, "event": event}))
    else:
        typer.echo(tame(say_standing(state)))
        if last:
            typer.echo(tame(say_event(last)))
