"""From changes to the incident: its window, who is affected, how many requests failed, how severe that is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.facts import Change, Impact, Incident, Metric, Severity, Shape
from hotfix.core.settings import (
    INCIDENT_GAP_S,
    OUTAGE_BESIDE_S,
    P0_SHARE,
    P1_SHARE,
    P3_SHARE,
    SERVICE_IN_ID,
    SEVERITY_FACTOR_COMPLETE,
)
from hotfix.diagnosis.case import Case
from hotfix.signal.series import is_grave
from hotfix.signal.sides import split_counts
from hotfix.signal.timeline import to_datetime, to_microseconds

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def open_incident(case: Case) -> Incident | None:
    """Return the incident that the harmful changes add up to, or None when nothing got worse."""
    harmful = [change for change in case.changes if case.is_harmful(change)]
    if not harmful:
        return None
    cluster = gather_cluster(harmful)
    leading = errors_first(cluster)
    onset = find_onset(leading)
    services = dict.fromkeys(change.service for change in sorted(cluster, key=lambda change: change.at))
    return _describe(case, tuple(services), _Window(onset.at, _find_end(leading)), onset.shape)


def settle_incident(case: Case, incident: Incident, culprit: str, started_at: datetime) -> Incident:
    """Return the incident with the culprit first, from the first record of its new behaviour on, measured anew."""
    services = tuple(dict.fromkeys((culprit, *incident.services)))
    own = [change for change in case.changes if change.service == culprit and case.is_harmful(change)]
    leading = min(errors_first(own), key=lambda change: abs(change.at - started_at), default=None)
    shape = leading.shape if leading else incident.shape
    return _describe(case, services, _Window(started_at, incident.ended_at), shape)


@dataclass(frozen=True, slots=True)
class _Window:
    """From the onset to the end; None while it goes on."""

    start: datetime
    end: datetime | None


def _describe(case: Case, services: tuple[str, ...], window: _Window, shape: Shape) -> Incident:
    impact = _measure_impact(case, services, window)
    severity, rule = judge_severity(impact, [service for service in services if _is_out(case, service)])
    return Incident(
        id=name_incident(window.start, services[0]),
        started_at=window.start,
        detected_at=_first_error(case, window.start),
        ended_at=window.end,
        status="recovered" if window.end else "ongoing",
        severity=severity,
        severity_rule=rule,
        services=services,
        shape=shape,
        impact=impact,
    )


def name_incident(started_at: datetime, service: str) -> str:
    """Return an id that is the same on every run, and safe as the name of a folder whatever a log calls its service."""
    safe = _UNSAFE.sub("-", service).strip("-.")[:SERVICE_IN_ID]
    return f"{started_at:%Y%m%dT%H%M%SZ}-{safe or 'unknown'}"


def gather_cluster(harmful: Sequence[Change]) -> tuple[Change, ...]:
    """Return the strongest harmful change with all that began or went on within INCIDENT_GAP_S of it, transitively."""
    gap = timedelta(seconds=INCIDENT_GAP_S)
    ordered = sorted(harmful, key=lambda change: change.at)
    groups: list[list[Change]] = []
    reach = datetime.min.replace(tzinfo=ordered[0].at.tzinfo)
    for change in ordered:
        if not groups or change.at > reach + gap:
            groups.append([])
        groups[-1].append(change)
        reach = max(reach, change.until or change.at)
    heaviest = max(groups, key=_weight)
    return tuple(heaviest)


def errors_first(cluster: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes which say that something failed; all of them when none does."""
    failing = (Metric.ERROR_RATIO, Metric.TEMPLATE_COUNT)
    return tuple(change for change in cluster if change.metric in failing) or tuple(cluster)


def find_onset(changes: Sequence[Change]) -> Change:
    """Return the change that began first; of those within its second the first that is dated to a part of a second."""
    first = min(changes, key=lambda change: change.at)
    if first.at.microsecond:
        return first
    second = first.at + timedelta(seconds=1)
    finer = [change for change in changes if first.at < change.at < second]
    return min(finer, key=lambda change: change.at, default=first)


def _is_out(case: Case, service: str) -> bool:
    """Tell whether a service fell silent, and records tell that it was stopped or others began to fail with it."""
    beside = timedelta(seconds=OUTAGE_BESIDE_S)
    failed = (Metric.ERROR_RATIO, Metric.TEMPLATE_COUNT)
    harmful = [change for change in case.changes if case.is_harmful(change)]
    fallen = [change for change in harmful if change.metric is Metric.VOLUME and change.service == service]
    others = [change for change in harmful if change.metric in failed and change.service != service]
    with_it = any(abs(other.at - change.at) <= beside for change in fallen for other in others)
    return with_it or bool(fallen and service in case.stopped)


