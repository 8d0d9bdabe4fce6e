"""Detects that a service answers slower: more of its records exceed a duration, and the 95th percentile rises."""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from hotfix.core.facts import Metric, Shape
from hotfix.core.settings import (
    DURATION_BIN,
    EVENTS_FEWEST,
    LATENCY_CAP,
    LATENCY_CUTS,
    LATENCY_RISE,
    LATENCY_STEP_MS,
)
from hotfix.signal.detectors.contract import Finding, Signals
from hotfix.signal.scan import Numbers
from hotfix.signal.segments import find_stretches
from hotfix.signal.series import bin_to_ms


def detect_latency(signals: Signals) -> Iterator[Finding]:
    """Yield the most significant slowdown of each service that logs durations.

    Counting slow records instead of comparing means keeps heavy tails from raising alarms.
    """
    for (service,), frame in signals.counts.durations.group_by("service", maintain_order=True):
        found = [finding for cut in _cuts(frame) for finding in _look(signals, str(service), frame, cut)]
        if found:
            chosen = _choose_cut(found)
            yield from (finding for finding in found if finding.cut == chosen)


def _choose_cut(found: list[Finding]) -> int | None:
    """Return the cut of the most significant finding; of growth the lowest cut, which shows it first."""
    best = min(found, key=lambda finding: finding.chance)
    if best.shape is not Shape.GRADUAL:
        return best.cut
    return min(finding.cut for finding in found if finding.cut is not None and finding.shape is Shape.GRADUAL)


def _sum_durations(signals: Signals, frame: pl.DataFrame) -> Numbers:
    """Return the sum of durations per bucket, each cut off at the longest usual one, to look for growth."""
    capped = pl.col("bin").clip(upper_bound=quantile_bin(frame, LATENCY_CAP))
    return signals.rows(frame.with_columns(n=pl.col("n") * pl.lit(DURATION_BIN).pow(capped + 0.5)))


def measure_p95(frame: pl.DataFrame, start: int, end: int | None) -> float:
    """Return the 95th percentile of the durations in buckets ``[start, end)``, milliseconds; NaN without any."""
    inside = frame.filter(pl.col("bucket").is_between(start, math.inf if end is None else end - 1))
    return bin_to_ms(quantile_bin(inside, 0.95)) if len(inside) else math.nan


def _cuts(frame: pl.DataFrame) -> list[int]:
    return sorted({quantile_bin(frame, share) + 1 for share in LATENCY_CUTS})


def quantile_bin(frame: pl.DataFrame, share: float) -> int:
    """Return the bin that holds a quantile of the durations in a frame of bins."""
    bins = frame.group_by("bin").agg(pl.col("n").sum()).sort("bin")
    ranks = np.cumsum(bins["n"].to_numpy())
    return int(bins["bin"][int(np.searchsorted(ranks, share * ranks[-1]))])


def _look(signals: Signals, service: str, frame: pl.DataFrame, cut: int) -> Iterator[Finding]:
    trials = signals.rows(frame)
    slow: Numbers = signals.rows(frame.filter(pl.col("bin") >= cut))
    if slow.sum() < EVENTS_FEWEST:
        return
    for found in find_stretches(slow, trials, signals.series, _sum_durations(signals, frame)):
        before, after = measure_p95(frame, 0, found.start), measure_p95(frame, found.start, found.end)
        if not (after >= LATENCY_RISE * before and after - before >= LATENCY_STEP_MS):
            continue
        yield Finding(
            Metric.LATENCY_P95,
            service,
            None,
            found.shape,
            found.start,
            found.end,
            found.chance,
            rises=True,
            cut=cut,
            period_s=found.period and found.period * signals.timeline.width_s,
        )
