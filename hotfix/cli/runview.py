"""Shows a run of the whole way: on standard error what is done and the clock, on standard output what came of it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from hotfix.cli.telling import tell

if TYPE_CHECKING:
    from pathlib import Path

    from hotfix.flow.contract import Listeners, StepName
    from hotfix.flow.running import Ending, Result
    from hotfix.learn.state import State


@dataclass(frozen=True, slots=True)
class RunView:
    """Where a run is shown."""

    as_json: bool  # standard output is for one object at the end

    @contextmanager
    def watch(self, step: "StepName", state: "State | None") -> "Iterator[Listeners]":
        """Yield what a step tells its progress to; on a terminal one line shows it with the clock, live."""
        from hotfix.flow.contract import Listeners

        if not sys.stderr.isatty():
            yield Listeners(tell=tell)
            return
        from rich.console import Console
        from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
        from rich.text import Text

        from hotfix.cli.modelprogress import describe_model

        class ClockColumn(ProgressColumn):
            """The running phase and the whole, against their targets."""

            def render(self, task: Task) -> Text:
                return Text(_say_running(state, task.elapsed or 0.0))

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), ClockColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(step, total=None)

            def on_phase(phase: str) -> None:
                bar.update(task, description=f"{step}: {phase}")

            yield Listeners(
                tell=tell,
                on_phase=on_phase,
                on_read=lambda file, _bytes: on_phase(f"reading {file.shown}"),
                on_model=lambda one: on_phase(describe_model(one)),
            )

    def show(self, result: "Result", state: "State | None") -> None:
        """Print what came of a step and, where it took time, the clock."""
        from hotfix.core.plain import tame
        from hotfix.flow.contract import StepStatus

        one = result.outcome
        status = f"{one.status}, kept" if result.kept else one.status
        typer.echo(tame(f"{one.name:<9} {status:<14} {one.sentence}"), err=self.as_json)
        if state is not None and not result.kept and one.status is not StepStatus.SKIPPED:
            typer.echo(f"{'clock':<9} {_say_running(state, 0.0)}", err=True)

    def end(self, ending: "Ending") -> None:
        """Print how far the way came: the clock of every phase, the index, and how to go on."""
        from hotfix.flow.now import tell_time
        from hotfix.learn.state import read_state
        from hotfix.report.trail import INDEX, say_phase

        state = read_state(ending.folder, tell_time()) if ending.folder else None
        if self.as_json:
            typer.echo(_render(ending, state))
        elif state is not None:
            for phase in state.clock.phases:
                typer.echo(f"{'clock':<9} {phase.phase:<14} {say_phase(phase)}")
            typer.echo(f"index     {state.folder / INDEX}")
        if ending.stopped and ending.folder:
            tell(f"stopped before {ending.stopped.step}: {_say_how_to_go_on(ending, ending.folder)}")


def _say_how_to_go_on(ending: "Ending", folder: "Path") -> str:
    from hotfix.flow.places import say_run_command

    if ending.stopped and not ending.stopped.only_writes_documents:
        return f"at a terminal, {say_run_command(folder, deploys=True)} asks again"
    command = say_run_command(folder)
    if sys.stdin.isatty():
        return f"nothing of it was done; go on with {command}"
    return f"nobody was there to ask; go on at a terminal with {command}, or add --yes-to-documents"


def _say_running(state: "State | None", elapsed_s: float) -> str:
    """Return the phase that goes on and the whole, each against its target; without an incident only the time."""
    from hotfix.core.text import say_span
    from hotfix.flow.now import tell_time
    from hotfix.learn.clock import Phase, read_clock, say_against

    if state is None:
        return say_span(elapsed_s)
    clock = read_clock(state.card, state.log.events, tell_time())
    running = [one for one in (clock.running, clock.phases[-1]) if one is not None and one.seconds is not None]
    said = (f"{one.phase} {say_against(one.seconds or 0.0, one.phase, one.severity)}" for one in running)
    return "; ".join(said) or f"{Phase.TOTAL}: over before anybody noticed"


def _render(ending: "Ending", state: "State | None") -> str:
    from hotfix.flow.places import say_run_command
    from hotfix.flow.unknown import list_unknown
    from hotfix.report.incidentfolders import REPORT
    from hotfix.report.jsonread import read_report
    from hotfix.report.trail import INDEX

    folder, stopped = ending.folder, ending.stopped
    whole = {
        "schema": "hotfix.run/1",
        "incident": state.card.id if state else None,
        "folder": str(folder) if folder else None,
        "index": str(folder / INDEX) if folder else None,
        "steps": [
            {
                "step": one.outcome.name,
                "status": one.outcome.status,
                "kept": one.kept,
                "sentence": one.outcome.sentence,
                "document": str(one.outcome.document) if one.outcome.document else None,
            }
            for one in ending.results
        ],
        "severity": state.card.severity if state else None,
        "clock": [
            {
                "phase": one.phase,
                "seconds": one.seconds,
                "target_min": one.target_min,
                "over_s": one.over_s,
                "running": one.running,
            }
            for one in (state.clock.phases if state else ())
        ],
        "unknown": list(list_unknown(read_report(folder / REPORT), folder)) if folder else [],
        "stopped": {"before": stopped.step, "would": stopped.will} if stopped else None,
        "go_on": say_run_command(folder) if stopped and folder else None,
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)
