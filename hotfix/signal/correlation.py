"""How well each change in the world fits the onset of each change in the logs: both come in, correlations go out.

Timing alone never makes a cause certain: a score stays at TIMING_CEILING or below, and `chance` says how often a random
moment of the same data would have fitted as well. With a deploy every five minutes that is nearly always. The score
falls with the logarithm of the lag, so a deploy hours before still counts when nothing is nearer: the most recent
change is not always the cause. Whether the deploy explains what went wrong is for the diagnosis to say.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.facts import Change, Correlation, Deploy, DeployKind, Metric, Shape
from hotfix.core.settings import (
    CORRELATIONS_KEPT,
    FIT_COMMIT,
    FIT_CONSEQUENCE,
    FIT_PACKAGE,
    FIT_RESTART,
    FIT_SERVICE_OTHER,
    FIT_SERVICE_UNKNOWN,
    LAG_DECAY,
    LAG_SCALE_GRADUAL_S,
    LAG_SCALE_S,
    LAG_SLACK_S,
    TIMING_CEILING,
)
from hotfix.signal.deploys.services import is_same_service

_KIND_FIT = {DeployKind.PACKAGE: FIT_PACKAGE, DeployKind.COMMIT: FIT_COMMIT, DeployKind.RESTART: FIT_RESTART}


def correlate(
    deploys: Sequence[Deploy], changes: Sequence[Change], first: datetime, last: datetime
) -> tuple[Correlation, ...]:
    """Return every change paired with every deploy that could have caused it, by change, best first.

    A deploy may come up to LAG_SLACK_S after the onset (clocks and flushes differ), a restart may not: one that follows
    the onset is its consequence. Of each change the CORRELATIONS_KEPT best pairs are kept.

    Args:
        deploys: changes in the world, in any order.
        changes: changes of series, in any order; pairs come in this order.
        first: time of the first record.
        last: time of the last record.
    """
    return tuple(pair for change in changes for pair in _pair(change, deploys, changes, (first, last)))


def score_lag(lag_s: float, shape: Shape) -> float:
    """Return how well a lag fits, 0..1: 1 at once, half at 15 scales (a quarter of an hour; gradual changes: hours)."""
    scale = LAG_SCALE_GRADUAL_S if shape is Shape.GRADUAL else LAG_SCALE_S
    return 1.0 / (1.0 + LAG_DECAY * math.log2(1.0 + abs(lag_s) / scale))


def longest_lag(fit: float, shape: Shape) -> float:
    """Return the longest lag in seconds that `score_lag` gives at least ``fit``; negative when none does."""
    if fit > 1.0:
        return -1.0
    scale = LAG_SCALE_GRADUAL_S if shape is Shape.GRADUAL else LAG_SCALE_S
    doublings = (1.0 / fit - 1.0) / LAG_DECAY
    return math.inf if doublings > 1000.0 else scale * (2.0**doublings - 1.0)


@dataclass(frozen=True, slots=True)
class _Fit:
    """A deploy as seen from one change: everything but the lag."""

    deploy: Deploy
    match: bool
    weight: float  # highest score that any lag could give
    slack_s: float  # how much later than the onset it may be dated


def _pair(
    change: Change, deploys: Sequence[Deploy], changes: Sequence[Change], span: tuple[datetime, datetime]
) -> list[Correlation]:
    fits = [_fit(deploy, change, changes) for deploy in deploys]
    scored = []
    for fit in fits:
        lag_s = (change.at - fit.deploy.at).total_seconds()
        if lag_s >= -fit.slack_s:
            scored.append((fit.weight * score_lag(lag_s, change.shape), lag_s, fit))
    scored.sort(key=lambda one: (-one[0], abs(one[1]), one[2].deploy.id))
    return [
        Correlation(
            deploy=fit.deploy.id,
            change=change.id,
            lag_s=lag_s,
            service_match=fit.match,
            score=score,
            chance=_measure_chance(score, change.shape, fits, span),
        )
        for score, lag_s, fit in scored[:CORRELATIONS_KEPT]
    ]


def _fit(deploy: Deploy, change: Change, changes: Sequence[Change]) -> _Fit:
    match = is_same_service(deploy.service, change.service)
    service = 1.0 if match else FIT_SERVICE_UNKNOWN if deploy.service is None else FIT_SERVICE_OTHER
    restart = deploy.kind is DeployKind.RESTART
    follows = FIT_CONSEQUENCE if restart and _follows_trouble(deploy, changes) else 1.0
    weight = TIMING_CEILING * service * _KIND_FIT.get(deploy.kind, 1.0) * follows
    return _Fit(deploy, match, weight, 0.0 if restart else LAG_SLACK_S)


def _follows_trouble(deploy: Deploy, changes: Iterable[Change]) -> bool:
    """Tell whether the same service had become worse before it restarted."""
    return any(
        change.at < deploy.at and _is_trouble(change) and is_same_service(deploy.service, change.service)
        for change in changes
    )


def _is_trouble(change: Change) -> bool:
    if change.metric is Metric.VOLUME:
        return change.after < change.before
    return change.metric in {Metric.ERROR_RATIO, Metric.LATENCY_P95} and change.after > change.before


def _measure_chance(score: float, shape: Shape, fits: Sequence[_Fit], span: tuple[datetime, datetime]) -> float:
    """Return the share of moments within the span at which some deploy would have scored at least ``score``."""
    first, last = (moment.timestamp() for moment in span)
    if last <= first:
        return 1.0
    spans = []
    for fit in fits:
        reach = longest_lag(score / fit.weight * (1.0 - 1e-12), shape)
        if reach >= 0.0:
            at = fit.deploy.at.timestamp()
            spans.append((max(at - min(fit.slack_s, reach), first), min(at + reach, last)))
    covered, end = 0.0, first
    for begin, until in sorted(spans):
        covered += max(until - max(begin, end), 0.0)
        end = max(end, until)
    return min(covered / (last - first), 1.0)
