"""Writes the incident folder: each file whole or not at all."""

from pathlib import Path

from hotfix.core.errors import UsageError
from hotfix.core.facts import Analysis
from hotfix.core.files import write_whole
from hotfix.learn.card import DIAGNOSIS, REPORT
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
        DIAGNOSIS: render_document(analysis),
        "report.html": render_html(analysis),
        REPORT: render_json(analysis),
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
    return tuple(folder / name for name in (REPORT, DIAGNOSIS, "report.html"))
