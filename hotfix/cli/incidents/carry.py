"""``hotfix incidents export`` and ``import``: an incident goes to another host in one file."""

from pathlib import Path
from typing import Annotated

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.options import IncidentName, Json


def export(
    incident: IncidentName,
    out: Annotated[Path | None, typer.Option(help="The file to write; else <id>.hotfix.tar.gz here.")] = None,
    as_json: Json = False,
) -> int:
    """Pack an incident into one file.

    It holds every document with its hash, and is as private as the logs that these quote.
    """
    import json

    from hotfix import __version__
    from hotfix.core.plain import tame
    from hotfix.learn.archive import read_contents, write_archive
    from hotfix.learn.manifest import Manifest, describe_file, render_manifest
    from hotfix.learn.state import read_state
    from hotfix.report.incidentfolders import find_incident_folder
    from hotfix.report.words import say_count

    now, folder = tell_time(), find_incident_folder(incident)
    ident, contents = read_state(folder, now).card.id, read_contents(folder)
    target = out or Path(f"{ident}.hotfix.tar.gz")
    manifest = Manifest(ident, {name: describe_file(content) for name, content in contents.files.items()})
    write_archive(target, render_manifest(manifest, __version__, now), contents)
    size = target.stat().st_size
    typer.echo(
        json.dumps({"incident": ident, "file": str(target), "files": len(contents.files), "bytes": size})
        if as_json
        else tame(f"{target}: {say_count(len(contents.files), 'file')} of {ident}, {size:,} bytes")
    )
    for left in contents.left_out:
        typer.echo(tame(f"hotfix: {left.where} is left out: {left.reason}"), err=True)
    return 0


def import_one(
    file: Annotated[Path, typer.Argument(help="A file that hotfix incidents export wrote.", show_default=False)],
    as_json: Json = False,
) -> int:
    """Take over an incident from a file.

    It is checked first, comes whole or not at all, and never over one that is here.
    """
    import json

    from hotfix.core.plain import tame
    from hotfix.learn.importing import import_incident
    from hotfix.report.incidentfolders import INCIDENTS
    from hotfix.report.words import say_count

    done = import_incident(file, INCIDENTS)
    said = "is here already, with the same content" if done.known else f"{say_count(done.files, 'file')} verified"
    typer.echo(
        json.dumps({"incident": done.incident, "folder": str(done.folder), "files": done.files, "known": done.known})
        if as_json
        else tame(f"{done.folder}: {said}")
    )
    return 0
