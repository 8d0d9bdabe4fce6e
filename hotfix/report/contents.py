"""From an analysis to the contents of a written report, section by section; Markdown and HTML only lay them out.

Goes out: sentences and rows made of the analysis' own facts. They may quote logs: the renderer escapes them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotfix.core.facts import Analysis, Change, Deploy, Evidence, EvidenceKind, Hypothesis, Incident
from hotfix.core.settings import (
    CONFIDENCE_TO_ACT,
    NOVELTY_TOLERANCE_S,
    RECOVERY_SHARE,
    ROWS_SHOWN,
)
from hotfix.core.text import format_time, say_span
from hotfix.learn.clock import Phase, say_against
from hotfix.report.answers import (
    best_correlation,
    cited_evidence,
    describe_deploy,
    describe_fit,
    is_sure,
    last_time,
    nearest_deploys,
)
from hotfix.report.policy import plan_canary, require_tests
from hotfix.report.words import (
    APPROACHES,
    CONFIGURED,
    DEPLOYED,
    INFRASTRUCTURE,
    METRICS,
    list_words,
    say_place,
    say_rise,
    say_series,
    say_shape,
    say_strength,
    say_value,
)


@dataclass(frozen=True, slots=True)
class Moved:
    """One row of the table of metrics: what it was before the onset, and during the incident."""

    id: str
    at: str
    series: str
    baseline: str
    during: str
    change: str
    strength: str
    place: str | None


@dataclass(frozen=True, slots=True)
class World:
    """One thing that changed in the world, with how well it fits."""

    id: str
    at: str
    said: str
    fit: str
    place: str


@dataclass(frozen=True, slots=True)
class WorldGroup:
    """Changes in the world of one sort; what is said when none is known."""

    title: str
    rows: tuple[World, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    at: datetime
    said: str
    cited: str  # id of what it comes from, or empty


@dataclass(frozen=True, slots=True)
class Contents:
    """The sections of the report on an incident."""

    user_symptoms: tuple[str, ...]
    system_symptoms: tuple[str, ...]
    components: tuple[str, ...]
    logs: tuple[Evidence, ...]
    traces: tuple[Evidence, ...]
    repeats: Mapping[str, str]  # evidence that quotes the same lines as a stack trace, with the id of that one
    metrics: tuple[Moved, ...]
    world: tuple[WorldGroup, ...]
    world_left_out: int
    proven: bool  # the confidence reaches what acting at this severity asks for
    support: tuple[Evidence, ...]
    bar: float
    user_impact: tuple[str, ...]
    business_impact: tuple[str, ...]
    technical_impact: tuple[str, ...]
    tests: tuple[str, ...]
    rollout: tuple[str, ...]
    timeline: tuple[Event, ...]
    next_steps: tuple[str, ...]
    rejected: tuple[Hypothesis, ...]
    possible: tuple[Hypothesis, ...]
    clock: str  # how long the diagnosis took, against its target


def lay_out_incident(analysis: Analysis, incident: Incident) -> Contents:
    """Return what each section of the report on an incident holds."""
    recommendation = analysis.diagnosis.recommendation
    traces = tuple(one for one in analysis.evidence if one.kind is EvidenceKind.STACK_TRACE)
    shown = nearest_deploys(analysis, ROWS_SHOWN)
    others = analysis.diagnosis.hypotheses[1:]
    return Contents(
        user_symptoms=_see_as_user(incident),
        system_symptoms=_see_system(analysis, incident),
        components=_see_components(analysis, incident),
        logs=tuple(one for one in analysis.evidence if one.kind is not EvidenceKind.STACK_TRACE),
        traces=traces,
        repeats=_find_repeats(analysis, traces),
        metrics=tuple(_tell_moved(analysis, change) for change in analysis.changes),
        world=_group_world(analysis, shown),
        world_left_out=len(analysis.deploys) - len(shown),
        proven=is_sure(analysis),
        support=cited_evidence(analysis),
        bar=CONFIDENCE_TO_ACT[incident.severity],
        user_impact=_count_users(incident),
        business_impact=_state_business(incident),
        technical_impact=_state_technical(analysis, incident),
        tests=require_tests(incident, recommendation.approach if recommendation else None),
        rollout=plan_canary(incident),
        timeline=_order_events(analysis, incident, shown),
        next_steps=tuple(_name_next_steps(analysis)),
        rejected=tuple(one for one in others if one.rejected is not None),
        possible=tuple(one for one in others if one.rejected is None),
        clock=say_against(sum(analysis.timings.values()), Phase.DIAGNOSIS, incident.severity),
    )


def _see_as_user(incident: Incident) -> tuple[str, ...]:
    impact = incident.impact
    if impact.request_share is None:
        return ("Not known: no request with a status is logged, so what users saw cannot be told.",)
    return (f"{impact.failed:,} of {impact.total:,} {impact.basis} failed.",)


def _see_system(analysis: Analysis, incident: Incident) -> tuple[str, ...]:
    whole = [change for change in _during(analysis, incident) if change.template_id is None]
    return tuple(
        f"{change.service}: {METRICS[change.metric]} went from {say_value(change.metric, change.before)} to "
        f"{say_value(change.metric, change.after)}, {say_shape(change)} ({change.id})"
        for change in whole
    )


def _see_components(analysis: Analysis, incident: Incident) -> tuple[str, ...]:
    during = _during(analysis, incident)
    first = {service: next((one for one in during if one.service == service), None) for service in incident.services}
    return tuple(
        f"{service}: first sign at {format_time(change.at)} ({change.id})" if change else service
        for service, change in first.items()
    )


def _during(analysis: Analysis, incident: Incident) -> list[Change]:
    begin = incident.started_at - timedelta(seconds=NOVELTY_TOLERANCE_S)
    end = incident.ended_at or last_time(analysis)
    return [one for one in analysis.changes if one.at >= begin and (end is None or one.at <= end)]


def _find_repeats(analysis: Analysis, traces: tuple[Evidence, ...]) -> dict[str, str]:
    shown = {one.place: one.id for one in traces}
    return {one.id: shown[one.place] for one in analysis.evidence if one not in traces and one.place in shown}


def _tell_moved(analysis: Analysis, change: Change) -> Moved:
    return Moved(
        id=change.id,
        at=format_time(change.at),
        series=say_series(analysis, change),
        baseline=say_value(change.metric, change.before),
        during=say_value(change.metric, change.after),
        change=f"{say_rise(change)}, {say_shape(change)}",
        strength=say_strength(change),
        place=say_place(change.first) if change.first else None,
    )


def _group_world(analysis: Analysis, shown: tuple[Deploy, ...]) -> tuple[WorldGroup, ...]:
    groups = (
        ("Deployments", DEPLOYED, "None known: name them with --deploys FILE or --repo DIR."),
        ("Configuration", CONFIGURED, "None known: name them with --deploys FILE."),
        ("Infrastructure", INFRASTRUCTURE, "None known: name them with --deploys FILE."),
    )
    told = [
        WorldGroup(title, tuple(_tell_world(analysis, one) for one in shown if one.kind in kinds), otherwise)
        for title, kinds, otherwise in groups
    ]
    outside = "Not known: logs do not tell what changed at providers and partners; their status pages would."
    return (*told, WorldGroup("External", (), outside))


def _tell_world(analysis: Analysis, deploy: Deploy) -> World:
    pair = best_correlation(analysis, deploy)
    lag = f"{say_span(pair.lag_s)} before {pair.change}; " if pair else ""
    return World(
        id=deploy.id,
        at=format_time(deploy.at),
        said=describe_deploy(deploy).removeprefix(f"{deploy.id} "),
        fit=f"{lag}{describe_fit(pair)}",
        place=say_place(deploy.source),
    )


def _count_users(incident: Incident) -> tuple[str, ...]:
    impact = incident.impact
    if impact.users_affected is not None:
        return (f"About {impact.users_affected:,.0f} users: {impact.calculation}.",)
    return (f"{impact.calculation}.", "How many users that is, is not known; --users NUMBER would tell.")


def _state_business(incident: Incident) -> tuple[str, ...]:
    recovery = RECOVERY_SHARE[incident.severity]
    formula = "failed transactions × average order value × (1 − recovery rate)"
    return (
        "Not known: the logs do not say what a transaction is worth.",
        f"It would be {formula}, with a recovery rate of {recovery:.0%} at {incident.severity}.",
    )


def _state_technical(analysis: Analysis, incident: Incident) -> tuple[str, ...]:
    last = last_time(analysis)
    end = incident.ended_at or last
    lasted = f"{say_span((end - incident.started_at).total_seconds())}" if end else "a time that is not known"
    until = "until it ended" if incident.ended_at else "up to the end of the logs, and it goes on"
    return (
        f"Services affected: {list_words(incident.services)}.",
        f"Duration: {lasted} {until}.",
        f"Shape: {incident.shape.value}.",
        f"Severity: {incident.severity_rule}.",
    )


def _order_events(analysis: Analysis, incident: Incident, shown: tuple[Deploy, ...]) -> tuple[Event, ...]:
    events = [Event(deploy.at, describe_deploy(deploy).removeprefix(f"{deploy.id} "), deploy.id) for deploy in shown]
    events += [Event(change.at, _tell_event(analysis, change), change.id) for change in analysis.changes]
    events.append(Event(incident.started_at, "the incident begins", ""))
    if incident.detected_at:
        events.append(Event(incident.detected_at, "first record at error level", ""))
    if incident.ended_at:
        events.append(Event(incident.ended_at, "the incident ends", ""))
    if last := last_time(analysis):
        events.append(Event(last, "the logs end", ""))
    return tuple(sorted(events, key=lambda event: (event.at, event.cited)))


def _tell_event(analysis: Analysis, change: Change) -> str:
    values = f"{say_value(change.metric, change.before)} → {say_value(change.metric, change.after)}"
    return f"{say_series(analysis, change)}: {values}"


def _name_next_steps(analysis: Analysis) -> Iterator[str]:
    diagnosis = analysis.diagnosis
    recommendation, sure = diagnosis.recommendation, is_sure(analysis)
    if recommendation and sure:
        yield from recommendation.actions[:1]
    for what in diagnosis.missing:
        yield f"Get what is missing: {what}"
    for why in diagnosis.five_whys:
        if why.hypothesis:
            yield f"Confirm or refute: {why.because}"
    for other in diagnosis.hypotheses[1:]:
        if other.rejected is None:
            yield f"Rule out: {other.statement}"
    if recommendation and not sure:
        yield f"Once confirmed, {APPROACHES[recommendation.approach].lower()}: {'; '.join(recommendation.actions[:1])}"
