"""``hotfix deploy plan``: everything about a rollout that is decided, checked and written before it begins."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.deploy.places import find_config, say_command
from hotfix.cli.options import IncidentName, Json
from hotfix.core.errors import UsageError, did_you_mean
from hotfix.rollout.strategies import Strategy

if TYPE_CHECKING:
    from hotfix.rollout.plan.contract import Plan, Rehearsal
    from hotfix.rollout.plan.planning import Ground

REFUSED = 1
"""Exit code when the rollout must not begin."""


def plan(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    incident: IncidentName,
    config: Annotated[
        Path, typer.Option(help="The folder whose hotfix.toml says policy, traffic and monitoring, or that file.")
    ] = Path(),
    strategy: Annotated[
        Strategy | None, typer.Option(help="Strategy of the rollout; else what hotfix.toml or the facts say.")
    ] = None,
    rehearse: Annotated[
        bool,
        typer.Option(
            "--rehearse", help="Move the smallest share of the requests to the new version and back, and measure it."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Rehearse without asking first.")] = False,
    manifests: Annotated[
        str | None, typer.Option(help="Export for Kubernetes as well: argo, flagger, or both with a comma.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Write the deployment plan: checklist, strategy, phases, thresholds, the way back, messages, risks and times."""
    from datetime import UTC, datetime

    from hotfix.report.deployreport import render_plan_json, write_plan
    from hotfix.report.incidentfolders import REPORT, find_incident_folder
    from hotfix.report.jsonread import read_report
    from hotfix.rollout.manifests import EXPORTS
    from hotfix.rollout.monitor import read_monitor
    from hotfix.rollout.plan.configuration import read_configuration
    from hotfix.rollout.plan.contract import Commands
    from hotfix.rollout.plan.findings import read_findings
    from hotfix.rollout.plan.planning import find_severity, lay_ground, plan_rollout

    exports = _read_exports(manifests)
    folder = find_incident_folder(incident)
    findings = read_findings(folder, read_report(folder / REPORT))
    configuration = read_configuration(find_config(config).parent, find_severity(findings))
    if "monitor" in configuration.said:
        read_monitor(configuration.path, findings.analysis)  # a fault of the table is told now, not in the rollout
    name = _name(folder)
    commands = Commands(say_command("run", name, config), say_command("rollback", name, config))
    ground = lay_ground(name, commands, findings, configuration, strategy)
    rehearsal = _try_traffic(ground, rehearse=rehearse, yes=yes)
    made = plan_rollout(ground, rehearsal, datetime.now(UTC).replace(microsecond=0))
    further = {EXPORTS[name][0]: EXPORTS[name][1](made) for name in exports}
    written = write_plan(folder, made, further)
    typer.echo(render_plan_json(made, tuple(further)).rstrip("\n") if as_json else _say(made, written))
    return REFUSED if made.decision.go == "NO-GO" else 0


def _name(folder: Path) -> str:
    """Return what commands call the incident: its id where it lies where they look, else its folder."""
    from hotfix.report.incidentfolders import INCIDENTS

    return folder.name if folder.absolute().parent == INCIDENTS.absolute() else str(folder)


def _read_exports(manifests: str | None) -> tuple[str, ...]:
    from hotfix.rollout.manifests import EXPORTS

    names = tuple(dict.fromkeys(name.strip() for name in manifests.split(","))) if manifests is not None else ()
    for name in names:
        if name not in EXPORTS:
            known = ", ".join(EXPORTS)
            raise UsageError(f"--manifests: expected some of {known}, found {name!r}{did_you_mean(name, EXPORTS)}")
    return names


def _try_traffic(ground: "Ground", *, rehearse: bool, yes: bool) -> "Rehearsal | None":
    """Return what the provider of the traffic did when it was tried; None where none is configured."""
    import time
    from datetime import UTC, datetime

    from hotfix.cli.deploy.terminal import interrupt_by_signals
    from hotfix.rollout.execute.lock import hold_lock
    from hotfix.rollout.plan.go import find_refusal
    from hotfix.rollout.plan.rehearsal import check_traffic, rehearse_rollback
    from hotfix.rollout.traffic import read_traffic

    configuration = ground.configuration
    if "traffic" not in configuration.said:
        if rehearse:
            read_traffic(configuration.path)  # says what is missing
        return None
    traffic = read_traffic(configuration.path)
    shares = [phase.share for phase in configuration.policy.phases]
    seen = check_traffic(traffic, shares, datetime.now(UTC).replace(microsecond=0), time.monotonic)
    if not rehearse:
        return seen
    if find_refusal(ground.findings):
        raise UsageError(
            "expected a change that may go live, to rehearse with it, found a NO-GO; plan without --rehearse says why"
        )
    if not yes:
        typer.confirm("Move the smallest share of the requests to the new version and back?", abort=True, err=True)
    with interrupt_by_signals(), hold_lock(traffic.target, "hotfix deploy plan --rehearse"):
        return rehearse_rollback(traffic, seen, time.monotonic)


def _say(made: "Plan", written: tuple[Path, ...]) -> str:
    from hotfix.core.plain import tame
    from hotfix.core.text import say_span
    from hotfix.rollout.traffic import say_share

    lines = [f"{made.decision.go}: {made.decision.rule}", made.decision.advice, ""]
    lines.append(f"strategy  {made.choice.strategy} ({made.choice.decided_by}): {made.choice.reason}")
    for phase in made.phases:
        least = f"at least {say_span(phase.minimum_s)} and {phase.minimum_requests:,} requests"
        expected = "" if phase.expected_s is None else f" (the latter in {say_span(phase.expected_s)})"
        lines.append(f"phase {phase.number}   {say_share(phase.share):<8}{least}{expected}")
    lines.append(f"back      {made.commands.rollback}")
    lines += [
        f"{'tried' if step.passed else 'FAILED':<10}{step.what}: {step.detail} ({step.seconds:.3f} s)"
        for step in (made.rehearsal.steps if made.rehearsal else ())
    ]
    lines += [f"clock     {one.step}: {one.said} (target {one.target_min} min)" for one in made.clocks]
    lines += ["", *(f"risk      {one.level}: {one.what} ({one.fact})" for one in made.risks)]
    lines += ["", *(f"configure {said}" for said in made.configure), f"Written: {', '.join(map(str, written))}"]
    return "\n".join(map(tame, lines))
