"""``hotfix actions``: what reviews propose, and how far people have come with it."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.options import IncidentName, Json

if TYPE_CHECKING:
    from hotfix.learn.actions import Action

ActionName = Annotated[str, typer.Argument(help="Which one, e.g. A2.", show_default=False)]
One = Annotated[str | None, typer.Option("--incident", help="Only those of this incident: id, folder or last.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="See, settle and chase the actions of reviews.", no_args_is_help=True)
    group.callback()(_name_group)
    for name, command in (("list", list_all), ("overdue", overdue), ("done", done), ("decline", decline)):
        group.command(name)(command)
    app.add_typer(group, name="actions")


def _name_group() -> None:
    """See, settle and chase the actions of reviews."""


def list_all(incident: One = None, as_json: Json = False) -> int:
    """List the actions of all incidents here, or of one, the earliest due first."""
    now = tell_time()
    _print(_collect(incident), now, as_json=as_json)
    return 0


def overdue(incident: One = None, as_json: Json = False) -> int:
    """List the actions that are open and past their day; exit code 1 where there are any."""
    now = tell_time()
    late = [(name, one) for name, one in _collect(incident) if one.is_overdue(now.date())]
    _print(late, now, as_json=as_json)
    return 1 if late else 0


def done(
    incident: IncidentName,
    action: ActionName,
    evidence: Annotated[str, typer.Option(help="What shows that it is done.", show_default=False)],
    as_json: Json = False,
) -> int:
    """Mark an action done."""
    from hotfix.learn.actions import Standing

    _settle(incident, action, Standing.DONE, evidence, as_json=as_json)
    return 0


def decline(
    incident: IncidentName,
    action: ActionName,
    reason: Annotated[str, typer.Option(help="Why it will not be done.", show_default=False)],
    as_json: Json = False,
) -> int:
    """Decline an action; the reason stands in the review."""
    from hotfix.learn.actions import Standing

    _settle(incident, action, Standing.DECLINED, reason, as_json=as_json)
    return 0


def _settle(name: str, ident: str, standing: str, said: str, *, as_json: bool) -> None:
    from hotfix.learn.actions import Standing, settle_action
    from hotfix.report.incidentfolders import find_incident_folder

    folder, now = find_incident_folder(name), tell_time()
    _print([(folder.name, settle_action(folder, ident, Standing(standing), said, now))], now, as_json=as_json)


def _collect(incident: str | None) -> "list[tuple[str, Action]]":
    """Return the actions with the names of their incidents; a folder whose actions cannot be read is told."""
    from hotfix.core.errors import InputError
    from hotfix.core.plain import tame
    from hotfix.learn.actions import ACTIONS, read_actions
    from hotfix.report.incidentfolders import INCIDENTS, find_incident_folder

    if incident:
        folders: Iterable[Path] = [find_incident_folder(incident)]
    else:
        folders = sorted(path.parent for path in INCIDENTS.glob(f"*/{ACTIONS}"))
    found: list[tuple[str, Action]] = []
    for folder in folders:
        try:
            found += [(folder.name, one) for one in read_actions(folder)]
        except InputError as error:
            if incident:
                raise
            typer.echo(tame(f"hotfix: {folder.name} is left out: {error}"), err=True)
    return sorted(found, key=lambda pair: (pair[1].what.due, pair[0]))


def _print(found: "list[tuple[str, Action]]", now: datetime, *, as_json: bool) -> None:
    from hotfix.core.plain import tame
    from hotfix.report.reviewreport import describe_action

    today = now.date()
    if as_json:
        rows = [{"incident": name} | describe_action(one) | {"overdue": one.is_overdue(today)} for name, one in found]
        typer.echo(json.dumps({"actions": rows}))
        return
    if not found:
        typer.echo("no actions; hotfix rca INCIDENT proposes them")
    for name, one in found:
        late = ", OVERDUE" if one.is_overdue(today) else ""
        said = f": {one.said}" if one.said else ""
        what = one.what
        typer.echo(
            tame(f"{name} {one.id} due {what.due}{late} {one.standing}{said} · {what.type}, {what.owner}: {what.text}")
        )
