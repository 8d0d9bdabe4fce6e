"""``hotfix bench``: how right and how quick the analysis is on incidents of which the cause is known."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json
from hotfix.core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from hotfix.bench.running import Options
    from hotfix.bench.scoring import Score
    from hotfix.bench.truth import KnownIncident

WORSE = 1
"""Exit code when a run is worse than the one that it is compared with."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("bench")(bench)


def bench(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    folder: Annotated[Path, typer.Argument(help="A folder with truth.toml and logs/, or a folder of such folders.")],
    compare: Annotated[
        Path | None,
        typer.Option(help="A stored run (from --json): show what differs, and exit with 1 where something is worse."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Switch a mechanism of the diagnosis off and show what it earns; may be repeated."),
    ] = None,
    naive: Annotated[
        bool, typer.Option("--naive", help="Score four rules of thumb on the same incidents as well.")
    ] = False,
    models: Annotated[
        str | None, typer.Option(help="Run these models too, or `all` that were added: names separated by commas.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Score the diagnosis on incidents of which the cause is known."""
    from hotfix.bench.models import NONE, add_up_model
    from hotfix.bench.results import compare as find_differences
    from hotfix.bench.results import read_outcomes, take_outcomes, to_json
    from hotfix.bench.running import Options
    from hotfix.bench.truth import find_incidents
    from hotfix.cli.benchtable import print_differences, print_models, print_scores
    from hotfix.report.console import open_console

    off = _check_mechanisms(without or [])
    stored = read_outcomes(compare) if compare else None
    names = _name_models(models) if models else ()
    known = find_incidents(folder)
    scores = _run(known, Options(off, naive))
    runs = {name: _run(known, Options(off, model=name)) for name in names}
    if as_json:
        typer.echo(json.dumps(to_json(scores, str(folder), sorted(off), runs), indent=2))
    whole = _run(known, Options()) if off and stored is None and not as_json else None
    before = stored if whole is None else take_outcomes(whole)
    differences = find_differences(before, take_outcomes(scores)) if before is not None else ()
    if not as_json:
        console = open_console()
        print_scores(console, scores)
        if names:
            print_models(console, [add_up_model(name, run) for name, run in {NONE: scores, **runs}.items()])
        if before is not None:
            print_differences(console, differences, str(compare) if compare else "the run with every mechanism")
    return WORSE if compare and any(one.is_worse for one in differences) else 0


def _check_mechanisms(names: Sequence[str]) -> frozenset[str]:
    from hotfix.diagnosis.mechanisms import MECHANISMS

    for name in names:
        if name not in MECHANISMS:
            near = did_you_mean(name, MECHANISMS)
            raise UsageError(f"--without: expected one of {', '.join(MECHANISMS)}, found {name!r}{near}")
    return frozenset(names)


def _name_models(asked: str) -> tuple[str, ...]:
    """Return the names of the models that are to be run; an unknown one is refused before anything runs."""
    from hotfix.model.catalogue import find_folder, read_catalogue

    catalogue = read_catalogue(find_folder(os.environ))
    if asked != "all":
        names = tuple(name.strip() for name in asked.split(","))
        for name in names:
            catalogue.find(name)
        return names
    if not catalogue.models:
        raise UsageError("--models: expected models to run, found none; add one with: hotfix model add FILE")
    return tuple(sorted(catalogue.models))


def _run(known: Sequence["KnownIncident"], options: "Options") -> "list[Score]":
    """Run every incident; on a terminal, standard error tells which one is at work."""
    from rich.console import Console
    from rich.progress import track

    from hotfix.bench.running import run_incidents

    console = Console(stderr=True)
    return list(
        track(
            run_incidents(known, options),
            description="analyzing",
            total=len(known),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
    )
