"""Takes the archive of an incident among the others: whole or not at all, and never over what is there."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import InputError, UsageError
from hotfix.core.files import sync_folder, write_whole
from hotfix.learn.archive import Contents, read_archive, read_contents
from hotfix.learn.card import REPORT, parse_report, take_card
from hotfix.learn.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Imported:
    """An incident that came from another host."""

    incident: str
    folder: Path
    files: int
    known: bool  # it was here already, with the same content


def import_incident(source: Path, root: Path) -> Imported:
    """Write the incident that an archive holds into a folder of its own below `root`.

    Raises:
        InputError: the archive breaks its contract, or its report is none.
        UsageError: an incident of this id is here with other content, or the folder cannot be written.
    """
    manifest, contents = read_archive(source)
    _check_report(manifest, contents, str(source))
    folder = root / manifest.incident
    if folder.exists() or folder.is_symlink():
        _compare(folder, contents, source)
        return Imported(manifest.incident, folder, len(contents.files), known=True)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".import-", dir=root.parent) as draft:
            _write(Path(draft, "incident"), contents)
            Path(draft, "incident").rename(folder)
        sync_folder(root)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(f"expected a folder that can be written at {folder}, found: {found}") from None
    return Imported(manifest.incident, folder, len(contents.files), known=False)


def _check_report(manifest: Manifest, contents: Contents, where: str) -> None:
    """Refuse an archive whose report is missing, of another schema, or of another incident."""
    if REPORT not in contents.files:
        raise InputError(f"expected {REPORT} in {where}, found none")
    card = take_card(parse_report(contents.files[REPORT], f"{where}: {REPORT}"))
    if card is None or card.id != manifest.incident:
        found = card.id if card else "no incident"
        raise InputError(f"expected the report of {manifest.incident} in {where}, found {found}")


def _compare(folder: Path, contents: Contents, source: Path) -> None:
    """Refuse an incident that is here with other content; say in which files, and what can be done."""
    here = read_contents(folder).files
    other = sorted(name for name in {*here, *contents.files} if here.get(name) != contents.files.get(name))
    if other:
        named = ", ".join(other[:3]) + (f" and {len(other) - 3} more" if len(other) > 3 else "")
        raise UsageError(
            f"expected no incident {folder.name} here, or the same one, found other content in {named}; nothing was "
            f"changed; to compare both, import {source} in an empty folder, to take it move {folder} away first"
        )


def _write(folder: Path, contents: Contents) -> None:
    folder.mkdir()
    for name, content in contents.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
