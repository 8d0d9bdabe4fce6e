"""From records to changes: count, let every detector look, keep what passes, find exact times and places."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from hotfix.core.facts import Change, Metric, Shape
from hotfix.core.settings import (
    CHANGE_SHORTEST_S,
    CHANGE_SHORTEST_SHARE,
    CHANGES_KEPT,
    DRIVER_SHARE,
    DRIVER_SHARE_BESIDE,
    QUIET_CHANGES_KEPT,
)
from hotfix.signal.detectors import DETECTORS
from hotfix.signal.detectors.contract import Finding, Signals
from hotfix.signal.detectors.latency import measure_p95
from hotfix.signal.lookup import Find, find_in
from hotfix.signal.novelty import judge_novelty
from hotfix.signal.onset import Moment, count_hits, place_findings
from hotfix.signal.series import Counts, count_records
from hotfix.signal.signals import gather_signals
from hotfix.signal.timeline import Timeline, to_datetime

_MINUTE = 60_000_000


def find_changes(
    records: pl.LazyFrame,
    templates: pl.DataFrame,
    paths: Sequence[str],
    counts: Counts | None = None,
    find: Find | None = None,
) -> tuple[Change, ...]:
    """Return the changes in RECORDS with template_id, in order of time, ids C1 and on.

    The chance that a healthy log yields any change is at most FALSE_ALARM_RATE: each finding's chance is multiplied by
    the number of series looked at (Bonferroni). A message that came only once or twice is no change, however grave: its
    newness is told by `judge_novelty`.

    Args:
        records: RECORDS and ``template_id``; records without a time are ignored.
        templates: TEMPLATES of these records.
        paths: the path of each ``file_id``.
        counts: of these records, when they were counted before.
        find: finds those of a time, quicker than in all records.
    """
    counts = count_records(records) if counts is None else counts
    if counts is None:
        return ()
    signals = gather_signals(counts, templates)
    findings = _select(signals, [one for detect in DETECTORS.values() for one in detect(signals)])
    moments = _align(findings, place_findings(find or find_in(records), signals, findings, paths), signals)
    changes = [
        _to_change(signals, finding, moment)
        for finding, moment in zip(findings, moments, strict=True)
        if _lasts(signals, moment)
    ]
    changes.sort(key=_order)
    return tuple(replace(change, id=f"C{number}") for number, change in enumerate(changes, start=1))


def _order(change: Change) -> tuple[datetime, int, float, str, str]:
    """Order by time; of what begins at once the service's ratio before its messages, then the surer first."""
    metric = list(Metric).index(change.metric)
    return change.at, metric, change.p_value, change.service, change.template_id or ""


def _select(signals: Signals, findings: Sequence[Finding]) -> list[Finding]:
    """Keep the strongest findings; messages below error level get few of the places, parts of a periodic one none."""
    whole = {(one.metric, one.service, one.template_id) for one in findings if one.shape is Shape.PERIODIC}
    told = [
        one
        for one in findings
        if one.shape is Shape.PERIODIC or (one.metric, one.service, one.template_id) not in whole
    ]
    ranked = sorted(told, key=lambda one: (one.chance, one.start, one.service, one.template_id or ""))
    quiet = [one for one in ranked if one.template_id is not None and not signals.is_grave(one.template_id)]
    dropped = {id(one) for one in quiet[QUIET_CHANGES_KEPT:]}
    return [one for one in ranked if id(one) not in dropped][:CHANGES_KEPT]


def _align(findings: Sequence[Finding], moments: Sequence[Moment], signals: Signals) -> list[Moment]:
    """Let a rise of the error ratio begin with the first record of the error messages that drive it."""
    pairs = list(zip(findings, moments, strict=True))
    return [_lead(one, moment, pairs, signals) for one, moment in pairs]


