"""What a review can say from facts alone, and what it has to ask: values in, values out.

Comes in: an analysis, the state of its incident, its trigger. Goes out: each finding with the fact behind it, and open
questions, each for a role. Nothing is made up: where no fact answers, a question stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hotfix.core.facts import Analysis, Deploy, DeployKind, Incident, Why
from hotfix.core.settings import CONFIDENCE_TO_ACT
from hotfix.core.text import format_time, say_span
from hotfix.learn.actionrules import DAYS, Gap, Horizon
from hotfix.learn.alerts import list_firing, list_suppressed
from hotfix.learn.clock import Phase, say_against
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.learn.rolloutrecords import list_taken_back
from hotfix.learn.state import State

RCA = "rca.md"
"""The review, in the folder of its incident."""

NOTICED_WITHIN_S = 300.0
"""An alert that tells of an incident within 5 minutes is in time: the shortest usual window of error-rate alerts."""


@dataclass(frozen=True, slots=True)
class Question:
    """What no fact answers."""

    section: str  # name of the region that asks it
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Improvement:
    """What could be better."""

    problem: str
    impact: str
    improvement: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a review says of one incident."""

    trigger: Deploy | None
    proven: tuple[Why, ...]  # of the five whys, with evidence
    supposed: tuple[Why, ...]  # behind the end of the evidence
    sure: bool  # the confidence reaches what acting asks for
    detection: tuple[str, ...]
    not_sooner: tuple[str, ...]
    well: tuple[str, ...]
    improvements: tuple[Improvement, ...]
    lucky: tuple[str, ...]
    gaps: tuple[Gap, ...]
    external: tuple[str, ...]
    review_on: date
    questions: tuple[Question, ...]


def review_incident(analysis: Analysis, incident: Incident, state: State, trigger: Deploy | None) -> Review:
    """Return the review of an incident."""
    whys, day = analysis.diagnosis.five_whys, incident.started_at.date()
    gaps = tuple(_find_gaps(analysis, state, trigger))
    well, lucky = tuple(_find_good(state)), tuple(_find_luck(incident, state))
    proven = tuple(why for why in whys if not why.hypothesis)
    supposed = tuple(why for why in whys if why.hypothesis)
    sure = analysis.diagnosis.confidence >= CONFIDENCE_TO_ACT[incident.severity]
    return Review(
        trigger=trigger,
        proven=proven,
        supposed=supposed,
        sure=sure,
        detection=tuple(_tell_detection(incident, state)),
        not_sooner=tuple(_tell_not_sooner(incident, state, gaps)),
        well=well,
        improvements=tuple(_find_improvements(analysis, state, gaps)),
        lucky=lucky,
        gaps=gaps,
        external=tuple(_tell_customers(incident, state, trigger, sure=sure)),
        review_on=day + timedelta(days=DAYS[Horizon.FORTNIGHT]),
        questions=tuple(_ask(state, trigger, well, lucky)),
    )


def _ask(state: State, trigger: Deploy | None, well: tuple[str, ...], lucky: tuple[str, ...]) -> Iterator[Question]:
    if trigger is None:
        yield Question("trigger", "service team", "What set it off at that moment? No known change fits the onset.")
    yield Question(
        "systemic-cause",
        "service team",
        "Which missing check, limit or practice let this reach production? The evidence ends before it.",
    )
    yield Question(
        "contributing", "service team", "What made it worse, longer or harder to see, beside what is listed?"
    )
    yield Question("detection", "on-call lead", "Which signal could have told of it sooner, and why did none?")
    yield Question("business-impact", "product owner", "What did it cost: orders, money, promises to customers?")
    if not well:
        yield Question("well", "incident lead", "What went well? No fact of the journal tells.")
    yield Question("improve", "incident lead", "What else slowed people down: access, tools, runbooks, hand-overs?")
    if not lucky:
        yield Question("lucky", "incident lead", "Where were we lucky? No fact of the logs or the journal tells.")
    yield Question("prevention", "engineering lead", "What do we change in how changes are made, checked and released?")
    yield Question("culture", "engineering lead", "What do we change in how people learn, ask and share knowledge?")
    yield Question("lessons", "incident lead", "What did we learn that other teams should know?")
    yield Question("external", "communications lead", "What do customers have to do, and whom may they ask?")
    if state.clock.mitigated_at is None:
        yield Question(
            "end", "incident lead", "When were users no longer harmed? hotfix incidents status takes the time."
        )


def _tell_detection(incident: Incident, state: State) -> Iterator[str]:
    clock = state.clock
    if incident.detected_at:
        after = say_span((incident.detected_at - incident.started_at).total_seconds())
        yield f"The first error record is of {format_time(incident.detected_at)}, {after} after the onset."
    if clock.noticed_at is None or clock.detection_s is None:
        yield "Nobody and nothing is recorded to have noticed it."
        return
    side = "after" if clock.detection_s >= 0 else "before"
    yield (
        f"It was noticed at {format_time(clock.noticed_at)}, {say_span(clock.detection_s)} {side} the onset, "
        f"{say_noticed_by(clock.noticed_by)}."
    )
    first = min(list_firing(state.log.events), key=lambda one: one.at, default=None)
    if first is not None:
        yield f"The first alert that told of it is of {format_time(first.at)}: {first.text.rstrip('.')}."


def say_noticed_by(source: str | None) -> str:
    """Return by whom or by what an incident was noticed, in words."""
    return _NOTICED_BY.get(source or "", f"by {source or 'what is not known'}")


_NOTICED_BY: dict[str, str] = {
    EventSource.COMMAND: "by the first command that was run about it",
    EventSource.ALERT: "by an alert",
    EventSource.OPERATOR: "by a person",
    EventSource.JOURNAL: "by a rollout",
}


