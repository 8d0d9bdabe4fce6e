"""``hotfix run``: from logs to the review in one go, each step behind its gate, and on from wherever it was cut off."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.analyze import FOUND, say_command_line
from hotfix.cli.options import (
    DeploysThere,
    Json,
    Last,
    LogsIfAny,
    Model,
    NoModel,
    Repro,
    Service,
    Since,
    Suite,
    Until,
    Users,
)
from hotfix.cli.telling import tell
from hotfix.core.errors import UsageError

if TYPE_CHECKING:
    from hotfix.flow.contract import Outcome
    from hotfix.flow.gates import Gate
    from hotfix.flow.order import Order


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("run")(run)


def run(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    paths: LogsIfAny = None,
    incident: Annotated[
        str | None, typer.Option(help="Go on with this incident, by id, folder or last, instead of reading logs.")
    ] = None,
    repo: Annotated[
        Path | None,
        typer.Option(
            exists=True, help="Git repository of the service, or a bundle of one, for patch and test. It is only read."
        ),
    ] = None,
    yes_to_documents: Annotated[
        bool,
        typer.Option(
            "--yes-to-documents",
            help="Let every step through that only writes documents into the incident folder; a rollout still asks.",
        ),
    ] = False,
    deploy: Annotated[
        bool,
        typer.Option("--deploy", help="Ask, at a terminal, whether to carry the rollout out; else it is left out."),
    ] = False,
    since: Since = None,
    until: Until = None,
    last: Last = None,
    service: Service = None,
    deploys: DeploysThere = None,
    users: Users = None,
    repro: Repro = None,
    suite: Suite = None,
    config: Annotated[
        Path | None,
        typer.Option(exists=True, help="The folder whose hotfix.toml says how to roll out, or that file; else here."),
    ] = None,
    model: Model = None,
    no_model: NoModel = False,
    as_json: Json = False,
) -> int:
    """Diagnose, patch, test, plan and review, with index.md in the incident folder as the way through all of it.

    Before each step after the diagnosis it says what it will do, and asks. Standard error shows the clock. May be cut
    off at any point: hotfix run --incident last goes on with the first step that is missing or whose inputs changed,
    with the options of before. Exit code 0: nothing is wrong; 1: an incident was found.
    """
    from hotfix.cli.runview import RunView
    from hotfix.flow.order import Order
    from hotfix.flow.running import Hands, run_incident
    from hotfix.report.incidentfolders import find_incident_folder

    if bool(paths) == bool(incident):
        raise UsageError("expected logs, or --incident with one to go on with; see hotfix run --help")
    order = Order(
        logs=tuple(paths or ()),
        since=since,
        until=until,
        last=last,
        service=service,
        deploys=_say(deploys),
        users=users,
        repo=_say(repo),
        repro=repro,
        suite=suite,
        config=_say(config),
        model=model,
        no_model=no_model,
    )
    folder = find_incident_folder(incident) if incident else None
    view = RunView(as_json=as_json)
    hands = Hands(
        consent=lambda gate: _ask(gate, yes=yes_to_documents),
        watch=view.watch,
        show=view.show,
        deploy=_carry_out if deploy else None,
        command=say_command_line(),
        stdin=sys.stdin.buffer,
    )
    try:
        ending = run_incident(order, folder, hands)
    except KeyboardInterrupt:
        tell("interrupted; what is done is kept, and the same command goes on with it")
        raise
    view.end(ending)
    return FOUND if ending.folder else 0


def _say(path: Path | None) -> str | None:
    return str(path) if path else None


def _ask(gate: "Gate", *, yes: bool) -> bool:
    """Say what a step will do, and return whether it may; where nobody can be asked, it may not."""
    from hotfix.core.plain import tame

    said = tame(f"{gate.step}: it will {gate.will}")
    if gate.only_writes_documents and yes:
        typer.echo(said, err=True)
        return True
    if not sys.stdin.isatty():
        typer.echo(said, err=True)
        return False
    return typer.confirm(f"{said}\nGo on?", default=False, err=True)


def _carry_out(folder: Path, order: "Order") -> "Outcome":
    """Carry the rollout out as ``hotfix deploy run`` does, or go on with the one that was cut off."""
    from hotfix.cli.deploy.run import INTERRUPTED
    from hotfix.cli.deploy.run import run as carry_out
    from hotfix.flow.contract import Outcome, StepName, StepStatus
    from hotfix.flow.left import read_outcome
    from hotfix.flow.places import name_incident
    from hotfix.rollout.execute.journal import read_past

    past = read_past(folder)
    code = carry_out(name_incident(folder), order.configuration, resume=past is not None and not past.is_over)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    unfinished = Outcome(StepName.DEPLOY, StepStatus.FAILED, "the rollout did not come to its end")
    return read_outcome(StepName.DEPLOY, folder) or unfinished
