"""``hotfix deploy rollback``: sends every request to the old version, whatever the state of a rollout."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.effort import keep_rollout
from hotfix.cli.options import Json
from hotfix.flow.places import find_config
from hotfix.rollout.execute.limits import BACK_TRIES_S

if TYPE_CHECKING:
    from hotfix.rollout.execute.contract import State

NOT_BACK = 1
"""Exit code while the old version is not known to serve all."""


def rollback(
    incident: Annotated[
        str | None, typer.Argument(help="Id or folder of an incident, or last; its journal is kept.")
    ] = None,
    config: Annotated[
        Path, typer.Option(help="The folder whose hotfix.toml says who moves the traffic, or that file.")
    ] = Path(),
    tries_s: Annotated[
        float, typer.Option("--keep-trying", min=0, help="For how long it is tried again when it fails, seconds.")
    ] = BACK_TRIES_S,
    as_json: Json = False,
) -> int:
    """Send every request to the old version, read it back, and count until the old version serves all.

    Needs nothing but the table [deploy.traffic]: no incident, no journal, no monitoring. A rollout that is running is
    told to end. A terminal that is lost does not stop it. May be repeated. Exit code 0 only when the old version is
    known to serve all requests.
    """
    from functools import partial

    from hotfix.cli.deploy.terminal import outlive_terminal
    from hotfix.core.plain import tame
    from hotfix.report.rolloutstanding import render_back
    from hotfix.rollout.execute.clock import SystemClock
    from hotfix.rollout.execute.journal import append_entry
    from hotfix.rollout.execute.undo import Undoing
    from hotfix.rollout.traffic import read_traffic

    traffic = read_traffic(find_config(config))
    folder = _find_folder(incident) if incident else None
    undoing = Undoing(traffic, SystemClock(), _tell, partial(append_entry, folder or Path()))
    with outlive_terminal(), undoing.take_over():
        back = undoing.send_back(_find_state(folder) if folder else None, tries_s)
    for note in back.notes:
        _tell(note)
    if folder:
        keep_rollout(folder)
    typer.echo(
        render_back(back) if as_json else tame(f"{'rolled back' if back.done else 'NOT rolled back'}: {back.text}")
    )
    return 0 if back.done else NOT_BACK


def _find_folder(incident: str) -> Path | None:
    """Return the incident's folder; one that is not found must not stop the way back."""
    from hotfix.core.errors import InputError
    from hotfix.report.incidentfolders import find_incident_folder

    try:
        return find_incident_folder(incident)
    except InputError as error:
        _tell(f"{error}; it is rolled back without a journal")
        return None


def _find_state(folder: Path) -> "State | None":
    from hotfix.core.errors import InputError
    from hotfix.rollout.execute.journal import read_past

    try:
        past = read_past(folder)
    except InputError as error:
        _tell(f"{error}; it is rolled back without a journal")
        return None
    return past.state if past else None


def _tell(text: str) -> None:
    from hotfix.core.plain import tame

    with suppress(OSError):  # the terminal is gone
        typer.echo(f"hotfix: {tame(text)}", err=True)
