"""``hotfix incidents list``, ``show`` and ``reindex``: what was found before, and where it stands."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.options import IncidentName, Json
from hotfix.core.facts import Severity
from hotfix.learn.statuses import Status

if TYPE_CHECKING:
    from hotfix.learn.query import Found


def list_all(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    status: Annotated[list[Status] | None, typer.Option(help="Only those that stand so; may be repeated.")] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help="Only those so bad; may be repeated.")] = None,
    service: Annotated[str | None, typer.Option(help="Only those that affected this service.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only those that began then or later, e.g. 2026-01-15 or 2026-01-15T14:00Z.")
    ] = None,
    search: Annotated[
        str | None, typer.Option(help="Only those whose report, notes or documents hold all these words.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the newest so many.")] = None,
    as_json: Json = False,
) -> int:
    """List the incidents here, the newest first."""
    from hotfix.learn.query import Query
    from hotfix.learn.store import find_incidents
    from hotfix.report.console import open_console
    from hotfix.report.incidentfolders import INCIDENTS
    from hotfix.report.incidentlist import render_list, render_list_json

    now = tell_time()
    query = Query(tuple(status or ()), tuple(severity or ()), service, _read_since(since, now), search, limit)
    found = find_incidents(INCIDENTS, query)
    if as_json:
        typer.echo(render_list_json(found))
    else:
        render_list(found, open_console(), now)
    _tell_troubles(found)
    return 0


def show(incident: IncidentName, as_json: Json = False) -> int:
    """Show where an incident stands.

    On one screen: what broke, the clock against its targets, the documents, and what happened last.
    """
    from hotfix.learn.state import read_state
    from hotfix.report.console import open_console
    from hotfix.report.incidentfolders import find_incident_folder
    from hotfix.report.incidentpage import render_incident, render_incident_json

    state = read_state(find_incident_folder(incident), tell_time())
    if as_json:
        typer.echo(render_incident_json(state))
    else:
        render_incident(state, open_console())
    return 0


def reindex(as_json: Json = False) -> int:
    """Make the index over all incidents and articles anew.

    The folders are the truth, and every command brings the index up to date: this is for those who doubt it.
    """
    import json
    from dataclasses import replace

    from hotfix.learn.knowledge.articleindex import recall_articles
    from hotfix.learn.store import DATABASE
    from hotfix.learn.store import reindex as make_anew
    from hotfix.report.incidentfolders import INCIDENTS
    from hotfix.report.words import say_count

    found, path = make_anew(INCIDENTS), INCIDENTS.parent / DATABASE
    shelf = recall_articles(INCIDENTS)
    unreadable = (*found.unreadable, *shelf.unreadable)
    number, articles = len(found.summaries), len(shelf.articles)
    more = f" and {say_count(articles, 'article')}" if articles else ""
    typer.echo(
        json.dumps({"indexed": number, "unreadable": len(unreadable), "database": str(path), "articles": articles})
        if as_json
        else f"{say_count(number, 'incident')}{more} in {path}"
    )
    _tell_troubles(replace(found, unreadable=unreadable))
    return 0


def _read_since(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    from hotfix.ingest.window import parse_time

    return parse_time("--since", text, now)


def _tell_troubles(found: "Found") -> None:
    from hotfix.core.plain import tame

    for one in found.unreadable:
        typer.echo(tame(f"hotfix: {one.where} is left out: {one.reason}"), err=True)
    if found.note:
        typer.echo(tame(f"hotfix: {found.note}; the list was made without it"), err=True)
