"""From an analysis to the answers that are wanted at 3 a.m., in their order; every report opens with them.

Goes out: plain sentences made of the analysis' own facts. They may quote logs: whoever shows them escapes them.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.facts import Analysis, Correlation, Deploy, Evidence, EvidenceKind, Incident, Verdict
from hotfix.core.settings import CONFIDENCE_TO_ACT
from hotfix.core.text import format_time, say_span
from hotfix.report.plain import first_line
from hotfix.report.words import APPROACHES, list_words, say_count, say_share

ONLY_TIMING = "timing alone is no proof"
_FRAME = re.compile(r" at \S+:\d+(?= in |,)")
_IN_SIGHT = 180
"""Characters that three lines of the narrowest usual terminal (80 columns) show."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with its answer: the sentence that matters, then what belongs to it."""

    question: str
    said: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """The change in the world that the diagnosis cites, and how well it fits."""

    deploy: Deploy
    evidence: str
    correlation: Correlation | None


def answer_questions(analysis: Analysis) -> tuple[Answer, ...]:
    """Return what broke, since when, since which change, how bad, what to do, how sure, where to look.

    Without an incident: what was found, what was looked at, and what would tell more.
    """
    incident = analysis.incident
    if incident is None:
        return _answer_quiet(analysis)
    where = _where_to_look(analysis)
    return (
        Answer("What broke", _keep_frame(analysis.diagnosis.statement)),
        _since_when(incident, last_time(analysis)),
        _since_which_change(analysis, incident),
        _how_bad(incident),
        _what_to_do(analysis),
        _how_sure(analysis, incident),
        *((where,) if where else ()),
    )


def state_headline(analysis: Analysis) -> str:
    """Return the verdict in a few words: verdict, severity, cause family and service."""
    diagnosis, incident = analysis.diagnosis, analysis.incident
    words = diagnosis.verdict.value.replace("_", " ").upper()
    if incident is None:
        return words
    family = "cause not known" if diagnosis.category in (None, "unknown") else diagnosis.category
    at = f" at {diagnosis.service}" if diagnosis.service else ""
    ongoing = "" if incident.ended_at else f" · {incident.status}"
    return f"{words} {incident.severity}{ongoing} · {family}{at}"


def last_time(analysis: Analysis) -> datetime | None:
    """Return when the logs end: the latest time of any file."""
    return max((file.last for file in analysis.files if file.last), default=None)


def first_time(analysis: Analysis) -> datetime | None:
    """Return when the logs begin: the earliest time of any file."""
    return min((file.first for file in analysis.files if file.first), default=None)


def find_trigger(analysis: Analysis) -> Trigger | None:
    """Return the change in the world that the diagnosis brings as evidence, or None when it brings none."""
    cited = [one for one in cited_evidence(analysis) if one.kind is EvidenceKind.DEPLOY]
    for evidence in cited:
        for deploy in analysis.deploys:
            if (deploy.source, deploy.at) == (evidence.place, evidence.time):
                return Trigger(deploy, evidence.id, best_correlation(analysis, deploy))
    return None


def best_correlation(analysis: Analysis, deploy: Deploy) -> Correlation | None:
    """Return the best fit of a deploy among the changes that followed it.

    Those that more than time links come first, and of them the changes of the service where the incident began.
    """
    culprit = analysis.incident.services[0] if analysis.incident and analysis.incident.services else None
    own = {change.id for change in analysis.changes if change.service == culprit}
    pairs = [pair for pair in analysis.correlations if pair.deploy == deploy.id and pair.lag_s >= 0]
    return max(pairs, key=lambda pair: (pair.linked, pair.linked and pair.change in own, pair.weight), default=None)


def nearest_deploys(analysis: Analysis, most: int) -> tuple[Deploy, ...]:
    """Return the deploys that fit best, the cited one among them, in order of time; all of them when there are few."""
    trigger = find_trigger(analysis)
    cited = trigger.deploy if trigger else None
    fits = {deploy.id: best_correlation(analysis, deploy) for deploy in analysis.deploys}
    scores = {ident: pair.weight if pair else 0.0 for ident, pair in fits.items()}
    ranked = sorted(analysis.deploys, key=lambda deploy: (deploy != cited, -scores[deploy.id]))
    return tuple(sorted(ranked[:most], key=lambda deploy: (deploy.at, deploy.id)))


