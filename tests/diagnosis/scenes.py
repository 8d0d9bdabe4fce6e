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
from hotfix.ingest.discovery import find_sources
from hotfix.ingest.reading import read_records
from hotfix.pipeline import AnalysisRequest, ask_for_deploys, build_case, take_view
from hotfix.signal.changes import find_changes
from hotfix.signal.correlation import correlate
from hotfix.signal.deploys import find_deploys, open_places
from hotfix.signal.endings import settle_silences
from hotfix.signal.masks import mask_messages


def make_case(folder: Path) -> Case:
    """Return what the diagnosis of the logs in a folder starts from."""
    request = AnalysisRequest((str(folder),))
    sources = find_sources(request.paths, request.stdin)
    reading = read_records(sources.files, sources.side_files, mask_messages, lambda _file, _bytes: None)
    view = take_view(request, reading, sources)
    found = find_changes(view.records, view.templates, view.paths)
    settled = settle_silences(found, view.records, view.templates, view.paths)
    asked = ask_for_deploys(request, reading, sources, view)
    deploys = find_deploys(asked).deploys
    assert view.span is not None
    correlations = correlate(deploys, settled.changes, view.span.first, view.span.last)
    case = build_case(request, reading, view, settled, deploys, correlations, open_places(asked))
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
