"""From what is known of a cause family to its runbook, an article of the knowledge base; what people wrote stays.

Text of logs is inert in it. It holds no time of its own writing: from the same folders it is the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.plain import tame
from hotfix.core.settings import EXCERPT_COLUMNS
from hotfix.core.text import format_time
from hotfix.learn.events import Event
from hotfix.learn.knowledge.runbook import Past, Runbook, Shared, find_runbook
from hotfix.learn.regiondocument import Written, read_old, write_kept
from hotfix.learn.reviewregions import mark_region, seal_document
from hotfix.report.markdown import Markdown, code, finish
from hotfix.report.plain import shorten
from hotfix.report.templating import Filter, fill_template
from hotfix.report.words import say_count

_REGIONS = ("summary", "recognise", "confirm", "act", "ended", "tried", "actions")
_FREE = "Nothing was added by people."
_COPIES = "edited"


@dataclass(frozen=True, slots=True)
class WrittenRunbook(Written):
    """A runbook that was written."""

    family: str
    incidents: int  # that it is made from


def write_runbook(path: Path, runbook: Runbook) -> WrittenRunbook:
    """Write the runbook of a family, keeping what people wrote in their regions.

    Raises:
        InputError: the document that is there cannot be read, or a mark of it is broken.
        UsageError: the folder cannot be written.
        RuleError: the template is missing.
    """
    written = write_kept(path, render_runbook(runbook), read_old(path), path.parent / _COPIES)
    return WrittenRunbook(written.path, written.conflicts, runbook.cause.ident, len(runbook.courses))


def render_runbook(runbook: Runbook) -> str:
    """Return the runbook as Markdown with front matter, as it is made from the facts."""
    total = len(runbook.courses)
    values = {
        "runbook": runbook,
        "cause": runbook.cause,
        "title": f"Runbook: {runbook.cause.title}",
        "unchanged": Shared("", runbook.unchanged),
        "failed": any(one.failed for one in runbook.courses),
        "regions": {name: Markdown(mark_region(name, _FREE)) for name in _REGIONS},
    }
    filters = _FILTERS | {"of": lambda one: f"{one.incidents} of {total}"}
    return seal_document(fill_template("runbook.md", values, filters, finish))


def list_families(past: Past, families: Sequence[str], root: Path) -> str:
    """Return the recurring families, a line each, with the runbook that is there; or that there is none."""
    if not families:
        return "no cause family recurs here: a runbook is made from 2 incidents of one"
    lines = []
    for name in families:
        path = find_runbook(root, name)
        there = str(path) if path.is_file() else f"none yet; hotfix kb runbook {name} writes it"
        lines.append(f"{name}: {say_count(len(past.families[name]), 'incident')}, runbook: {there}")
    return "\n".join(lines)


def list_families_json(past: Past, families: Sequence[str], root: Path) -> str:
    """Return the same as one JSON object."""
    rows = [
        {
            "family": name,
            "incidents": [folder.name for folder in past.families[name]],
            "runbook": str(path) if (path := find_runbook(root, name)).is_file() else None,
        }
        for name in families
    ]
    return json.dumps({"families": rows}, ensure_ascii=True)


def render_written(written: Sequence[WrittenRunbook]) -> str:
    """Return what was written, a line each, and the conflicts."""
    lines = []
    for one in written:
        lines.append(f"{one.path}: from {say_count(one.incidents, 'incident')}")
        lines += [f"  conflict: {said}" for said in one.conflicts]
    return "\n".join(map(tame, lines))


def render_written_json(written: Sequence[WrittenRunbook]) -> str:
    """Return the same as one JSON object."""
    rows = [
        {
            "family": one.family,
            "document": str(one.path),
            "incidents": one.incidents,
            "conflicts": list(one.conflicts),
        }
        for one in written
    ]
    return json.dumps({"runbooks": rows}, ensure_ascii=True)


def _tell(event: Event) -> str:
    """Return one event: what it was, when, who says so, and its words."""
    kind = event.kind if event.done else f"{event.kind}, not done,"
    text = f": {shorten(event.text, EXCERPT_COLUMNS)}" if event.text else ""
    return f"{kind} at {format_time(event.at)} ({event.source}){text}"


_FILTERS: dict[str, Filter] = {
    "code": code,
    "markdown": Markdown,
    "plain": lambda text: Markdown(tame(text)),
    "short": lambda text: shorten(text, EXCERPT_COLUMNS),
    "tell": _tell,
    "time": format_time,
}