def cited_evidence(analysis: Analysis) -> tuple[Evidence, ...]:
    """Return the evidence that the diagnosis rests on, strongest first."""
    known = {evidence.id: evidence for evidence in analysis.evidence}
    return tuple(known[ident] for ident in analysis.diagnosis.evidence if ident in known)


def is_sure(analysis: Analysis) -> bool:
    """Tell whether the confidence reaches what acting at this severity asks for."""
    incident = analysis.incident
    return incident is not None and analysis.diagnosis.confidence >= CONFIDENCE_TO_ACT[incident.severity]


def describe_fit(pair: Correlation | None) -> str:
    """Return in words how well a deploy fits the change it was set against."""
    if pair is None:
        return f"not set against any change of the logs; {ONLY_TIMING}"
    said = f"fit {pair.score:.2f} with {pair.change}, {say_share(pair.chance)} of random moments would fit as well"
    if pair.service_match:
        return f"same service; {said}"
    if pair.shared:
        return f"another service, but both name {', '.join(pair.shared)}; {said}"
    return f"another service; {said}; {ONLY_TIMING}"


def describe_deploy(deploy: Deploy) -> str:
    """Return what changed in the world, where and from what to what."""
    told = all(value is None or value in deploy.summary for value in (deploy.before, deploy.after))
    values = "" if told else f" ({deploy.before or 'not told'} → {deploy.after or 'not told'})"
    service = f" of {deploy.service}" if deploy.service and deploy.service not in deploy.summary else ""
    return f"{deploy.id} {deploy.kind.value}{service}: {deploy.summary}{values}"


