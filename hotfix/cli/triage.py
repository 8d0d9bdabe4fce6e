"""``hotfix triage``: the first minute of an emergency: roll back now or not, then the whole analysis behind it."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.analyze import FOUND, keep, say_command_line
from hotfix.cli.options import Deploys, Json, Last, Logs, Model, NoModel, Out, Since, Until

if TYPE_CHECKING:
    from hotfix.core.facts import Analysis
    from hotfix.flow.triage import Triage


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("triage")(triage)


def triage(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    paths: Logs,
    since: Since = None,
    until: Until = None,
    last: Last = None,
    deploys: Deploys = None,
    config: Annotated[
        Path, typer.Option(help="The folder whose hotfix.toml says who moves the traffic: then it names the command.")
    ] = Path(),
    out: Out = None,
    model: Model = None,
    no_model: NoModel = False,
    as_json: Json = False,
) -> int:
    """Answer first whether to roll back now, by rules alone as soon as the logs are read; then analyse in full.

    The second answer says whether the first one holds, and the whole report follows, which is that of hotfix analyze.
    With --json each answer is one line. Exit code 0: nothing is wrong; 1: an incident was found.
    """
    view = _View(as_json=as_json)

    from hotfix.cli.telling import tell
    from hotfix.flow.contract import DiagnoseOptions, Listeners, ModelChoice
    from hotfix.flow.diagnosing import analyze_logs
    from hotfix.flow.effort import Stopwatch
    from hotfix.flow.triage import triage_analysis
    from hotfix.ingest.window import WindowRequest

    watch = Stopwatch()
    options = DiagnoseOptions(
        logs=tuple(paths),
        window=WindowRequest(since, until, last),
        deploys=deploys,
        out=out,
        model=ModelChoice(model, no_model),
        stdin=sys.stdin.buffer,
        command=say_command_line(),
    )
    analysis = analyze_logs(
        options, Listeners(tell=tell), lambda glanced: view.show_first(triage_analysis(glanced, config))
    )
    view.show_second(triage_analysis(analysis, config))
    view.show_report(analysis, keep(analysis, out, watch))
    return FOUND if analysis.incident else 0


class _View:
    """Prints both answers, and how long each took from the start of the command."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._began = time.perf_counter()
        self._first: Triage | None = None

    def show_first(self, found: "Triage") -> None:
        """Print the answer of the first look, at once."""
        self._first = found
        self._show(found, "first", "by rules alone; the whole analysis follows")

    def show_second(self, found: "Triage") -> None:
        """Print the answer of the whole analysis, or that it is the same."""
        holds = self._first is not None and (self._first.answer, self._first.change) == (found.answer, found.change)
        if self._as_json or not holds:
            self._show(found, "refined", "it CHANGES the first one" if not holds else "it is the same")
        else:
            typer.echo(f"The whole analysis says the same, after {self._say_time()}: {found.answer.upper()}.\n")

    def show_report(self, analysis: "Analysis", written: tuple[Path, ...]) -> None:
        """Print the report as ``hotfix analyze`` does; with JSON it lies in the folder alone."""
        from hotfix.report.console import open_console, render_console

        if not self._as_json:
            render_console(analysis, open_console(), written)

    def _show(self, found: "Triage", name: str, note: str) -> None:
        from hotfix.core.plain import tame

        if self._as_json:
            typer.echo(json.dumps(_describe(found, name, time.perf_counter() - self._began), ensure_ascii=True))
        else:
            typer.echo("\n".join(tame(line) for line in _say(found)))
            typer.echo(f"Answered after {self._say_time()}, {note}.\n")
        sys.stdout.flush()

    def _say_time(self) -> str:
        from hotfix.core.text import say_span

        return say_span(time.perf_counter() - self._began)


def _say(found: "Triage") -> list[str]:
    from hotfix.flow.triage import say_change
    from hotfix.report.plain import first_line
    from hotfix.report.words import say_place

    lines = [f"ROLL BACK NOW? {found.answer.upper()}: {found.reason}", f"  what     {found.headline}"]
    if found.change:
        lines.append(f"  change   {say_change(found.change)}")
    if found.proof:
        lines.append(f"  proof    {say_place(found.proof.place)}: {first_line(found.proof.excerpt)}")
    if found.action:
        lines.append(f"  do       {found.action}")
    if found.command:
        lines.append(f"  command  {found.command}")
    elif found.wants_command:
        lines.append("  command  not known here: [deploy.traffic] in hotfix.toml says who moves the requests")
    return lines


def _describe(found: "Triage", name: str, seconds: float) -> dict[str, object]:
    from hotfix.core.text import format_time

    change, proof = found.change, found.proof
    return {
        "schema": "hotfix.triage/1",
        "answer": name,
        "seconds": round(seconds, 3),
        "roll_back": found.answer,
        "reason": found.reason,
        "headline": found.headline,
        "change": change
        and {
            "id": change.id,
            "kind": change.kind,
            "time": format_time(change.at),
            "service": change.service,
            "summary": change.summary,
            "place": {"file": change.source.file, "line": change.source.line},
        },
        "proof": proof
        and {"statement": proof.statement, "place": {"file": proof.place.file, "line": proof.place.line}},
        "action": found.action,
        "command": found.command,
    }