def _lead(one: Finding, moment: Moment, pairs: Sequence[tuple[Finding, Moment]], signals: Signals) -> Moment:
    if one.metric is not Metric.ERROR_RATIO:
        return moment
    drivers = [found for other, found in pairs if _drives(signals, one, other)]
    if not drivers:
        return moment
    first = min(drivers, key=lambda driver: driver.at)
    return replace(moment, at=first.at, first=first.first)


def _drives(signals: Signals, one: Finding, other: Finding) -> bool:
    """Tell whether an error message explains a rise: half of it anywhere, or a tenth when it begins beside it."""
    if other.service != one.service or not other.rises or not signals.is_grave(other.template_id or ""):
        return False
    errors, volume = signals.errors[one.service], signals.volume[one.service]
    usual = float(errors[: one.start].sum()) / max(float(volume[: one.start].sum()), 1.0)
    rise = float((errors - usual * volume)[one.start : one.end].sum())
    own = float(count_hits(signals, other)[one.start : one.end].sum())
    beside = abs(other.start - one.start) <= max(4, signals.timeline.count // 50)
    return own >= (DRIVER_SHARE_BESIDE if beside else DRIVER_SHARE) * rise


def _lasts(signals: Signals, moment: Moment) -> bool:
    span = signals.timeline.span_s
    shortest = min(CHANGE_SHORTEST_S, CHANGE_SHORTEST_SHARE * span)
    end = moment.until if moment.until is not None else signals.timeline.last
    return (end - moment.at) / 1e6 >= shortest


def _to_change(signals: Signals, finding: Finding, moment: Moment) -> Change:
    start = (moment.at - signals.timeline.start) // signals.timeline.width
    before, after, n_before, n_after = _measure(signals, finding, moment, start)
    return Change(
        id="",
        at=to_datetime(moment.at),
        metric=finding.metric,
        service=finding.service,
        template_id=finding.template_id,
        shape=finding.shape,
        before=before,
        after=after,
        n_before=n_before,
        n_after=n_after,
        p_value=min(1.0, finding.chance * signals.series),
        until=None if moment.until is None else to_datetime(moment.until),
        first=moment.first,
        period_s=finding.period_s,
    )


def _measure(signals: Signals, finding: Finding, moment: Moment, start: int) -> tuple[float, float, int, int]:
    """Return the value before and after, and the records behind each."""
    timeline, end = signals.timeline, finding.end
    hits, volume = count_hits(signals, finding), signals.volume[finding.service]
    if finding.metric is Metric.ERROR_RATIO:
        n_before, n_after = float(volume[:start].sum()), float(volume[start:end].sum())
        ratios = (hits[:start].sum() / max(n_before, 1), hits[start:end].sum() / max(n_after, 1))
        return float(ratios[0]), float(ratios[1]), int(n_before), int(n_after)
    if finding.metric is Metric.LATENCY_P95:
        frame = signals.counts.durations.filter(pl.col("service") == finding.service)
        trials = signals.rows(frame)
        slow = (measure_p95(frame, 0, start) if start else 0.0, measure_p95(frame, start, end))
        return *slow, int(trials[:start].sum()), int(trials[start:end].sum())
    split = start if finding.rises else start + 1  # the last record before an absence may share its first bucket
    k_before, k_after = float(hits[:split].sum()), float(hits[split:end].sum())
    minutes = (moment.at - timeline.first) / _MINUTE
    minutes_after = ((moment.until or timeline.last) - moment.at) / _MINUTE
    rates = (k_before / max(minutes, 1e-6), k_after / max(minutes_after, 1e-6))
    return *rates, int(k_before), int(k_after)


def say_strays(timeline: Timeline | None) -> str | None:
    """Return a sentence on records whose time lies implausibly far from all others, or None when there are none."""
    if timeline is None or not timeline.strays:
        return None
    span = f"{to_datetime(timeline.first):%Y-%m-%d} to {to_datetime(timeline.last):%Y-%m-%d}"
    return f"{timeline.strays:,} records with times far outside of {span} were left out of all series"


__all__ = ["find_changes", "judge_novelty", "say_strays"]
