"""Chooses the experiments that would have found the cause of an incident: an analysis and its journal in, a plan out.

The families are from the diagnosis, the steady state from what the incident moved, and whether an alert rang from the
journal. Nothing is run here, and no experiment is made up for a family that has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.core.facts import Analysis, Change, Diagnosis, Incident, Level, Metric
from hotfix.core.settings import CONFIDENCE_TO_ACT
from hotfix.diagnosis.causes import UNKNOWN
from hotfix.learn.alerts import list_firing
from hotfix.learn.chaosrules import Experiments, load_experiments
from hotfix.learn.events import Event
from hotfix.learn.state import State

FAMILIES_MOST = 3
"""Families of one plan: the diagnosed one, and the two next where it is not sure (judgement)."""

FIGURES_MOST = 3
"""Figures of a steady state: more are not watched by hand (judgement)."""

_LOUD = (Level.WARN, Level.ERROR, Level.FATAL)

_TOLD_BEST = (Metric.ERROR_RATIO, Metric.LATENCY_P95, Metric.VOLUME, Metric.TEMPLATE_COUNT)
"""Metrics in the order in which they say that users are served."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One family that the plan covers."""

    found: Experiments
    statement: str  # the cause, as the diagnosis words it
    confidence: float


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """What to try, for one incident."""

    service: str  # where the fault is injected
    reached: tuple[str, ...]  # other services that the incident reached
    candidates: tuple[Candidate, ...]  # the diagnosed one first
    sure: bool  # the confidence reaches what acting asks for
    figures: tuple[Change, ...]  # what moved, best first; empty when nothing of the affected services was measured
    alert: Event | None  # the first that told of the incident


def plan_chaos(analysis: Analysis, incident: Incident, state: State) -> ChaosPlan:
    """Return the plan for an incident.

    Raises:
        RuleError: a data file breaks the contract.
    """
    diagnosis = analysis.diagnosis
    service = diagnosis.service or incident.services[0]
    sure = diagnosis.confidence >= CONFIDENCE_TO_ACT[incident.severity]
    return ChaosPlan(
        service=service,
        reached=tuple(one for one in incident.services if one != service),
        candidates=tuple(_choose(diagnosis, sure=sure))[:FAMILIES_MOST],
        sure=sure,
        figures=_find_figures(analysis, incident, service),
        alert=min(list_firing(state.log.events), key=lambda one: one.at, default=None),
    )


def _choose(diagnosis: Diagnosis, *, sure: bool) -> Iterator[Candidate]:
    """Yield the diagnosed family, then those of hypotheses that are not rejected, where the diagnosis is not sure."""
    known = load_experiments()
    family = diagnosis.category or UNKNOWN
    yield Candidate(known[family], diagnosis.statement, diagnosis.confidence)
    if sure:
        return
    told = {family}
    for one in diagnosis.hypotheses:
        if one.rejected is None and one.category not in told:
            told.add(one.category)
            yield Candidate(known[one.category], one.statement, one.confidence)


def _find_figures(analysis: Analysis, incident: Incident, service: str) -> tuple[Change, ...]:
    """Return what the incident moved: of the service first, and of each metric what users feel first.

    Each service has one of each metric. Of messages count those at warn and above alone: others tell what was done, not
    that it went wrong.
    """
    affected = [service, *(one for one in incident.services if one != service)]
    loud = {one.id for one in analysis.templates if one.level in _LOUD}
    moved = [
        one
        for one in analysis.changes
        if one.service in affected
        and (one.template_id is None or one.template_id in loud)
        and (one.until is None or one.until >= incident.started_at)
    ]
    moved.sort(key=lambda one: (affected.index(one.service), _TOLD_BEST.index(one.metric), one.p_value, one.at))
    first = {(one.service, one.metric): one for one in reversed(moved)}
    return tuple(one for one in moved if first[one.service, one.metric] is one)[:FIGURES_MOST]
