"""From the steps of an incident to `index.md`: what came of each, the clock, what is not known, and every document.

It is written anew after each step, whole or not at all. Links are to files beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hotfix.core.errors import UsageError
from hotfix.core.facts import Analysis
from hotfix.core.files import write_whole
from hotfix.core.settings import EXCERPT_COLUMNS
from hotfix.core.text import format_time, say_span
from hotfix.learn.card import DIAGNOSIS, REPORT
from hotfix.learn.clock import Clock, PhaseTime, say_against
from hotfix.learn.review import RCA
from hotfix.learn.state import State
from hotfix.repair.contract import PATCH_DIFF, PATCH_JSON, PATCH_MD
from hotfix.repair.verify.contract import TEST_JSON, TEST_REPORT_MD
from hotfix.report.answers import answer_questions, state_headline
from hotfix.report.deployreport import PLAN_JSON, PLAN_MD
from hotfix.report.markdown import Markdown, code, finish
from hotfix.report.plain import shorten
from hotfix.report.templating import Filter, fill_template

INDEX = "index.md"

_ABOUT = {
    REPORT: "everything that was found, for programs",
    "report.html": "the diagnosis for a browser",
    DIAGNOSIS: "the diagnosis: what broke, since when, since which change, and the proof",
    PATCH_MD: "what to do in the code, with its risks",
    PATCH_DIFF: "the patch",
    PATCH_JSON: "the patch, for programs",
    TEST_REPORT_MD: "what the tests of the patch proved",
    TEST_JSON: "the test report, for programs",
    PLAN_MD: "the plan of the rollout and of the way back",
    PLAN_JSON: "the plan, for programs",
    "rollout.jsonl": "the journal of the rollout",
    RCA: "the review, with its open questions",
    "actions.jsonl": "the actions, and what became of them",
    "events.jsonl": "the journal of the incident",
    "run.jsonl": "what was asked, and what each step rested on",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One step as the index tells it."""

    name: str
    status: str
    said: str  # plain text that may quote logs
    document: str | None  # name of a file in the folder


@dataclass(frozen=True, slots=True)
class Trail:
    """All that the index tells."""

    analysis: Analysis
    state: State
    stages: tuple[Stage, ...]
    unknown: tuple[str, ...]  # what nobody knows yet, one sentence each
    command: str | None  # that goes on; None where nothing is left to do


def write_index(trail: Trail) -> Path:
    """Write the index into the incident's folder and return its path.

    Raises:
        UsageError: the folder cannot be written.
        RuleError: the template is missing.
    """
    path = trail.state.folder / INDEX
    try:
        write_whole(path, render_index(trail))
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(f"expected a folder that can be written at {path.parent}, found: {found}") from None
    return path


def render_index(trail: Trail) -> str:
    """Return the index as Markdown."""
    values = {
        "trail": trail,
        "incident": trail.state.card.id,
        "headline": state_headline(trail.analysis),
        "answers": answer_questions(trail.analysis),
        "clock": [(one.phase, _tell_phase(one)) for one in trail.state.clock.phases],
        "moments": list(_tell_moments(trail.state.clock)),
        "files": [(one, _ABOUT.get(one)) for one in trail.state.documents if one != INDEX],
    }
    filters: dict[str, Filter] = {
        "code": code,
        "link": _link,
        "short": lambda text: shorten(text, EXCERPT_COLUMNS),
    }
    return fill_template("trail.md", values, filters, finish)


def _tell_phase(one: PhaseTime) -> str:
    """Return what stays true of a phase after the page was written: of one that runs, since when."""
    if one.running and one.started_at is not None:
        return f"since {format_time(one.started_at)}, target {one.target_min} min; it goes on"
    return say_phase(one)


def say_phase(one: PhaseTime) -> str:
    """Return how long a phase took or takes against its target."""
    if one.seconds is None:
        return "not begun" if one.started_at is None and one.ended_at is None else "not known"
    said = say_against(one.seconds, one.phase, one.severity)
    return f"{said}, and it goes on" if one.running else said


def _tell_moments(clock: Clock) -> Iterator[tuple[str, str]]:
    for name, at in (
        ("Began", clock.started_at),
        ("Noticed", clock.noticed_at),
        ("Users no longer harmed", clock.mitigated_at),
        ("Cause gone", clock.resolved_at),
        ("Reviewed", clock.reviewed_at),
    ):
        ago = f", {say_span((at - clock.started_at).total_seconds())} after the onset" if at else ""
        yield name, f"{format_time(at)}{ago if at != clock.started_at else ''}" if at else "not recorded"


def _link(name: str) -> Markdown:
    """Return a link to a file beside the index, with its name made inert and its address encoded."""
    return Markdown(f"[{finish(name)}]({quote(name)})")
