"""``hotfix metrics``: how fast, how well and at what cost the incidents here were dealt with."""

from pathlib import Path
from typing import Annotated

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.options import Json
from hotfix.core.errors import UsageError
from hotfix.learn.metrics.groupings import Grouping


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("metrics")(metrics)


def metrics(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    since: Annotated[
        str | None, typer.Option(help="Only incidents that began then or later, e.g. 2026-01-15 or 2026-01-15T14:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only incidents that began before.")] = None,
    by: Annotated[Grouping | None, typer.Option(help="Tell incidents apart, and show a table of each group.")] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the result as CSV on standard output.")] = False,
    openmetrics: Annotated[
        Path | None,
        typer.Option(help="Write gauges into this file instead, for the node exporter's textfile collector (*.prom)."),
    ] = None,
) -> int:
    """Measure how incidents were dealt with.

    Time to detect goes from the onset to when somebody or something noticed, to mitigate until users were no longer
    harmed, to repair until the cause was gone; each phase from the end of the one before to its own. Medians and shares
    are of the incidents that have a value; what is not known is counted apart, never as zero.
    """
    if sum((as_json, as_csv, openmetrics is not None)) > 1:
        raise UsageError("expected one of --json, --csv and --openmetrics, found several")
    from hotfix.core.plain import tame
    from hotfix.ingest.window import parse_time
    from hotfix.learn.metrics.computing import compute_metrics
    from hotfix.learn.metrics.contract import Scope
    from hotfix.learn.metrics.reading import read_incidents
    from hotfix.report.console import open_console
    from hotfix.report.incidentfolders import INCIDENTS
    from hotfix.report.metricslist import render_metrics, render_metrics_csv, render_metrics_json
    from hotfix.report.openmetrics import write_openmetrics
    from hotfix.report.words import say_count

    now = tell_time()
    scope = Scope(parse_time("--since", since, now), parse_time("--until", until, now), by)
    if scope.since and scope.until and scope.since >= scope.until:
        raise UsageError("expected --since before --until, found no time between them")
    incidents, skipped = read_incidents(INCIDENTS)
    found = compute_metrics(incidents, scope, now, skipped)
    if openmetrics is not None:
        write_openmetrics(openmetrics, found)
        typer.echo(tame(f"{openmetrics}: {say_count(found.whole.incidents, 'incident')}"))
    elif as_json:
        typer.echo(render_metrics_json(found))
    elif as_csv:
        typer.echo(render_metrics_csv(found), nl=False)
    else:
        render_metrics(found, open_console())
    for one in skipped:
        typer.echo(tame(f"hotfix: {one.where} is left out: {one.reason}"), err=True)
    return 0
