"""``hotfix deploy run``: carries a rollout out, phase by phase, watched and judged."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.effort import keep_rollout
from hotfix.cli.options import IncidentName, Json
from hotfix.core.errors import UsageError
from hotfix.flow.places import find_config, say_deploy_command

if TYPE_CHECKING:
    from hotfix.rollout.contract import Policy
    from hotfix.rollout.execute.contract import State
    from hotfix.rollout.monitor import Monitor
    from hotfix.rollout.plan.known import Findings
    from hotfix.rollout.traffic import Traffic

NOT_CONFIRMED, INTERRUPTED = 1, 130
"""Exit codes when the rollout went back or was refused, and after Ctrl-C: 128 + SIGINT, as shells do."""


def run(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    incident: IncidentName,
    config: Annotated[
        Path, typer.Option(help="The folder whose hotfix.toml says policy, traffic and monitoring, or that file.")
    ] = Path(),
    yes: Annotated[
        bool, typer.Option("--yes", help="Go on to each phase as soon as the judge promotes, without asking.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a rollout that was interrupted, from what is true now.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print every command of every phase and of the way back; change nothing.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Send a growing share of the requests to the new version, watch and judge it, and take it back when it is worse.

    Standard error shows phases, clocks, figures and reasons. Without --yes each phase after the first asks: type go,
    pause or back. Ctrl-C leaves traffic as it is and says how to go on. With --json each look is a line on standard
    output. Exit code 0: confirmed at full traffic; 1: rolled back or refused.
    """
    import sys

    from hotfix.report.incidentfolders import REPORT, find_incident_folder
    from hotfix.report.jsonread import read_report
    from hotfix.rollout.execute.lock import hold_lock
    from hotfix.rollout.monitor import read_monitor
    from hotfix.rollout.plan.findings import read_findings
    from hotfix.rollout.plan.planning import find_severity
    from hotfix.rollout.policy import read_policy
    from hotfix.rollout.traffic import read_traffic

    folder, path = find_incident_folder(incident), find_config(config)
    analysis = read_report(folder / REPORT)
    findings = read_findings(folder, analysis)
    policy = read_policy(path.parent, find_severity(findings))
    traffic = read_traffic(path)
    if dry_run:
        _print_steps(traffic, policy, as_json=as_json)
        return 0
    if not yes and not sys.stdin.isatty():
        raise UsageError("expected a terminal, at which each phase is approved, or --yes; found neither")
    monitor = read_monitor(path, analysis)
    _warn(findings)
    with hold_lock(traffic.target, f"hotfix deploy run {incident}"):
        try:
            state = _drive(folder, path, policy, traffic, monitor, asks=not yes, resumes=resume, as_json=as_json)
        except KeyboardInterrupt:
            _say_how_to_go_on(incident, config)
            return INTERRUPTED
    keep_rollout(folder)
    return _say_end(state, incident, config)


def _warn(findings: "Findings") -> None:
    """Say what the plan would refuse; whoever starts a rollout may know better, and answers for it."""
    from hotfix.core.plain import tame
    from hotfix.rollout.plan.go import find_refusal

    refusal = find_refusal(findings)
    if refusal is not None:
        typer.echo(f"hotfix: warning: by the rules of hotfix deploy plan {refusal.go}: {tame(refusal.rule)}", err=True)


def _print_steps(traffic: "Traffic", policy: "Policy", *, as_json: bool) -> None:
    from hotfix.report.rolloutstanding import render_steps, say_steps
    from hotfix.rollout.execute.dryrun import list_steps

    steps = list_steps(traffic, policy)
    typer.echo(render_steps(steps) if as_json else say_steps(steps))


def _drive(  # noqa: PLR0913  # what the command has read
    folder: Path,
    path: Path,
    policy: "Policy",
    traffic: "Traffic",
    monitor: "Monitor",
    *,
    asks: bool,
    resumes: bool,
    as_json: bool,
) -> "State":
    from functools import partial

    from hotfix import __version__
    from hotfix.cli.deploy.terminal import open_terminal
    from hotfix.report.rolloutview import show_rollout
    from hotfix.rollout.execute.carryout import Order, resume_rollout, start_rollout
    from hotfix.rollout.execute.clock import SystemClock
    from hotfix.rollout.execute.configuration import read_check_new
    from hotfix.rollout.execute.driver import World
    from hotfix.rollout.execute.journal import append_entry, read_past
    from hotfix.rollout.execute.machine import Rules

    past = read_past(folder)
    clock = SystemClock(past.lines[-1].at_s if past and resumes else 0.0)
    order = Order(Rules(policy, asks), read_check_new(path), past, __version__)
    with open_terminal(asks=asks) as terminal, show_rollout(policy, clock, asks=asks, as_json=as_json) as view:
        world = World(traffic, monitor, clock, terminal, partial(append_entry, folder), view)
        return (resume_rollout if resumes else start_rollout)(world, order)


def _say_how_to_go_on(incident: str, config: Path) -> None:
    typer.echo("hotfix: interrupted; traffic stays where it is, and nobody watches it", err=True)
    typer.echo(f"  go on:     {say_deploy_command('run', incident, config, '--resume')}", err=True)
    typer.echo(f"  roll back: {say_deploy_command('rollback', incident, config)}", err=True)


def _say_end(state: "State", incident: str, config: Path) -> int:
    from hotfix.core.plain import tame
    from hotfix.rollout.execute.contract import Step

    if state.step is Step.CONFIRMED:
        typer.echo("hotfix: confirmed: all requests go to the new version", err=True)
        return 0
    if state.step is Step.ROLLED_BACK:
        typer.echo(f"hotfix: rolled back: {tame(state.why)}", err=True)
    else:
        typer.echo(f"hotfix: NOT rolled back: {tame(state.why)}", err=True)
        typer.echo(f"  try again: {say_deploy_command('rollback', incident, config)}", err=True)
    return NOT_CONFIRMED