def judge_severity(impact: Impact, out: Sequence[str]) -> tuple[Severity, str]:
    """Return the severity and the rule that decided it (SPEC: shares of users, requests where users are unknown).

    Args:
        impact: of the incident.
        out: affected services that fell silent, which more than their silence shows.
    """
    if out:
        return Severity.P0, f"P0: {out[0]} fell silent (core outage)"
    share = impact.request_share
    if share is None:
        said = f"{impact.failed:,} of {impact.total:,} records of the affected services are errors"
        many = impact.failed > P0_SHARE * impact.total
        severity = Severity.P1 if many else Severity.P2
        return severity, f"{severity}: {said}; no failed request is logged, so the share of users is unknown"
    said = f"{share:.1%} of {impact.total:,} {impact.basis} failed"
    if share > P0_SHARE:
        return Severity.P0, f"P0: {said} (more than {P0_SHARE:.0%})"
    if share >= P1_SHARE:
        return Severity.P1, f"P1: {said} ({P1_SHARE:.0%} to {P0_SHARE:.0%})"
    if share >= P3_SHARE:
        return Severity.P2, f"P2: {said} (less than {P1_SHARE:.0%})"
    return Severity.P3, f"P3: {said} (less than {P3_SHARE:.1%})"


def _weight(group: Sequence[Change]) -> tuple[int, float]:
    """Failing changes weigh more than slow or silent ones, then the number of records that tell of them."""
    failing = sum(change.metric in (Metric.ERROR_RATIO, Metric.TEMPLATE_COUNT) for change in group)
    return int(failing > 0), float(sum(change.n_after for change in group))


def _find_end(changes: Sequence[Change]) -> datetime | None:
    ends = [change.until for change in changes]
    return None if None in ends else max(end for end in ends if end is not None)


def _first_error(case: Case, start: datetime) -> datetime | None:
    """Return the time of the first error from a time on; only the records of the first interval with one are read."""
    counts, begin = case.counts, to_microseconds(start)
    failing = counts.messages.filter(pl.col("errors") > 0, pl.col("last") >= begin)
    for bucket in failing["bucket"].unique().sort().head(2).to_list():
        instants = (counts.timeline.instant(bucket), counts.timeline.instant(bucket + 1))
        near = case.lookup.near(max(start, to_datetime(instants[0])), to_datetime(instants[1]))
        first: datetime | None = near.filter(is_grave()).select(pl.col("time").min()).collect().item()
        if first is not None:
            return first
    return None


def _measure_impact(case: Case, services: Sequence[str], window: _Window) -> Impact:
    """Count what failed at the affected services: requests at the busiest one whose requests fail, else records."""
    instants = (to_microseconds(window.start), to_microseconds(window.end or case.last) + 1)
    sums = ("requests", "failed", "n", "errors")
    names = {"requests1": "requests", "failed1": "failed_requests", "n1": "records", "errors1": "errors"}
    counts = (
        split_counts(case.counts, case.lookup.near, ("service",), instants, sums)
        .filter(pl.col("service").is_in(list(services)), pl.col("n1") > 0)
        .select("service", *names)
        .rename(names)
        .sort("requests", "records", "service", descending=[True, True, False])
    )
    front = counts.filter(pl.col("failed_requests") > 0).head(1).rows(named=True)
    if front:
        failed, total, basis = front[0]["failed_requests"], front[0]["requests"], f"requests at {front[0]['service']}"
    else:
        failed, total, basis = int(counts["errors"].sum()), int(counts["records"].sum()), "records"
    share = failed / max(total, 1)
    affected = None if case.users is None else case.users * share * SEVERITY_FACTOR_COMPLETE
    return Impact(
        request_share=share if front else None,
        failed=failed,
        total=total,
        basis=basis,
        users_affected=affected,
        calculation=_explain_impact(failed, total, basis, case.users),
    )


def _explain_impact(failed: int, total: int, basis: str, users: int | None) -> str:
    said = f"{failed:,} of {total:,} {basis} failed between start and end of the incident"
    if users is None:
        return said
    return f"{said}; {users:,} users × {failed / max(total, 1):.1%} × {SEVERITY_FACTOR_COMPLETE} (complete failure)"
