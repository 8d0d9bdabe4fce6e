"""``hotfix formats``: which log formats are known, and how each record of a file was understood."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json

if TYPE_CHECKING:
    from hotfix.understanding import UnderstoodRecord


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Show the log formats that are known, and how a file was understood.", no_args_is_help=True
    )
    group.command("list")(list_all)
    group.command("explain")(explain)
    app.add_typer(group, name="formats")


def list_all(as_json: Json = False) -> int:
    """List every log format that is recognised."""
    import json

    from hotfix.ingest.formats import list_formats

    known = list_formats()
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in known]))
        return 0
    width = max(len(one.ident) for one in known)
    for one in known:
        typer.echo(f"{one.ident:<{width}}  {one.title}")
    return 0


def explain(
    file: Annotated[str, typer.Argument(help="A log file.")],
    as_json: Json = False,
) -> int:
    """Show how each record of a file was understood."""
    import json

    from hotfix.ingest.discovery import find_sources
    from hotfix.understanding import explain_records

    found = explain_records(find_sources([file], None))
    for skipped in found.skipped:
        typer.echo(f"hotfix: {skipped.where}: {skipped.reason}", err=True)
    for record in found.records:
        typer.echo(json.dumps(_to_json(record)) if as_json else _write_out(record))
    return 0


def _to_json(record: "UnderstoodRecord") -> dict[str, object]:
    from hotfix.core.text import format_time

    return asdict(record) | {"time": format_time(record.time) if record.time else None}


def _write_out(record: "UnderstoodRecord") -> str:
    from hotfix.core.plain import tame
    from hotfix.core.text import format_time

    lines = f"{record.line}" if record.line_count == 1 else f"{record.line}-{record.line + record.line_count - 1}"
    time = format_time(record.time) if record.time else "no time"
    parts = (record.level, record.service, record.host, record.exception)
    said = " ".join(part or "-" for part in parts)
    return tame(f"{lines}: {record.format} {record.template_id} {time} {said} | {record.message}")
