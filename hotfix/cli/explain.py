"""``hotfix explain``: the cause family of any error text."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json

if TYPE_CHECKING:
    from hotfix.diagnosis.causes import Explanation


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("explain")(explain)


def explain(
    text: Annotated[str, typer.Argument(help="The text of an error, or - to read one per line from standard input.")],
    as_json: Json = False,
) -> int:
    """Say what an error text usually means, how to confirm it, and which way to fix it."""
    import json

    from hotfix.diagnosis.causes import explain_text
    from hotfix.model.families import FamilyReader
    from hotfix.model.meaning import Meaning

    with Meaning() as meaning:
        classify = FamilyReader(meaning).classify
        for one in _read_texts(text):
            found = explain_text(one, classify)
            typer.echo(json.dumps(asdict(found)) if as_json else _write_out(found))
    for skipped in meaning.tell_trouble():
        typer.echo(f"hotfix: {skipped.stage}: {skipped.reason}", err=True)
    return 0


def _read_texts(text: str) -> Iterator[str]:
    if text != "-":
        yield text
        return
    for line in sys.stdin.buffer:
        whole = line.decode(errors="replace").rstrip("\r\n")
        if whole.strip():
            yield whole


def _write_out(found: "Explanation") -> str:
    from hotfix.core.plain import tame

    steps = "".join(f"\n  - {step}" for step in found.confirm)
    return (
        f"{tame(found.text)}\n{found.category} (confidence {found.confidence:.0%}, by {found.by})\n"
        f"Means: {found.meaning}\nConfirm:{steps}\nFix: {found.fix}\n"
    )
