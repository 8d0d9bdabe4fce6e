"""From what a review says to `rca.md`: every section of SPEC §5, filled from facts or asked; what people wrote stays.

Log text is inert in Markdown. The document holds no time of its own writing: from the same facts it is the same.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.facts import Analysis, Incident
from hotfix.core.files import read_start
from hotfix.core.settings import CONFIDENCE_TO_ACT, EXCERPT_COLUMNS, SEARCHED_BYTES_MOST
from hotfix.core.text import format_time, say_span
from hotfix.learn.actionrules import ActionType, Horizon
from hotfix.learn.actions import Action, Standing
from hotfix.learn.clock import Clock, say_against
from hotfix.learn.entry import list_documents
from hotfix.learn.events import EventKind
from hotfix.learn.regiondocument import Written, read_old, write_kept
from hotfix.learn.review import RCA, Question, Review
from hotfix.learn.reviewregions import mark_region, seal_document
from hotfix.learn.state import State
from hotfix.learn.timeline import Row
from hotfix.report.answers import Answer, answer_questions, describe_deploy
from hotfix.report.contents import lay_out_incident
from hotfix.report.markdown import Markdown, code, finish
from hotfix.report.past import state_past
from hotfix.report.plain import shorten
from hotfix.report.templating import Filter, fill_template
from hotfix.report.words import say_place

OPEN = "OPEN QUESTION"

HORIZONS = {
    Horizon.WEEK: "This week",
    Horizon.FORTNIGHT: "Within two weeks",
    Horizon.QUARTER: "This quarter",
}
_SUMMARY = ("What broke", "Since when", "Since which change", "How bad")


@dataclass(frozen=True, slots=True)
class Material:
    """All that goes into the document."""

    analysis: Analysis
    incident: Incident
    state: State
    review: Review
    actions: tuple[Action, ...]
    timeline: tuple[Row, ...]
    contradictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenReview(Written):
    """A review that was written."""

    open: tuple[Question, ...]  # that nobody has answered


def write_review(folder: Path, material: Material) -> WrittenReview:
    """Write `rca.md`, keeping what people wrote in their regions; who edited the facts finds the text in a copy.

    Raises:
        InputError: the document that is there cannot be read, or a mark of it is broken.
        UsageError: the folder cannot be written.
        RuleError: the template is missing.
    """
    path = folder / RCA
    old = read_old(path)
    answered = {name for name, one in old.parts.regions.items() if one.edited and one.body and OPEN not in one.body}
    pending = tuple(one for one in material.review.questions if one.section not in answered)
    written = write_kept(path, render_review(material, pending), old, folder)
    return WrittenReview(written.path, written.conflicts, pending)


def render_review(material: Material, pending: Sequence[Question]) -> str:
    """Return the document as it is made from the facts; `pending` are the questions that nobody has answered."""
    incident, review = material.incident, material.review
    asked = {one.section: one for one in review.questions}
    values = {
        "analysis": material.analysis,
        "diagnosis": material.analysis.diagnosis,
        "incident": incident,
        "status": material.state.status,
        "summary": [one for one in answer_questions(material.analysis) if one.question in _SUMMARY],
        "contents": lay_out_incident(material.analysis, incident),
        "review": review,
        "bar": CONFIDENCE_TO_ACT[incident.severity],
        "trigger": describe_deploy(review.trigger) if review.trigger else None,
        "clock": list(_tell_clock(material.state.clock)),
        "timeline": [one for one in material.timeline if not _is_own(one)],
        "contradictions": material.contradictions,
        "horizons": [(title, _select(material.actions, one)) for one, title in HORIZONS.items()],
        "preventing": _list_preventing(material.actions),
        "declined": [one for one in material.actions if one.standing is Standing.DECLINED],
        "past": state_past(material.analysis),
        "similar": material.analysis.past.similar if material.analysis.past else (),
        "regions": {name: Markdown(mark_region(name, _say_question(asked.get(name)))) for name in _REGIONS},
        "pending": pending,
    }
    return seal_document(fill_template(RCA, values, _FILTERS, finish))


def render_review_json(material: Material, written: WrittenReview) -> str:
    """Return what ``hotfix rca --json`` prints: one object, ASCII only."""
    whole = {
        "schema": "hotfix.review/1",
        "incident": material.incident.id,
        "document": str(written.path),
        "review_on": material.review.review_on.isoformat(),
        "trigger": material.review.trigger.id if material.review.trigger else None,
        "contradictions": list(material.contradictions),
        "open_questions": [{"section": one.section, "role": one.role, "text": one.text} for one in written.open],
        "conflicts": list(written.conflicts),
        "timeline": [
            {"time": format_time(one.at) if one.at else None, "text": one.said, "source": one.source, "zone": one.zone}
            for one in material.timeline
        ],
        "actions": [describe_action(one) for one in material.actions],
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)


def describe_action(action: Action) -> dict[str, str | None]:
    """Return an action as plain values for JSON."""
    what = action.what
    return {
        "id": action.id,
        "text": what.text,
        "type": what.type,
        "horizon": what.horizon,
        "owner": what.owner,
        "due": what.due.isoformat(),
        "factor": what.factor,
        "evidence": what.done,
        "standing": action.standing,
        "said": action.said or None,
        "said_at": format_time(action.said_at) if action.said_at else None,
    }


_REGIONS = (
    "summary",
    "trigger",
    "systemic-cause",
    "contributing",
    "detection",
    "business-impact",
    "well",
    "improve",
    "lucky",
    "actions",
    "prevention",
    "culture",
    "lessons",
    "external",
    "end",
)
_FREE = "Nothing was added by people."


def _say_question(question: Question | None) -> str:
    return f"{OPEN} ({question.role}): {question.text}" if question else _FREE


def _select(actions: Sequence[Action], horizon: Horizon) -> list[Action]:
    return [one for one in actions if one.what.horizon is horizon and one.standing is not Standing.DECLINED]


def _list_preventing(actions: Sequence[Action]) -> list[Action]:
    """Return those that are not declined and prevent, the nearest horizon first."""
    rows = (one for horizon in HORIZONS for one in _select(actions, horizon))
    return [one for one in rows if one.what.type is ActionType.PREVENT]


def _tell_clock(clock: Clock) -> Iterator[Answer]:
    for one in clock.phases:
        ended = one.ended_at is not None and one.seconds is not None
        said = say_against(one.seconds, one.phase, one.severity) if ended and one.seconds is not None else "not ended"
        yield Answer(one.phase, said)
    for name, at in (("Mitigated", clock.mitigated_at), ("Resolved", clock.resolved_at)):
        yield Answer(name, format_time(at) if at else "not recorded")


def _is_own(row: Row) -> bool:
    """Tell whether a row tells of this document: it would change with each writing."""
    return row.event == EventKind.REVIEWED


def read_documents(folder: Path) -> dict[str, str]:
    """Return the written documents of a folder but for the review itself: name and text."""
    found = dict[str, str]()
    for path in list_documents(folder):
        if not path.name.startswith("rca"):
            content = read_start(path, SEARCHED_BYTES_MOST, "a document")
            found[path.name] = content.decode("utf-8", "replace")
    return found


_FILTERS: dict[str, Filter] = {
    "code": code,
    "markdown": Markdown,
    "percent": "{:.0%}".format,
    "place": say_place,
    "short": lambda text: shorten(text, EXCERPT_COLUMNS),
    "span": say_span,
    "time": format_time,
}
