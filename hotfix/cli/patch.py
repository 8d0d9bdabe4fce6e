"""``hotfix patch``: from an incident and a repository to the smallest safe fix, or to the advice to go back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import IncidentName, Json

if TYPE_CHECKING:
    from hotfix.flow.patching import Patched

NONE = 1
"""Exit code when no candidate passed its gates."""


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
            help="Model that may rewrite a function where nothing else mends it; else that of the agent's role."
        ),
    ] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Ask no model.")] = False,
    no_try: Annotated[
        bool, typer.Option("--no-try", help="Compile and run no candidate; else each is tried in a sandbox.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Say whether to roll back, revert or patch, and write the smallest safe patch."""
    from hotfix.cli.modelprogress import describe_model
    from hotfix.cli.progress import show_phase
    from hotfix.cli.telling import tell
    from hotfix.flow.contract import Listeners, ModelChoice, PatchOptions
    from hotfix.flow.patching import patch_incident
    from hotfix.report.incidentfolders import find_incident_folder
    from hotfix.report.patchreport import render_patch_json

    folder = find_incident_folder(incident)
    options = PatchOptions(folder, repo, revision, apply, ModelChoice(model, no_model), trial=not no_try)
    with show_phase("patching") as on_phase:
        listeners = Listeners(tell, on_phase, on_model=lambda one: on_phase(describe_model(one)))
        done = patch_incident(options, listeners)
    typer.echo(
        render_patch_json(done.proposal, folder, done.seconds).rstrip("\n")
        if as_json
        else _say(done, f"{apply} at {done.commit[:12]}" if done.commit else None)
    )
    return 0 if done.proposal.best else NONE


def _say(done: "Patched", branch: str | None) -> str:
    from hotfix.core.plain import tame
    from hotfix.report.patchreport import say_fix_clock

    proposal = done.proposal
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
    lines += [f"Took {say_fix_clock(done.analysis, done.seconds)}.", f"Written: {', '.join(map(str, done.written))}"]
    return "\n".join(map(tame, lines))


_SHOWN = 4000
"""Bytes up to which a patch is shown on the terminal whole; a longer one is read in its file."""