def _tell_not_sooner(incident: Incident, state: State, gaps: tuple[Gap, ...]) -> Iterator[str]:
    if Gap.NO_ALERT in gaps:
        yield "No alert of a monitoring system is recorded for this incident."
    if Gap.LATE_NOTICE in gaps and state.clock.detection_s is not None:
        yield f"It was noticed {say_span(state.clock.detection_s)} after the onset."
    for one in list_suppressed(state.log.events):
        yield f"Nobody was told at {format_time(one.at)}: {one.text.rstrip('.')}."
    if incident.detected_at is None:
        yield "No record at error level tells of it: an alert on errors would not have seen it."


def _find_gaps(analysis: Analysis, state: State, trigger: Deploy | None) -> Iterator[Gap]:
    clock = state.clock
    if not any(event.source == EventSource.ALERT for event in state.log.events):
        yield Gap.NO_ALERT
    elif clock.detection_s is not None and clock.detection_s > NOTICED_WITHIN_S:
        yield Gap.LATE_NOTICE
    if trigger and trigger.kind is not DeployKind.RESTART:
        yield Gap.CHANGE_PASSED
    if analysis.diagnosis.missing:
        yield Gap.MISSING_EVIDENCE
    if any(one.ended_at and one.over_s and one.over_s > 0 for one in clock.phases):
        yield Gap.OVER_TARGET
    if clock.mitigated_at is None:
        yield Gap.UNBOUNDED_HARM
    if list_taken_back(state.log.events):
        yield Gap.ROLLED_BACK


def _find_good(state: State) -> Iterator[str]:
    clock, severity = state.clock, state.card.severity
    if (
        clock.noticed_by == EventSource.ALERT
        and clock.detection_s is not None
        and clock.detection_s <= NOTICED_WITHIN_S
    ):
        yield f"An alert told of it {say_span(clock.detection_s)} after the onset."
    for one in clock.phases:
        if one.ended_at and one.seconds is not None and one.over_s is not None and one.over_s <= 0:
            name = "The whole response" if one.phase is Phase.TOTAL else f"The {one.phase}"
            yield f"{name} took {say_against(one.seconds, one.phase, severity)}."
    for event in state.log.events:
        if event.kind == EventKind.TESTED and event.done:
            yield f"A patch passed its tests at {format_time(event.at)}."


def _find_luck(incident: Incident, state: State) -> Iterator[str]:
    acted = [one for one in state.log.events if one.kind in _ACTS and one.done]
    if incident.ended_at and not any(one.at <= incident.ended_at for one in acted):
        yield f"It ended by itself at {format_time(incident.ended_at)}: nothing that was done is recorded before."


_ACTS = (EventKind.PATCHED, EventKind.MITIGATED, EventKind.RESOLVED)


def _find_improvements(analysis: Analysis, state: State, gaps: tuple[Gap, ...]) -> Iterator[Improvement]:
    clock = state.clock
    if Gap.NO_ALERT in gaps:
        yield Improvement(
            "No alert is recorded",
            "No monitoring is known to have told",
            "Alert on what moved first",
        )
    if Gap.LATE_NOTICE in gaps and clock.detection_s is not None:
        yield Improvement("It was noticed late", f"{say_span(clock.detection_s)} passed unseen", "Shorten its window")
    for what in analysis.diagnosis.missing:
        yield Improvement(f"Missing evidence: {what}", "The diagnosis is less sure", "Record it")
    for one in clock.phases:
        if one.ended_at and one.seconds is not None and one.over_s is not None and one.over_s > 0:
            took = say_against(one.seconds, one.phase, state.card.severity)
            yield Improvement(f"The {one.phase} was over its target", took, "Rehearse it")
    if Gap.UNBOUNDED_HARM in gaps:
        yield Improvement("The end of the harm is not recorded", "Its length is not known", "Write it down")
    for back in list_taken_back(state.log.events):
        yield Improvement(f"A rollout was {back.text}", "The patch did not mend it for users", "Find out why")


def _tell_customers(incident: Incident, state: State, trigger: Deploy | None, *, sure: bool) -> Iterator[str]:
    """Tell customers what happened; no name of a service, host, version or file."""
    impact, over = incident.impact, state.clock.mitigated_at
    until = f" until {over:%H:%M} UTC on {over:%Y-%m-%d}" if over else ""
    whom = "our service was disturbed"
    if impact.request_share is not None and impact.basis == "requests":
        whom = f"{impact.failed:,} of {impact.total:,} requests to our service failed"
    yield f"On {incident.started_at:%Y-%m-%d}, from {incident.started_at:%H:%M} UTC{until}, {whom}."
    if sure and trigger is not None:
        yield f"It was set off by {_OUTSIDE[trigger.kind]}."
    elif sure:
        yield "The cause is known."
    else:
        yield "We are still confirming the cause."
    yield "It is over: requests are answered as before." if over else "We will say here when it is over."


_OUTSIDE = {
    DeployKind.DEPLOYMENT: "a release of our software",
    DeployKind.COMMIT: "a release of our software",
    DeployKind.CONFIG: "a change of our configuration",
    DeployKind.FLAG: "a feature that we switched on or off",
    DeployKind.PACKAGE: "an update of software that we build on",
    DeployKind.MIGRATION: "a change of our database",
    DeployKind.RESTART: "a restart of one of our systems",
}


def find_reviewed(events: tuple[Event, ...]) -> bool:
    """Tell whether the journal says that the incident was reviewed."""
    return any(event.kind == EventKind.REVIEWED and event.done for event in events)
