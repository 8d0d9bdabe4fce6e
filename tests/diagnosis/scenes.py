"""From log files to the scene of an incident that mechanisms look at, by the pipeline's own stages."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from hotfix.core.facts import Impact, Incident, Severity, Shape
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.incident import open_incident
from hotfix.diagnosis.mechanisms.contract import Scene
from hotfix.diagnosis.samples import take_samples
from hotfix.diagnosis.suspects import find_suspects
from hotfix.pipeline import AnalysisRequest, prepare


def make_case(folder: Path) -> Case:
    """Return what the diagnosis of the logs in a folder starts from."""
    case = prepare(AnalysisRequest((str(folder),))).case
    assert case is not None
    return case


def make_scene(folder: Path, onset: datetime | None = None) -> Scene:
    """Return the scene of the logs in a folder.

    Args:
        folder: holds the log files.
        onset: when to say that an incident began; None: when the program says so, which must find one.
    """
    case = make_case(folder)
    found = open_incident(case)
    if onset is not None:
        found = replace(found or _claim_incident(onset), started_at=onset, ended_at=None)
    assert found is not None, "no incident was found"
    suspects = find_suspects(case, found)
    return Scene(case, found, suspects, take_samples(case, found, suspects), case.records)


def _claim_incident(onset: datetime) -> Incident:
    impact = Impact(None, 0, 0, "records", None, "")
    return Incident("claimed", onset, None, None, "ongoing", Severity.P3, "", (), Shape.SUDDEN, impact)
