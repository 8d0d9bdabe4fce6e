"""``hotfix test``: proves a patch in a sandbox before anyone ships it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import IncidentName, Json, Repro, Suite

if TYPE_CHECKING:
    from hotfix.repair.verify.contract import Verification

REFUSED = 1
"""Exit code when the patch is rejected."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("test")(verify)


def verify(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    incident: IncidentName,
    repo: Annotated[
        Path, typer.Option(help="Git repository, or a bundle of one, that the patch is for.", show_default=False)
    ],
    patch: Annotated[
        Path | None,
        typer.Option(help="The patch to test; else patch.diff of the incident, and after a rejection the next one."),
    ] = None,
    repro: Repro = None,
    suite: Suite = None,
    perf: Annotated[
        str | None, typer.Option(help="Command whose time is compared; else the suite or the reproduction.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Run a patch through five categories of tests in a sandbox, and give a verdict; a rejected one gives way."""
    from hotfix.cli.progress import show_phase
    from hotfix.cli.telling import tell
    from hotfix.flow.contract import Listeners, TestOptions
    from hotfix.flow.testing import verify_incident
    from hotfix.report.incidentfolders import find_incident_folder
    from hotfix.report.testreport import render_test_json

    options = TestOptions(find_incident_folder(incident), repo, patch, repro, suite, perf)
    with show_phase("testing") as on_phase:
        done = verify_incident(options, Listeners(tell, on_phase))
    typer.echo(render_test_json(done.found).rstrip("\n") if as_json else _say(done.found, done.written))
    return REFUSED if done.found.verdict == "REJECTED" else 0


def _say(found: "Verification", written: tuple[Path, ...]) -> str:
    from hotfix.core.plain import tame
    from hotfix.report.testreport import describe_result, say_clock

    lines = [f"{found.verdict}: {found.rule}", "", *(describe_result(one) for one in found.results), ""]
    lines += [f"tried: {one.rung}: {one.verdict}: {one.rule}" for one in found.tried if len(found.tried) > 1]
    lines += [f"note: {note}" for one in found.results for note in one.notes]
    lines += [f"note: {note}" for note in found.notes]
    lines += [found.confinement, f"Took {say_clock(found)}.", f"Written: {', '.join(map(str, written))}"]
    return "\n".join(map(tame, lines))
