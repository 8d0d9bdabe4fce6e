"""``hotfix test``: proves a patch in a sandbox before anyone ships it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import IncidentName, Json
from hotfix.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from hotfix.repair.offers import Offer
    from hotfix.repair.verify.contract import Patch, Verification

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
    repro: Annotated[
        str | None, typer.Option(help="Command that fails while the error is there; else a test is made.")
    ] = None,
    suite: Annotated[str | None, typer.Option(help="Command that runs the project's tests; else it is found.")] = None,
    perf: Annotated[
        str | None, typer.Option(help="Command whose time is compared; else the suite or the reproduction.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Run a patch through five categories of tests in a sandbox, and give a verdict; a rejected one gives way."""
    from hotfix.cli.effort import Stopwatch, keep_events
    from hotfix.cli.progress import show_phase
    from hotfix.core.files import write_whole
    from hotfix.learn.repairrecords import record_test
    from hotfix.repair.checkout import open_repository
    from hotfix.repair.contract import PATCH_DIFF
    from hotfix.repair.verify.order import read_order
    from hotfix.repair.verify.turns import verify_in_turn
    from hotfix.repair.verify.verify import verify_patch
    from hotfix.report.incidentfolders import REPORT, find_incident_folder
    from hotfix.report.jsonread import read_report
    from hotfix.report.testreport import render_test_json, write_test_report

    watch = Stopwatch()
    folder = find_incident_folder(incident)
    analysis = read_report(folder / REPORT)
    given, offers, base = _read_patch(folder, patch)
    order = read_order(repo if repo.is_dir() else Path(), repro=repro, suite=suite, perf=perf)
    with open_repository(repo, base) as repository, show_phase("testing") as on_phase:
        found, chosen = verify_in_turn(
            given, offers, lambda one: verify_patch(analysis, repository, one, order, on_phase)
        )
    try:
        if chosen is not None and chosen.diff != given.diff:
            write_whole(folder / PATCH_DIFF, chosen.diff)
        written = write_test_report(folder, found)
        keep_events(folder, [record_test(found, watch.stop())])
    except OSError as error:
        raise UsageError(f"expected a folder that can be written at {folder}, found: {error.strerror}") from None
    typer.echo(render_test_json(found).rstrip("\n") if as_json else _say(found, written))
    return REFUSED if found.verdict == "REJECTED" else 0


def _read_patch(folder: Path, given: Path | None) -> "tuple[Patch, tuple[Offer, ...], str | None]":
    """Return the patch and, where `hotfix patch` wrote it, all candidates and the commit that they were made for."""
    from hotfix.repair.contract import PATCH_DIFF, PATCH_JSON
    from hotfix.repair.offers import read_offers
    from hotfix.repair.verify.contract import Patch

    path = given or folder / PATCH_DIFF
    try:
        diff = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"expected a patch at {path}, found: {error.strerror}; name one with --patch, or run hotfix patch"
        ) from None
    about = folder / PATCH_JSON
    if given is not None or not about.is_file():
        return Patch(str(path), diff), (), None
    text = about.read_text("utf-8", "replace")
    offers = tuple(
        replace(one, diff=diff) if one.place == 0 and _is_same(one, diff) else one for one in read_offers(text)
    )
    return Patch(str(path), diff), offers, _read_base(text)


def _is_same(offer: "Offer", diff: bytes) -> bool:
    """Tell whether a diff is that of a candidate, whose bytes JSON may not hold."""
    return diff.decode(errors="replace").encode() == offer.diff


def _read_base(text: str) -> str | None:
    base = json.loads(text).get("base")
    return base if isinstance(base, str) else None


def _say(found: "Verification", written: tuple[Path, ...]) -> str:
    from hotfix.core.plain import tame
    from hotfix.report.testreport import describe_result, say_clock

    lines = [f"{found.verdict}: {found.rule}", "", *(describe_result(one) for one in found.results), ""]
    lines += [f"tried: {one.rung}: {one.verdict}: {one.rule}" for one in found.tried if len(found.tried) > 1]
    lines += [f"note: {note}" for one in found.results for note in one.notes]
    lines += [f"note: {note}" for note in found.notes]
    lines += [found.confinement, f"Took {say_clock(found)}.", f"Written: {', '.join(map(str, written))}"]
    return "\n".join(map(tame, lines))
