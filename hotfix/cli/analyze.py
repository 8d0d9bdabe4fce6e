"""``hotfix analyze``: from logs to a diagnosis on the terminal and an incident folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Deploys, Json, Last, Logs, Model, NoModel, Out, Service, Since, Until, Users
from hotfix.core.errors import HotfixError

if TYPE_CHECKING:
    from hotfix.core.facts import Analysis
    from hotfix.flow.effort import Stopwatch

FOUND = 1
"""Exit code when an incident was found, also one that has ended."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("analyze")(analyze)


def analyze(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    paths: Logs,
    since: Since = None,
    until: Until = None,
    last: Last = None,
    service: Service = None,
    deploys: Deploys = None,
    repo: Annotated[Path | None, typer.Option(help="Git repository whose tags and commits are changes.")] = None,
    users: Users = None,
    out: Out = None,
    model: Model = None,
    no_model: NoModel = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the verdict in one line.")] = False,
    as_json: Json = False,
) -> int:
    """Say what broke, since when, since which change, and what to do now."""
    from hotfix.cli.progress import show_progress
    from hotfix.cli.telling import tell
    from hotfix.flow.contract import DiagnoseOptions, Listeners, ModelChoice
    from hotfix.flow.diagnosing import analyze_logs
    from hotfix.flow.effort import Stopwatch
    from hotfix.ingest.window import WindowRequest

    watch = Stopwatch()
    options = DiagnoseOptions(
        logs=tuple(paths),
        window=WindowRequest(since, until, last),
        service=service,
        deploys=deploys,
        repo=repo,
        users=users,
        out=out,
        model=ModelChoice(model, no_model),
        stdin=sys.stdin.buffer,
        command=say_command_line(),
    )
    with show_progress() as shown:
        analysis = analyze_logs(options, Listeners(tell=tell, on_read=shown.on_read, on_model=shown.on_model))
    written = keep(analysis, out, watch)
    _print(analysis, written, as_json=as_json, quiet=quiet)
    return FOUND if analysis.incident else 0


def say_command_line() -> str:
    """Return the command as it was typed, for the report."""
    return " ".join(["hotfix", *sys.argv[1:]])


def keep(analysis: "Analysis", out: Path | None, watch: "Stopwatch") -> tuple[Path, ...]:
    """Write the incident folder; where nobody named one and it cannot be written, only tell: the result is printed."""
    from hotfix.cli.telling import tell
    from hotfix.flow.diagnosing import keep_analysis

    try:
        return keep_analysis(analysis, out, watch, tell)
    except HotfixError as error:
        if out is not None:
            raise
        tell(f"no report was written: {error}")
        return ()


def _print(analysis: "Analysis", written: tuple[Path, ...], *, as_json: bool, quiet: bool) -> None:
    from hotfix.report.console import open_console, render_console, state_verdict
    from hotfix.report.jsonreport import render_json

    if as_json:
        typer.echo(render_json(analysis))
    elif quiet:
        typer.echo(state_verdict(analysis))
    else:
        render_console(analysis, open_console(), written)
