"""``hotfix incidents import-alerts``: what a monitoring system said goes into the incident's journal."""

from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.givenfile import read_given, show_given
from hotfix.cli.options import IncidentName, Json
from hotfix.cli.telling import tell
from hotfix.core.errors import UsageError

if TYPE_CHECKING:
    from datetime import tzinfo

    from hotfix.learn.alertfiles import Signals
    from hotfix.learn.alerts import Told
    from hotfix.learn.state import State


def import_alerts(
    incident: IncidentName,
    file: Annotated[
        str,
        typer.Argument(
            help="Alerts as JSON (Alertmanager's webhook or API v2, or a list), JSON lines, CSV; - for standard input.",
            show_default=False,
        ),
    ],
    zone: Annotated[str, typer.Option(help="Zone of times that say none, e.g. Europe/Berlin.")] = "UTC",
    as_json: Json = False,
) -> int:
    """Take alerts into the journal of an incident.

    Its clock then runs from the first alert that told of it. An alert that tells of something else is left out, and why
    is said. Importing the same alerts twice changes nothing.
    """
    from hotfix.learn.alertfiles import ALERTS_BYTES_MOST, read_alerts
    from hotfix.learn.alerts import tell_alerts
    from hotfix.learn.events import append_event
    from hotfix.learn.state import read_state
    from hotfix.report.incidentfolders import find_incident_folder

    folder, now, unsaid = find_incident_folder(incident), tell_time(), _find_zone(zone)
    state = read_state(folder, now)
    content = read_given(file, ALERTS_BYTES_MOST, "a file of alerts")
    found = read_alerts(content, show_given(file), unsaid)
    if not found.signals and not found.skipped:
        tell(f"{show_given(file)} holds no alert")
    told = tell_alerts(state, found.signals, now)
    for event in told.events:
        append_event(folder, event)
    _print(read_state(folder, now), found, told, as_json=as_json)
    return 0


def _find_zone(name: str) -> "tzinfo":
    from datetime import UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name == "UTC":
        return UTC  # also where no zones are installed
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--zone: expected the name of a zone such as UTC or Europe/Berlin, found {name!r}") from None


def _print(state: "State", found: "Signals", told: "Told", *, as_json: bool) -> None:
    import json

    from hotfix.core.plain import tame
    from hotfix.learn.events import render_event
    from hotfix.report.incidentpage import say_event, say_standing
    from hotfix.report.words import say_count

    left_out = (*found.skipped, *told.left_out)
    known = found.repeated + told.known
    if as_json:
        whole = {
            "incident": state.card.id,
            "imported": [json.loads(render_event(event)) for event in told.events],
            "known": known,
            "left_out": [{"where": one.where, "reason": one.reason} for one in left_out],
        }
        typer.echo(json.dumps(whole, indent=2, ensure_ascii=True))
        return
    typer.echo(tame(say_standing(state)))
    counts = (f"{say_count(len(told.events), 'event')} taken", f"{known} known already", f"{len(left_out)} left out")
    typer.echo(", ".join(counts))
    for event in told.events:
        typer.echo(tame(say_event(event)))
    for one in left_out:
        tell(f"{one.where} is left out: {one.reason}")
