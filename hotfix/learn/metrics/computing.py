"""From incidents to numbers over all and over each group of them: values in, values out. Reads no file and no clock."""

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hotfix.core.facts import Skipped
from hotfix.learn.metrics.contract import (
    Absence,
    Definition,
    Figure,
    Group,
    Incident,
    Metrics,
    Sample,
    Scope,
    Share,
    Spread,
    Unit,
)
from hotfix.learn.metrics.cost import AGENT_COST, WHOLE_COST, Agent, add_up, choose_runs, find_agents, list_runs
from hotfix.learn.metrics.groupings import Grouping
from hotfix.learn.metrics.limits import GROUPS_MOST, QUARTILES_FROM
from hotfix.learn.metrics.names import OTHERS, bound_name, choose_most
from hotfix.learn.metrics.quality import QUALITY
from hotfix.learn.metrics.speed import SPEED

RULES = (*SPEED, *QUALITY, *WHOLE_COST)
"""What is measured of every incident, in the order in which it is shown."""

DEFINITIONS: tuple[Definition, ...] = (*(one for one, _ in RULES), *(one for one, _, _ in AGENT_COST))
"""All that is measured."""

_UNKNOWN_FAMILY = "unknown"
_DIGITS = 3
"""After the point: times are kept to the millisecond."""


def compute_metrics(
    incidents: Sequence[Incident], scope: Scope, now: datetime, skipped: tuple[Skipped, ...] = ()
) -> Metrics:
    """Return the numbers over the incidents in scope, and over each group; `now` tells which reviews are due."""
    chosen = [one for one in incidents if _is_in(one, scope)]
    whole = _measure_group(None, chosen, now)
    if scope.by is None:
        return Metrics(scope, whole, skipped=skipped)
    names = [_name_group(one, scope.by) for one in chosen]
    kept = choose_most(names, GROUPS_MOST)
    members: dict[str, list[Incident]] = {}
    for name, one in zip(names, chosen, strict=True):
        members.setdefault(name if name in kept else OTHERS, []).append(one)
    groups = tuple(_measure_group(name, members[name], now) for name in sorted(members))
    return Metrics(scope, whole, groups, skipped)


def _is_in(incident: Incident, scope: Scope) -> bool:
    began = incident.card.started_at
    return (scope.since is None or began >= scope.since) and (scope.until is None or began < scope.until)


def _name_group(incident: Incident, by: Grouping) -> str:
    card = incident.card
    match by:
        case Grouping.SEVERITY:
            return card.severity.value
        case Grouping.SERVICE:
            return bound_name(card.services[0] if card.services else None)
        case Grouping.FAMILY:
            return bound_name(None if card.category == _UNKNOWN_FAMILY else card.category)
        case Grouping.MONTH:
            return f"{card.started_at.astimezone(UTC):%Y-%m}"


def _measure_group(name: str | None, incidents: Sequence[Incident], now: datetime) -> Group:
    plain = [_summarize(definition, [read(one, now) for one in incidents]) for definition, read in RULES]
    return Group(name, len(incidents), (*plain, *_measure_agents(incidents)))


def _measure_agents(incidents: Sequence[Incident]) -> Iterator[Figure]:
    runs = [list_runs(one) for one in incidents]
    agents = find_agents(runs)
    for agent in agents:
        own = [choose_runs(some, agent, agents) for some in runs]
        for definition, take, tokens in AGENT_COST:
            if agent.model is not None or not tokens:
                yield _summarize(definition, [add_up(some, take, tokens=tokens) for some in own], agent)


def _summarize(definition: Definition, found: Sequence[Sample | Absence], agent: Agent | None = None) -> Figure:
    samples = [one for one in found if isinstance(one, Sample)]
    grounds = Counter(one.ground for one in samples)
    return Figure(
        definition=definition,
        result=_take_result(definition.unit, samples),
        n=len(samples),
        not_known=found.count(Absence.NOT_KNOWN),
        not_applicable=found.count(Absence.NOT_APPLICABLE),
        rests_on=dict(sorted(grounds.items(), key=lambda pair: (-pair[1], pair[0]))),
        agent=agent.name if agent else None,
        model=agent.model if agent else None,
    )


def _take_result(unit: Unit, samples: Sequence[Sample]) -> Spread | Share | None:
    values = [one.value for one in samples]
    if not values:
        return None
    if unit is Unit.RATIO:
        return Share(round(sum(values)), sum(one.of for one in samples))
    lower, upper = None, None
    if len(values) >= QUARTILES_FROM:
        first, _, third = statistics.quantiles(values, n=4, method="inclusive")
        lower, upper = round(first, _DIGITS), round(third, _DIGITS)
    return Spread(round(statistics.median(values), _DIGITS), lower, upper, round(math.fsum(values), _DIGITS))
