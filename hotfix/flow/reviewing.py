"""The work of ``hotfix rca``: an incident in, its review and the actions that it proposes out."""

from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.flow.contract import Listeners, Outcome, ReviewOptions
from hotfix.flow.effort import Stopwatch, keep_events
from hotfix.flow.now import tell_time
from hotfix.flow.outcomes import say_review
from hotfix.learn.actionrules import UNKNOWN, suggest_actions
from hotfix.learn.actions import propose_actions
from hotfix.learn.events import EventKind
from hotfix.learn.recording import record
from hotfix.learn.review import find_reviewed, review_incident
from hotfix.learn.state import read_state
from hotfix.learn.timeline import draw_timeline
from hotfix.learn.timelinechecks import find_contradictions
from hotfix.report.answers import find_trigger
from hotfix.report.incidentfolders import REPORT
from hotfix.report.jsonread import read_report
from hotfix.report.reviewreport import Material, WrittenReview, read_documents, write_review


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the review rests on and what was written."""

    material: Material
    written: WrittenReview

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        return say_review(len(self.written.open), self.written.path)


def review_folder(options: ReviewOptions, listeners: Listeners) -> Reviewed:
    """Write the review; once no question is open, the journal says that the incident was reviewed.

    Raises:
        HotfixError: the folder holds no incident, or cannot be read or written.
    """
    watch, folder = Stopwatch(), options.folder
    material = _gather(folder)
    written = write_review(folder, material)
    if not written.open and not find_reviewed(material.state.log.events):
        found = {"actions": len(material.actions)}
        said = "every question of the review is answered"
        event = record(EventKind.REVIEWED, "incident-analyzer", said, watch.stop(), found)
        keep_events(folder, [event], listeners.tell)
    return Reviewed(material, written)


def _gather(folder: Path) -> Material:
    """Read the folder and review it; actions that are new are proposed."""
    now, analysis = tell_time(), read_report(folder / REPORT)
    state, incident = read_state(folder, now), analysis.incident
    if incident is None:
        raise InputError(f"expected an incident at {folder}, found an analysis that found none")
    events, cited = state.log.events, find_trigger(analysis)
    trigger = cited.deploy if cited else None
    found = review_incident(analysis, incident, state, trigger)
    family = analysis.diagnosis.category or UNKNOWN
    suggestions = suggest_actions(family, found.gaps, incident.started_at.date())
    return Material(
        analysis=analysis,
        incident=incident,
        state=state,
        review=found,
        actions=propose_actions(folder, suggestions, now),
        timeline=draw_timeline(folder, analysis, events),
        contradictions=find_contradictions(analysis, events, trigger, read_documents(folder)),
    )
