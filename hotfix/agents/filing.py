"""Brings the reports of a held diagnosis from its temporary folder into the folder of the incident that it found."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.flow.effort import keep_events
from hotfix.learn.events import read_events
from hotfix.report.files import write_incident
from hotfix.report.incidentfolders import INCIDENTS, REPORT
from hotfix.report.jsonread import read_report

_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Filed:
    """A diagnosis and where it lies."""

    analysis: Analysis
    written: tuple[Path, ...]  # none without an incident


def file_diagnosis(draft: Path, command: str, tell: Callable[[str], None]) -> Filed:
    """Return the analysis that lies in a folder, written anew into the folder of its incident if there is one.

    Nothing is copied but facts that are read and checked; what the folder held before stays beside them.

    Args:
        draft: the folder, written by a process that is not trusted.
        command: by which it was made, as the report tells it.
        tell: is told when the journal cannot be written.

    Raises:
        InputError: there is no report, it is damaged, or its incident has no id that can name a folder.
        UsageError: the folder of the incident cannot be written.
    """
    analysis = replace(read_report(draft / REPORT), command=command)
    if analysis.incident is None:
        return Filed(analysis, ())
    if not _NAME.fullmatch(analysis.incident.id):
        raise InputError(f"{draft / REPORT}: expected an id that can name a folder, found {analysis.incident.id!r:.80}")
    folder = INCIDENTS / analysis.incident.id
    written = write_incident(folder, analysis)
    keep_events(folder, read_events(draft).events, tell)
    return Filed(analysis, written)
