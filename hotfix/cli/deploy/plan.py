"""``hotfix deploy plan``: everything about a rollout that is decided, checked and written before it begins."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    from hotfix.flow.contract import PlanOptions
    from hotfix.flow.planning import plan_deployment
    from hotfix.report.deployreport import render_plan_json
    from hotfix.report.incidentfolders import find_incident_folder

    exports = _read_exports(manifests)
    options = PlanOptions(find_incident_folder(incident), config, strategy, exports)
    done = plan_deployment(options, lambda ground: _try_traffic(ground, rehearse=rehearse, yes=yes))
    made, written = done.plan, done.written
    typer.echo(render_plan_json(made, done.further).rstrip("\n") if as_json else _say(made, written))
    return REFUSED if made.decision.go == "NO-GO" else 0


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

    from hotfix.cli.deploy.terminal import interrupt_by_signals
    from hotfix.flow.planning import check_provider, check_shares
    from hotfix.rollout.execute.lock import hold_lock
    from hotfix.rollout.plan.go import find_refusal
    from hotfix.rollout.plan.rehearsal import rehearse_rollback
    from hotfix.rollout.traffic import read_traffic

    if not rehearse:
        return check_provider(ground)
    traffic = read_traffic(ground.configuration.path)  # says what is missing
    seen = check_shares(ground, traffic)
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
