"""From findings in buckets to exact times: the first and the last record of the new behaviour, with their places."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Metric, Place, Shape
from hotfix.core.settings import FORERUNNER_SHARE, FORERUNNERS
from hotfix.signal.detectors.contract import Finding, Signals
from hotfix.signal.lookup import Find
from hotfix.signal.scan import Numbers
from hotfix.signal.series import duration_bin, is_grave, name_service
from hotfix.signal.timeline import microseconds, to_datetime

_PAD = 4
_PAD_EVENTS = 6.0
"""Fewest buckets, and expected records of the new behaviour, around an edge in which the exact record is looked for."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Exact times of a finding in µs, and the place of its first record."""

    at: int
    until: int | None
    first: Place | None


def count_hits(signals: Signals, finding: Finding) -> Numbers:
    """Return per bucket the records that show the behaviour of a finding."""
    if finding.metric is Metric.ERROR_RATIO:
        return signals.errors[finding.service]
    if finding.metric is Metric.VOLUME:
        return signals.volume[finding.service]
    if finding.template_id is not None:
        return signals.message(finding.service, finding.template_id)
    slow = (pl.col("service") == finding.service) & (pl.col("bin") >= finding.cut)
    return signals.rows(signals.counts.durations.filter(slow))


def place_findings(find: Find, signals: Signals, findings: Sequence[Finding], paths: Sequence[str]) -> list[Moment]:
    """Return the exact moment of each finding; only the records around the edges are read."""
    if not findings:
        return []
    rows = _fetch(find, signals, findings)
    return [_place(signals, finding, rows.filter(_shows(finding)), paths) for finding in findings]


