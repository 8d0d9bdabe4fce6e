"""Writes the incident folder: each file whole or not at all."""

import os
from pathlib import Path

from hotfix.core.errors import UsageError
from hotfix.core.facts import Analysis
from hotfix.report.document import render_document
from hotfix.report.html import render_html
from hotfix.report.jsonreport import render_json


def write_incident(folder: Path, analysis: Analysis) -> tuple[Path, ...]:
    """Write `report.json`, `diagnosis.md` and `report.html` into the folder, made when missing; return their paths.

    Everything is rendered before anything is written. `report.json` comes last: where it stands, the others do too.

    Raises:
        UsageError: the folder cannot be made or written; the message names it.
        RuleError: a template is missing.
    """
    texts = {
        "diagnosis.md": render_document(analysis),
        "report.html": render_html(analysis),
        "report.json": render_json(analysis),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_whole(folder / name, text)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(
            f"expected a folder that can be written at {folder}, found: {found}; name another with --out"
        ) from None
    return tuple(folder / name for name in ("report.json", "diagnosis.md", "report.html"))


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old file or the whole new one, even after a crash.

    Raises:
        OSError: the folder or the file cannot be written; nothing is left behind.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
