"""``hotfix rca``: writes the review of an incident, and reads reviews that people wrote for what they lack."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json
from hotfix.core.errors import UsageError

if TYPE_CHECKING:
    from hotfix.report.reviewreport import Material, WrittenReview

FOUND = 1
"""Exit code when a review that was read lacks something."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("rca")(review)


def review(
    incident: Annotated[str | None, typer.Argument(help="Id or folder of an incident, or last.")] = None,
    lint: Annotated[
        Path | None, typer.Option(help="Read this review instead, as Markdown: is anybody blamed, is anything missing?")
    ] = None,
    as_json: Json = False,
) -> int:
    """Write the blameless review of an incident as rca.md, from facts; what they do not answer is asked in it.

    What people write between its marks is kept when it is written again.
    """
    if (incident is None) == (lint is None):
        raise UsageError("expected an incident, or a file with --lint; see hotfix rca --help")
    return _lint(lint, as_json=as_json) if lint else _write(incident or "", as_json=as_json)


def _write(name: str, *, as_json: bool) -> int:
    from hotfix.cli.telling import tell
    from hotfix.flow.contract import Listeners, ReviewOptions
    from hotfix.flow.reviewing import review_folder
    from hotfix.report.incidentfolders import find_incident_folder
    from hotfix.report.reviewreport import render_review_json

    done = review_folder(ReviewOptions(find_incident_folder(name)), Listeners(tell))
    typer.echo(render_review_json(done.material, done.written) if as_json else _say(done.material, done.written))
    return 0


def _say(material: "Material", written: "WrittenReview") -> str:
    from hotfix.core.plain import tame
    from hotfix.report.words import say_count

    counts = (
        say_count(len(written.open), "open question"),
        say_count(len(material.actions), "action"),
        say_count(len(material.contradictions), "contradiction"),
    )
    lines = [
        f"{written.path}: {', '.join(counts)} among the figures",
        *(f"  contradiction: {said}" for said in material.contradictions),
        *(f"  conflict: {said}" for said in written.conflicts),
        *(f"  for the {one.role}: {one.text}" for one in written.open),
    ]
    return "\n".join(tame(line) for line in lines)


def _lint(path: Path, *, as_json: bool) -> int:
    import json

    from hotfix.core.plain import tame
    from hotfix.learn.lint.check import check_review

    findings = check_review(path)
    if as_json:
        rows = [{"line": one.line, "kind": one.kind, "message": one.message} for one in findings]
        typer.echo(json.dumps({"file": str(path), "findings": rows}))
    else:
        said = [f"{path}:{one.line}: {one.kind}: {one.message}" for one in findings] or [f"{path}: nothing found"]
        typer.echo("\n".join(tame(line) for line in said))
    return FOUND if findings else 0
