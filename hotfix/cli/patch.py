"""``hotfix patch``: from an incident and a repository to the smallest safe fix, or to the advice to go back."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import IncidentName, Json

if TYPE_CHECKING:
    from hotfix.core.facts import Analysis
    from hotfix.repair.contract import Proposal

NONE = 1
"""Exit code when no candidate passed its gates."""

_WITHOUT = "the patch comes from code alone"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("patch")(patch)


def patch(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    incident: IncidentName,
    repo: Annotated[
        Path,
        typer.Option(help="Git repository of the service, or a bundle of one. It is only read.", show_default=False),
    ],
    revision: Annotated[
        str | None, typer.Option(help="Commit, tag or branch to make the patch for; else what is checked out.")
    ] = None,
    apply: Annotated[
        str | None, typer.Option(help="Commit the patch on a new branch of this name; else nothing is written there.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Model that may rewrite a function where nothing else mends it; else that of the role judge."
        ),
    ] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Ask no model.")] = False,
    no_try: Annotated[
        bool, typer.Option("--no-try", help="Compile and run no candidate; else each is tried in a sandbox.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Say whether to roll back, revert or patch, and write the smallest safe patch."""
    from hotfix.cli.effort import Stopwatch, keep_events
    from hotfix.cli.engines import open_judge
    from hotfix.cli.modelprogress import describe_model
    from hotfix.cli.progress import show_phase
    from hotfix.learn.repairrecords import record_patch
    from hotfix.repair.branch import apply_to_branch
    from hotfix.repair.checkout import open_repository
    from hotfix.repair.proposal import Means, propose_patch
    from hotfix.report.incidentfolders import REPORT, find_incident_folder
    from hotfix.report.jsonread import read_report
    from hotfix.report.patchreport import render_patch_json, write_patch

    watch, started = Stopwatch(), time.perf_counter()
    folder = find_incident_folder(incident)
    analysis = read_report(folder / REPORT)
    with (
        open_repository(repo, revision) as repository,
        show_phase("patching") as on_phase,
        open_judge(model, lambda one: on_phase(describe_model(one)), off=no_model, otherwise=_WITHOUT) as (engine, why),
    ):
        proposal = propose_patch(repository, analysis, on_phase, Means(engine, why, trial=not no_try))
        seconds = time.perf_counter() - started
        written = write_patch(folder, analysis, proposal, seconds)
        keep_events(folder, [record_patch(proposal, watch.stop())])
        best = proposal.best
        commit = apply_to_branch(repository, best.candidate, apply, _say_commit(proposal)) if apply and best else None
    typer.echo(
        render_patch_json(proposal, folder, seconds).rstrip("\n")
        if as_json
        else _say(analysis, proposal, written, seconds, f"{apply} at {commit[:12]}" if commit else None)
    )
    return 0 if proposal.best else NONE


def _say_commit(proposal: "Proposal") -> str:
    candidate = proposal.judged[0].candidate
    subject = f"Fix incident {proposal.incident} ({candidate.rung})"
    return f"{subject}\n\n{candidate.rationale}\n"


def _say(
    analysis: "Analysis", proposal: "Proposal", written: tuple[Path, ...], seconds: float, branch: str | None
) -> str:
    from hotfix.core.plain import tame
    from hotfix.report.patchreport import say_fix_clock

    best, lines = proposal.best, [f"{proposal.decision.choice.upper()}: {proposal.decision.reason}", ""]
    for one in proposal.suspects[:3]:
        place = f" {one.path}:{one.line}" if one.path and one.line else f" {one.path}" if one.path else ""
        lines.append(f"suspect  {one.commit[:10]}{place}  {one.subject}: {one.reasons[0] if one.reasons else ''}")
    if best is not None:
        kind = " (mitigation only)" if best.candidate.mitigation else ""
        lines += [f"patch    {best.candidate.rung}{kind}: {best.candidate.rationale}", ""]
        lines += best.candidate.diff.decode(errors="replace").splitlines() if len(best.candidate.diff) < _SHOWN else []
    else:
        lines.append("patch    none passed its gates")
    for refused in (one for one in proposal.judged if not one.passed):
        faults = "; ".join(gate.detail for gate in refused.gates if not gate.passed)
        lines.append(f"refused  {refused.candidate.rung}: {faults}")
    lines += ["", *(f"note: {note}" for note in (*proposal.notes, *proposal.skipped))]
    lines += [f"Committed on the new branch {branch}."] if branch else []
    lines += [f"Took {say_fix_clock(analysis, seconds)}.", f"Written: {', '.join(map(str, written))}"]
    return "\n".join(map(tame, lines))


_SHOWN = 4000
"""Bytes up to which a patch is shown on the terminal whole; a longer one is read in its file."""
