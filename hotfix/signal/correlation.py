"""How well each change in the world fits the onset of each change in the logs: both come in, correlations go out.

A score multiplies what links the two (the same service, or a rare name that the deploy's words and the failing records
share), how much of what runs the change makes new, and the lag. Timing alone never makes a cause certain: a score stays
at TIMING_CEILING or below. It falls with the logarithm of the lag, so a deploy hours before still counts when nothing
is nearer: the most recent change is not always the cause.

`chance` says how often a random moment of the same data would lie as near behind some deploy that is linked as well:
with a deploy every five minutes that is nearly always, and behind the first start at the head of the logs it is most of
them. Pairs are ranked by score × (1 - chance). Whether the deploy explains what went wrong is for the diagnosis to say.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from hotfix.core.facts import Change, Correlation, Deploy, DeployKind, Metric, Shape
from hotfix.core.settings import (
    CORRELATIONS_KEPT,
    FIT_COMMIT,
    FIT_CONSEQUENCE,
    FIT_FIRST,
    FIT_PACKAGE,
    FIT_RESTART,
    FIT_SERVICE_NAMED,
    FIT_SERVICE_OTHER,
    FIT_SERVICE_UNKNOWN,
    LAG_DECAY,
    LAG_SCALE_GRADUAL_S,
    LAG_SCALE_S,
    LAG_SLACK_S,
    START_SLACK_S,
    TIMING_CEILING,
)
from hotfix.signal.deploys.services import is_same_service
from hotfix.signal.names import SharedNames, find_names

_KIND_FIT = {DeployKind.PACKAGE: FIT_PACKAGE, DeployKind.COMMIT: FIT_COMMIT, DeployKind.RESTART: FIT_RESTART}


_NOTHING_SHARED: SharedNames = MappingProxyType({})


def correlate(
    deploys: Sequence[Deploy],
    changes: Sequence[Change],
    first: datetime,
    last: datetime,
    shared: SharedNames = _NOTHING_SHARED,
) -> tuple[Correlation, ...]:
    """Return every change paired with every deploy that could have caused it, by change, best first.

    A deploy may come up to LAG_SLACK_S after the onset (clocks and flushes differ), a restart may not: one that follows
    the onset is its consequence. Of each change the CORRELATIONS_KEPT best pairs are kept.

    Args:
        deploys: changes in the world, in any order.
        changes: changes of series, in any order; pairs come in this order.
        first: time of the first record.
        last: time of the last record.
        shared: names that a deploy and a change share, as `find_shared_names` returns them.
    """
    span = first.timestamp(), last.timestamp()
    news = {deploy.id: _weigh_news(deploy, changes, first) for deploy in deploys}
    pairs = []
    for change in changes:
        fits = [_fit(deploy, change, shared.get((deploy.id, change.id), ())) for deploy in deploys]
        pairs += _pair(change, [replace(fit, weight=fit.weight * news[fit.deploy.id]) for fit in fits], span)
    return tuple(pairs)


def score_lag(lag_s: float, shape: Shape) -> float:
    """Return how well a lag fits, 0..1: 1 at once, half at 15 scales (a quarter of an hour; gradual changes: hours)."""
    scale = LAG_SCALE_GRADUAL_S if shape is Shape.GRADUAL else LAG_SCALE_S
    return 1.0 / (1.0 + LAG_DECAY * math.log2(1.0 + abs(lag_s) / scale))


@dataclass(frozen=True, slots=True)
class _Fit:
    """A deploy as seen from one change: everything but the lag."""

    deploy: Deploy
    match: bool
    shared: tuple[str, ...]
    weight: float  # highest score that any lag could give
    slack_s: float  # how much later than the onset it may be dated


def _pair(change: Change, fits: Sequence[_Fit], span: tuple[float, float]) -> list[Correlation]:
    """Return the pairs of one change, best first; the chance is measured for those that score best."""
    scored = []
    for fit in fits:
        lag_s = (change.at - fit.deploy.at).total_seconds()
        if lag_s >= -fit.slack_s:
            scored.append((fit.weight * score_lag(lag_s, change.shape), lag_s, fit))
    scored.sort(key=lambda one: (-one[0], abs(one[1]), one[2].deploy.id))
    moments = _Moments.of(fits, span)
    pairs = [
        Correlation(
            deploy=fit.deploy.id,
            change=change.id,
            lag_s=lag_s,
            service_match=fit.match,
            score=score,
            chance=moments.measure_chance(fit.weight, abs(lag_s)),
            shared=fit.shared,
        )
        for score, lag_s, fit in scored[: 2 * CORRELATIONS_KEPT]
    ]
    pairs.sort(key=lambda pair: (-pair.weight, -pair.score, abs(pair.lag_s)))
    return pairs[:CORRELATIONS_KEPT]


def _fit(deploy: Deploy, change: Change, shared: tuple[str, ...]) -> _Fit:
    match = is_same_service(deploy.service, change.service)
    weight = TIMING_CEILING * (1.0 if match else _fit_other(deploy, shared))
    return _Fit(deploy, match, shared, weight, 0.0 if deploy.kind is DeployKind.RESTART else LAG_SLACK_S)


def _weigh_news(deploy: Deploy, changes: Sequence[Change], first: datetime) -> float:
    """Return the factor of a deploy by how much of what runs it makes new."""
    kind = _KIND_FIT.get(deploy.kind, 1.0)
    if deploy.kind is DeployKind.RESTART and _follows_trouble(deploy, changes):
        return kind * FIT_CONSEQUENCE
    begins = abs((deploy.at - first).total_seconds()) <= START_SLACK_S
    first_version = deploy.kind is DeployKind.DEPLOYMENT and deploy.before is None and begins
    return kind * FIT_FIRST if first_version else kind


def _fit_other(deploy: Deploy, shared: tuple[str, ...]) -> float:
    """Return the factor of a deploy that is not known to be the failing service's: by what the two name in common."""
    if set(shared) - find_names(deploy.service or ""):
        return 1.0
    if shared:
        return FIT_SERVICE_NAMED
    return FIT_SERVICE_UNKNOWN if deploy.service is None else FIT_SERVICE_OTHER


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


@dataclass(frozen=True, slots=True)
class _Moments:
    """When deploys were, in order of time, for one change."""

    at: npt.NDArray[np.float64]  # seconds since 1970
    weight: npt.NDArray[np.float64]
    slack_s: npt.NDArray[np.float64]
    span: tuple[float, float]  # of the records, seconds since 1970

    @classmethod
    def of(cls, fits: Sequence[_Fit], span: tuple[float, float]) -> "_Moments":
        """Return the moments of these fits."""
        rows = sorted((fit.deploy.at.timestamp(), fit.weight, fit.slack_s) for fit in fits)
        at, weight, slack_s = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        return cls(at, weight, slack_s, span)

    def measure_chance(self, weight: float, reach_s: float) -> float:
        """Return the share of moments within the span that lie so near behind a deploy of this weight or more."""
        first, last = self.span
        if last <= first:
            return 1.0
        linked = self.weight >= weight * (1.0 - 1e-9)
        at = self.at[linked]
        begins = np.maximum.accumulate(np.clip(at - np.minimum(self.slack_s[linked], reach_s), first, last))
        ends = np.maximum.accumulate(np.clip(at + reach_s, first, last))
        covered = np.maximum(ends - np.maximum(begins, np.concatenate(([first], ends[:-1]))), 0.0).sum()
        return min(float(covered) / (last - first), 1.0)
