"""Detects processes that end badly again and again, each time with errors of those who call them.

Few records tell of it, too few for the rate of any one message to be sure. Together they are: bursts of one service's
errors that always come when another service's process has ended.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Metric, Shape
from hotfix.core.settings import (
    CRASH_BESIDE_S,
    CRASH_SHARE,
    CRASH_USUAL_CHANCE,
    FALSE_ALARM_RATE,
    HEAD_SHARE,
    PERIODS_INTERMITTENT,
)
from hotfix.signal.detectors.contract import Finding, Signals

Moments = NDArray[np.int64]
"""Times in µs, sorted."""


def detect_crashes(signals: Signals) -> Iterator[Finding]:
    """Yield the errors of each service that come with another one's crashes, and the message that tells of those."""
    for (service, template), ends in _list_ends(signals):
        beside = [
            (caller, chance)
            for caller in sorted(signals.errors)
            if caller != service and (chance := _match(signals, ends, _list_errors(signals, caller))) is not None
        ]
        for caller, chance in beside:
            yield _report(signals, caller, None, ends, chance)
        if beside:
            yield _report(signals, service, template, ends, min(chance for _, chance in beside))


def _list_ends(signals: Signals) -> Iterator[tuple[tuple[str, str], Moments]]:
    """Yield service and template of each message of a bad end with its moments, where they are several and new."""
    timeline = signals.timeline
    span = timeline.last - timeline.first
    for service, template in signals.messages.keys:
        if template not in signals.bad_ends:
            continue
        own = (pl.col("service") == service) & (pl.col("template_id") == template)
        moments = _apart(signals.counts.messages.filter(own)["first"].sort().to_numpy())
        if len(moments) < PERIODS_INTERMITTENT:
            continue
        share = (int(moments[0]) - timeline.first) / max(span, 1)
        if share >= HEAD_SHARE and (1 - share) ** len(moments) <= CRASH_USUAL_CHANCE:
            yield (service, template), moments


def _list_errors(signals: Signals, service: str) -> Moments:
    own = (pl.col("service") == service) & (pl.col("errors") > 0)
    return _apart(signals.counts.messages.filter(own)["first"].sort().to_numpy())


def _apart(times: Moments) -> Moments:
    """Return the first of all times that follow each other within CRASH_BESIDE_S: one event each."""
    if not len(times):
        return times
    kept: Moments = times[np.append(True, np.diff(times) > CRASH_BESIDE_S * 1e6)]
    return kept


def _match(signals: Signals, ends: Moments, bursts: Moments) -> float | None:
    """Return the chance that bursts of errors come with the ends by accident; None when they do not always."""
    reach = CRASH_BESIDE_S * 1e6
    if not len(bursts):
        return None
    near = np.abs(bursts[:, None] - ends[None, :]) <= reach
    met, alike = int(near.any(axis=0).sum()), int(near.any(axis=1).sum())
    if met < max(PERIODS_INTERMITTENT, CRASH_SHARE * len(ends)) or alike < CRASH_SHARE * len(bursts):
        return None
    cover = min(2 * reach * len(ends) / max(signals.timeline.last - signals.timeline.first, 1), 1.0)
    chance = _tail(len(bursts), alike, cover)
    return chance if chance * signals.series <= FALSE_ALARM_RATE else None


def _tail(tries: int, hits: int, share: float) -> float:
    """Return the chance of at least so many hits in independent tries (binomial)."""
    return sum(math.comb(tries, k) * share**k * (1 - share) ** (tries - k) for k in range(hits, tries + 1))


def _report(signals: Signals, service: str, template: str | None, ends: Moments, chance: float) -> Finding:
    timeline = signals.timeline
    first = max(int(ends[0] - CRASH_BESIDE_S * 1e6), timeline.first)
    metric = Metric.ERROR_RATIO if template is None else Metric.TEMPLATE_COUNT
    start = (first - timeline.start) // timeline.width
    return Finding(metric, service, template, Shape.INTERMITTENT, start, _find_end(signals, ends), chance, rises=True)


def _find_end(signals: Signals, ends: Sequence[int] | Moments) -> int | None:
    """Return the bucket behind the last crash, when none came for twice as long as the longest pause between two."""
    timeline = signals.timeline
    rest, longest = timeline.last - int(ends[-1]), int(np.diff(ends).max())
    if rest < 2 * longest:
        return None
    return int((int(ends[-1]) + CRASH_BESIDE_S * 1e6 - timeline.start) // timeline.width) + 1