def _edges(signals: Signals, finding: Finding) -> list[tuple[int, int]]:
    """Return the ranges of time in µs that hold the first and the last record of a finding."""
    timeline = signals.timeline
    if finding.at is not None:
        return [(timeline.instant(finding.start), timeline.instant(finding.start + 1))]
    wide = 0
    if finding.shape is Shape.GRADUAL:
        wide = ((finding.end or timeline.count) - finding.start) // 3
    inside = float(count_hits(signals, finding)[finding.start : finding.end].mean())
    pad = int(min(max(_PAD, _PAD_EVENTS / max(inside, 1e-9)), max(_PAD, timeline.count // 10)))
    if _is_first_ever(signals, finding):
        pad = max(pad, finding.start - int((count_hits(signals, finding) > 0).argmax()))
    first = (timeline.instant(finding.start - pad), timeline.instant(finding.start + max(_PAD, wide)))
    if finding.end is None:
        return [first]
    return [first, (timeline.instant(finding.end - _PAD), timeline.instant(finding.end + pad))]


def _fetch(find: Find, signals: Signals, findings: Sequence[Finding]) -> pl.DataFrame:
    edges = sorted(edge for finding in findings for edge in _edges(signals, finding))
    merged: list[tuple[int, int]] = []
    for low, high in edges:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    time = microseconds()
    near = pl.concat([find(to_datetime(low), to_datetime(high - 1)) for low, high in merged])
    templates = sorted({finding.template_id for finding in findings if finding.template_id is not None})
    silent = sorted({finding.service for finding in findings if finding.metric is Metric.VOLUME})
    cuts = [finding.cut for finding in findings if finding.cut is not None]
    of_interest = [
        is_grave(),
        pl.col("template_id").cast(pl.String).is_in(templates),
        name_service().is_in(silent),
    ]
    if cuts:
        of_interest.append((duration_bin() >= min(cuts)).fill_null(value=False))
    services = sorted({finding.service for finding in findings})
    kept = near.filter(signals.timeline.holds()).filter(name_service().is_in(services), pl.any_horizontal(of_interest))
    return (
        kept.select(
            time=time,
            service=name_service(),
            template_id=pl.col("template_id").cast(pl.String),
            error=is_grave(),
            bin=duration_bin(),
            file_id="file_id",
            line="line",
            line_count="line_count",
        )
        .collect(engine="streaming")
        .sort("time", "file_id", "line")
    )


def _shows(finding: Finding) -> pl.Expr:
    own = pl.col("service") == finding.service
    if finding.metric is Metric.ERROR_RATIO:
        return own & pl.col("error")
    if finding.metric is Metric.LATENCY_P95:
        return own & (pl.col("bin") >= finding.cut)
    return own if finding.template_id is None else own & (pl.col("template_id") == finding.template_id)


def _place(signals: Signals, finding: Finding, rows: pl.DataFrame, paths: Sequence[str]) -> Moment:
    timeline = signals.timeline
    edges = _edges(signals, finding)
    shown = _within(rows, edges[0])
    if finding.at is not None or not finding.rises:
        return _place_absence(signals, finding, rows, paths)
    hits = count_hits(signals, finding) / timeline.width
    before, after = _rates_around(hits, finding, timeline.width)
    times = shown["time"].to_numpy()
    if not len(times):
        return Moment(timeline.instant(finding.start), None, None)
    stop = min(edges[0][1], timeline.last + 1 if finding.end is None else timeline.instant(finding.end))
    if finding.shape is Shape.GRADUAL or _is_first_ever(
        signals, finding
    ):  # growth begins at the foot of the ramp, however few records show it yet
        start = 0 if finding.shape is not Shape.GRADUAL else timeline.instant(finding.start)
        first = int(np.searchsorted(times, start).clip(max=len(times) - 1))
    else:
        first = find_first(times, before, after, stop)
    until = None
    if finding.end is not None:
        until = _find_until(rows, edges[1], hits, finding, timeline.width)
    return Moment(int(times[first]), until, to_place(shown.row(first, named=True), paths))


def _is_first_ever(signals: Signals, finding: Finding) -> bool:
    """Tell whether the behaviour was never seen before, but for one or two records shortly before it came for good."""
    hits = count_hits(signals, finding)
    early = hits[: finding.start]
    if not early.any():
        return True
    reach = FORERUNNER_SHARE * ((finding.end or len(hits)) - finding.start)
    return float(early.sum()) <= FORERUNNERS and finding.start - int((early > 0).argmax()) <= reach


def find_first(times: NDArray[np.int64], before: float, after: float, stop: int) -> int:
    """Return the index of the record from which on the rate most likely is ``after`` rather than ``before``.

    Rates are records per microsecond, ``stop`` ends the time looked at. Exact maximum likelihood of a change point of a
    Poisson process: it always lies on a record.

    Source: Akman and Raftery, "Asymptotic inference for a change-point Poisson process", Ann. Statist. 14 (1986).
    """
    high, low = max(after, before * 1.01), max(before, 1e-18)
    gain = math.log(high / low)
    score = gain * np.arange(len(times), 0, -1) - (high - low) * (stop - times)
    score[times >= stop] = -math.inf
    return int(score.argmax())


def _rates_around(hits: Numbers, finding: Finding, width: int) -> tuple[float, float]:
    """Return records per µs before a finding and just behind its start."""
    quiet = hits[: max(finding.start - _PAD, 1)]
    before = max(float(quiet.mean()), 0.5 / (len(quiet) * width))  # half a record where there was none (Jeffreys)
    near = hits[finding.start : min(finding.start + _PAD, finding.end or len(hits))]
    inside = hits[finding.start : finding.end]
    return before, max(float(near.mean()), float(inside.mean()))


def _find_until(rows: pl.DataFrame, edge: tuple[int, int], hits: Numbers, finding: Finding, width: int) -> int | None:
    """Return the time of the last record of the behaviour: the first one of time read backwards."""
    times = _within(rows, edge)["time"].to_numpy()
    if finding.end is None or not len(times):
        return None
    rest = hits[finding.end :]
    low = max(float(rest.mean()), 0.5 / (len(rest) * width))
    high = float(hits[finding.start : finding.end].mean())
    backwards = edge[1] - times[::-1]
    last = find_first(backwards, low, high, edge[1] - edge[0])
    return int(times[::-1][last])


def _place_absence(signals: Signals, finding: Finding, rows: pl.DataFrame, paths: Sequence[str]) -> Moment:
    """An absence begins when the next record was due; its place is the last record before."""
    timeline = signals.timeline
    expected = finding.at
    if expected is None:
        hits = count_hits(signals, finding)[: finding.start]
        gap = finding.start * timeline.width / max(float(hits.sum()), 1.0)
        early = rows.filter(pl.col("time") < timeline.instant(finding.start))
        expected = int(early["time"][-1] + gap) if len(early) else timeline.instant(finding.start)
    last = rows.filter(pl.col("time") < expected).tail(1)
    place = to_place(last.row(0, named=True), paths) if len(last) else None
    until = finding.until
    if until is None and finding.end is not None:
        until = timeline.instant(finding.end)
    return Moment(min(expected, timeline.last), until, place)


def _within(rows: pl.DataFrame, edge: tuple[int, int]) -> pl.DataFrame:
    return rows.filter((pl.col("time") >= edge[0]) & (pl.col("time") < edge[1]))


def to_place(row: dict[str, int], paths: Sequence[str]) -> Place:
    """Return the lines of a record."""
    return Place(paths[row["file_id"]], row["line"], row["line"] + max(row["line_count"], 1) - 1)
