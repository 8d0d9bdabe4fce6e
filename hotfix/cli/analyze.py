"""``hotfix analyze``: from logs to a diagnosis on the terminal and an incident folder."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json
from hotfix.core.errors import HotfixError

if TYPE_CHECKING:
    from hotfix.cli.effort import Stopwatch
    from hotfix.core.facts import Analysis

FOUND = 1
"""Exit code when an incident was found, also one that has ended."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("analyze")(analyze)


def analyze(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    paths: Annotated[
        list[str], typer.Argument(help="Log files, folders, globs, or - for standard input.", show_default=False)
    ],
    since: Annotated[
        str | None,
        typer.Option(help="Look at records from this time on, e.g. 2026-01-15T14:00Z or 14:00 (of the last day)."),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Look at records up to this time.")] = None,
    last: Annotated[
        str | None, typer.Option(help="Look at this span before the last record, e.g. 30m, 2h, 1d.")
    ] = None,
    service: Annotated[str | None, typer.Option(help="Look at the records of this service only.")] = None,
    deploys: Annotated[
        Path | None, typer.Option(help="CSV, JSON or JSON-lines file of deployments and other changes.")
    ] = None,
    repo: Annotated[Path | None, typer.Option(help="Git repository whose tags and commits are changes.")] = None,
    users: Annotated[
        int | None, typer.Option(min=1, help="How many users there are, to say how many are affected.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for report.json, diagnosis.md and report.html; else .hotfix/incidents/<id>."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Let this model word the diagnosis; else the one of the role judge, if any.")
    ] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Use no model: rules and templates alone.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the verdict in one line.")] = False,
    as_json: Json = False,
) -> int:
    """Say what broke, since when, since which change, and what to do now."""
    from hotfix.cli.effort import Stopwatch
    from hotfix.cli.engines import open_judge
    from hotfix.cli.progress import show_progress
    from hotfix.ingest.window import WindowRequest
    from hotfix.pipeline import AnalysisRequest
    from hotfix.pipeline import analyze as run

    watch = Stopwatch()
    with show_progress() as listeners, open_judge(model, listeners.on_model, off=no_model) as (engine, why_none):
        request = AnalysisRequest(
            paths=tuple(paths),
            window=WindowRequest(since, until, last),
            service=service,
            deploys=deploys,
            repo=repo,
            users=users,
            stdin=sys.stdin.buffer,
            command=" ".join(["hotfix", *sys.argv[1:]]),
            encoder=not no_model,
            engine=engine,
            why_no_engine=why_none,
        )
        analysis = _compare(run(request, listeners.on_read))
    written = _write(analysis, out, watch)
    _print(analysis, written, as_json=as_json, quiet=quiet)
    return FOUND if analysis.incident else 0


def _compare(analysis: "Analysis") -> "Analysis":
    """Return the analysis with the past incidents that are like it; an index that cannot be read costs only them."""
    from hotfix.report.incidentfolders import INCIDENTS

    if analysis.incident is None or not INCIDENTS.is_dir():
        return analysis
    from hotfix.learn.knowledge.memory import recall
    from hotfix.learn.knowledge.signature import take_signature
    from hotfix.learn.knowledge.similar import find_similar
    from hotfix.report.jsonreport import to_node

    try:
        signature = take_signature(to_node(analysis))
        return replace(analysis, past=find_similar(signature, recall(INCIDENTS))) if signature else analysis
    except HotfixError as error:
        typer.echo(f"hotfix: no past incident was looked at: {error}", err=True)
        return analysis


def _write(analysis: "Analysis", out: Path | None, watch: "Stopwatch") -> tuple[Path, ...]:
    """Write the incident folder where the user says, else for every incident; tell when it cannot be written."""
    from hotfix.report.incidentfolders import INCIDENTS

    if out is not None:
        return _fill(out, analysis, watch)
    if analysis.incident is None:
        return ()
    try:
        return _fill(INCIDENTS / analysis.incident.id, analysis, watch)
    except HotfixError as error:
        typer.echo(f"hotfix: no report was written: {error}", err=True)
        return ()


def _fill(folder: Path, analysis: "Analysis", watch: "Stopwatch") -> tuple[Path, ...]:
    """Write the reports and, in the journal, that the incident was detected and diagnosed."""
    from hotfix.cli.effort import keep_events
    from hotfix.learn.recording import record_diagnosis
    from hotfix.report.files import write_incident

    written = write_incident(folder, analysis)
    keep_events(folder, record_diagnosis(analysis, watch.stop()))
    return written


def _print(analysis: "Analysis", written: tuple[Path, ...], *, as_json: bool, quiet: bool) -> None:
    from hotfix.report.console import open_console, render_console, state_verdict
    from hotfix.report.jsonreport import render_json

    if as_json:
        typer.echo(render_json(analysis))
    elif quiet:
        typer.echo(state_verdict(analysis))
    else:
        render_console(analysis, open_console(), written)
