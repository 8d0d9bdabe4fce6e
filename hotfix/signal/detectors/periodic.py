"""Detects trouble that returns at regular intervals all along: a job, a backup, a collection of garbage."""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from hotfix.core.facts import Metric, Shape
from hotfix.core.settings import (
    EVENTS_FEWEST,
    FALSE_ALARM_RATE,
    LATENCY_RISE,
    PERIODIC_RATIO_STEP,
    PERIODS_REGULAR,
)
from hotfix.signal.detectors.contract import Finding, Signals
from hotfix.signal.detectors.latency import quantile_bin
from hotfix.signal.scan import Numbers, Segment
from hotfix.signal.series import bin_to_ms
from hotfix.signal.shapes import find_bad_periods, find_period


def detect_periodic(signals: Signals) -> Iterator[Finding]:
    """Yield regular bursts of errors, or of slow records, of each service that come from the beginning on.

    Those which begin later are found as changes with a before; these have none, their regularity is the anomaly.
    """
    for service, errors in signals.errors.items():
        yield from _look(signals, Metric.ERROR_RATIO, service, (errors, signals.volume[service]), None)
    for (service,), frame in signals.counts.durations.group_by("service", maintain_order=True):
        cut = quantile_bin(frame, 0.5) + math.ceil(math.log(LATENCY_RISE) / math.log(bin_to_ms(1) / bin_to_ms(0)))
        slow = signals.rows(frame.filter(pl.col("bin") >= cut))
        yield from _look(signals, Metric.LATENCY_P95, str(service), (slow, signals.rows(frame)), cut)


def _look(
    signals: Signals, metric: Metric, service: str, series: tuple[Numbers, Numbers], cut: int | None
) -> Iterator[Finding]:
    hits, trials = series
    periods = _find_bursts(hits, trials)
    starts = [start for start, _ in periods]
    period = find_period(starts)
    if period is None or starts[0] > 1.5 * period or len(hits) - periods[-1][1] > 1.5 * period:
        return
    chance = regularity_chance(np.diff(starts).astype(float))
    if chance * signals.series <= FALSE_ALARM_RATE:
        seconds = period * signals.timeline.width_s
        yield Finding(
            metric,
            service,
            None,
            Shape.PERIODIC,
            starts[0],
            None,
            chance,
            rises=True,
            cut=cut,
            period_s=seconds,
        )


def regularity_chance(gaps: Numbers) -> float:
    """Return the chance that random (exponential) gaps all lie as near to their mean as these, one bucket allowed.

    Source: survival function of the exponential distribution; gaps of a Poisson process are independent.
    """
    mean = float(gaps.mean())
    spread = (float(np.abs(gaps - mean).max()) + 1.0) / mean
    low, high = max(1.0 - spread, 0.0), 1.0 + spread
    return min(1.0, (math.exp(-low) - math.exp(-high)) ** (len(gaps) - 1))  # one gap went into the mean


def _find_bursts(hits: Numbers, trials: Numbers) -> list[tuple[int, int]]:
    """Return the bad periods when each is strong: many hits, and a rate far above that of the time between."""
    busy = trials > 0
    if hits.sum() < EVENTS_FEWEST * PERIODS_REGULAR:
        return []
    rates = hits[busy] / trials[busy]
    high, low = float(np.quantile(rates, 0.98)), float(np.median(rates))
    if high - low < PERIODIC_RATIO_STEP:
        return []
    periods = find_bad_periods(hits, trials, Segment(0, 1, high, low, 1.0, 1.0))
    inside = np.zeros(len(hits), bool)
    for start, end in periods:
        inside[start:end] = True
    quiet = float(hits[~inside].sum()) / max(float(trials[~inside].sum()), 1.0)
    strong = all(
        hits[start:end].sum() >= EVENTS_FEWEST
        and hits[start:end].sum() / max(trials[start:end].sum(), 1.0) - quiet >= PERIODIC_RATIO_STEP
        for start, end in periods
    )
    return periods if strong and len(periods) >= PERIODS_REGULAR else []