def _keep_frame(statement: str) -> str:
    """Return the statement; a long text of an error is cut so that the ``file:line`` behind it stays in sight."""
    frame = _FRAME.search(statement)
    if frame is None or frame.end() <= _IN_SIGHT:
        return statement
    room = max(_IN_SIGHT - (frame.end() - frame.start()), _IN_SIGHT // 2)
    return f"{statement[: min(room, frame.start())].rstrip()}…{statement[frame.start() :]}"


def _since_when(incident: Incident, last: datetime | None) -> Answer:
    ago = f", {say_span((last - incident.started_at).total_seconds())} before the end of the logs" if last else ""
    more = []
    if incident.ended_at:
        lasted = say_span((incident.ended_at - incident.started_at).total_seconds())
        more.append(f"until {format_time(incident.ended_at)}: it lasted {lasted}")
    if incident.detected_at and incident.detected_at != incident.started_at:
        late = say_span((incident.detected_at - incident.started_at).total_seconds())
        more.append(f"first error record {late} after the onset")
    return Answer("Since when", f"{format_time(incident.started_at)} (UTC){ago}", tuple(more))


def _since_which_change(analysis: Analysis, incident: Incident) -> Answer:
    question, trigger = "Since which change", find_trigger(analysis)
    if trigger:
        when = f"{format_time(trigger.deploy.at)}, {_describe_lag(trigger, incident)} ({trigger.evidence})"
        return Answer(question, describe_deploy(trigger.deploy), (when, describe_fit(trigger.correlation)))
    if not analysis.deploys:
        return Answer(question, "not known: the logs tell of no deployment, configuration or package change")
    earlier = [deploy for deploy in analysis.deploys if deploy.at <= incident.started_at]
    if not earlier:
        return Answer(question, f"none: all {say_count(len(analysis.deploys), 'known change')} came after the onset")
    nearest = max(earlier, key=lambda deploy: deploy.at)
    ago = say_span((incident.started_at - nearest.at).total_seconds())
    said = f"none that fits, of {say_count(len(analysis.deploys), 'known change')}"
    return Answer(question, said, (f"the last one before: {describe_deploy(nearest)}, {ago} before; {ONLY_TIMING}",))


def _describe_lag(trigger: Trigger, incident: Incident) -> str:
    """Say how long before the onset; of a deploy told of after it, how long before the change that it fits."""
    lag, pair = (incident.started_at - trigger.deploy.at).total_seconds(), trigger.correlation
    if lag >= 0:
        return f"{say_span(lag)} before the onset"
    fitting = f"{say_span(pair.lag_s)} before {pair.change}, " if pair else ""
    return f"{fitting}{say_span(lag)} after the onset"


def _how_bad(incident: Incident) -> Answer:
    impact, more = incident.impact, []
    if impact.request_share is None:
        more.append(impact.calculation)
    if impact.users_affected is not None:
        more.append(f"about {impact.users_affected:,.0f} users: {impact.calculation}")
    more.append(f"affected: {list_words(incident.services)}; {incident.shape.value}")
    return Answer("How bad", incident.severity_rule, tuple(more))


def _what_to_do(analysis: Analysis) -> Answer:
    recommendation, missing = analysis.diagnosis.recommendation, analysis.diagnosis.missing
    question = "What to do now"
    if recommendation is None:
        return Answer(question, "no action follows from these logs; get what would tell more:", missing)
    minutes = f", about {recommendation.estimated_minutes} min" if recommendation.estimated_minutes else ""
    grades = f"risk {recommendation.risk}, complexity {recommendation.complexity}{minutes}"
    said = f"{APPROACHES[recommendation.approach]} ({grades})"
    steps = (f"{number}. {action}" for number, action in enumerate(recommendation.actions, start=1))
    return Answer(question, said, tuple(steps))


def _how_sure(analysis: Analysis, incident: Incident) -> Answer:
    diagnosis, bar = analysis.diagnosis, CONFIDENCE_TO_ACT[incident.severity]
    question = "How sure"
    if not diagnosis.confidence:
        return Answer(question, "that it got worse: yes; why: not known")
    needed = f"{bar:.0%} is needed to act at {incident.severity}"
    said = f"{math.floor(diagnosis.confidence * 100)}%"
    if is_sure(analysis):
        return Answer(question, f"{said}, enough: {needed}")
    lacking = tuple(f"missing: {what}" for what in diagnosis.missing[:1])
    return Answer(question, f"{said}, not enough: {needed}; confirm first", lacking)


def _where_to_look(analysis: Analysis) -> Answer | None:
    cited = cited_evidence(analysis) or analysis.evidence
    if not cited:
        return None
    strongest = cited[0]
    place = f"{strongest.place.file}:{strongest.place.line}"
    return Answer("Where to look", f"{place} ({strongest.id})", (first_line(strongest.excerpt),))


def _answer_quiet(analysis: Analysis) -> tuple[Answer, ...]:
    diagnosis = analysis.diagnosis
    label = "Why" if diagnosis.verdict is Verdict.INCONCLUSIVE else "What was found"
    missing = diagnosis.missing
    return (
        Answer(label, diagnosis.statement),
        Answer("What was read", describe_reading(analysis), (describe_period(analysis), *_describe_gaps(analysis))),
        *((Answer("What would tell", missing[0], missing[1:]),) if missing else ()),
    )


def describe_reading(analysis: Analysis) -> str:
    """Return how much was read."""
    return f"{say_count(analysis.records_total, 'record')} in {say_count(len(analysis.files), 'file')}"


def describe_period(analysis: Analysis) -> str:
    """Return from when to when the logs tell."""
    first, last = first_time(analysis), last_time(analysis)
    if first is None or last is None:
        return "no record with a time"
    return f"{format_time(first)} to {format_time(last)} ({say_span((last - first).total_seconds())})"


def _describe_gaps(analysis: Analysis) -> tuple[str, ...]:
    unparsed = sum(file.unparsed for file in analysis.files)
    gaps = []
    if analysis.skipped:
        gaps.append(f"{say_count(len(analysis.skipped), 'thing')} not read: see below")
    if unparsed:
        gaps.append(f"{say_count(unparsed, 'record')} in no known format, read as plain text")
    return tuple(gaps)
