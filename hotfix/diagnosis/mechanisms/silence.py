"""Finds who stopped writing before or with the onset: a service, one of its hosts, or a record that came regularly.

The scene comes in; a clue for each that stopped goes out, its place the last record. All services count, not only those
that fail: a heartbeat, a schedule or a checkpoint that ends is told by no error.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

import polars as pl

from hotfix.core.facts import Level
from hotfix.core.settings import (
    HUSH_AFTER_S,
    HUSH_CANDIDATES,
    HUSH_FEWEST,
    HUSH_INTERVAL_LEAST_S,
    HUSH_KEPT,
    HUSH_MISSED,
    HUSH_RECORDS,
    HUSH_REGULAR_SHARE,
    HUSH_REGULAR_SPREAD,
    HUSH_SCALE_S,
    HUSH_STEPS,
    SILENCE_EVENTS,
    SILENCE_RISE,
    SILENCE_SHORTEST_S,
)
from hotfix.core.text import format_time, say_span
from hotfix.diagnosis.headline import shorten, unmask
from hotfix.diagnosis.mechanisms.contract import Clue, Scene

NAME = "silence"

_MILD = (None, Level.TRACE, Level.DEBUG, Level.INFO)


@dataclass(frozen=True, slots=True)
class _Stop:
    """Something that came until it stopped."""

    service: str
    host: str | None
    template_id: str | None  # None: every record of the service, or of its host
    last: datetime
    usual_s: float  # interval at which it came, or its longest pause
    count: int
    file_id: int
    line: int
    line_count: int
    sureness: float  # 0..1


def find_silence(scene: Scene) -> Iterator[Clue]:
    """Yield a clue for each service, host or regular record that stopped, strongest first; at most HUSH_KEPT."""
    end = scene.incident.ended_at or scene.case.last
    quiet = _find_quiet_services(scene, end)
    gone = {(stop.service, stop.host) for stop in quiet} | {(service, None) for service in scene.case.ended}
    regular = [
        stop
        for stop in _find_quiet_records(scene, end)
        if (stop.service, stop.host) not in gone and (stop.service, None) not in gone
    ]
    clues = [_make_clue(scene, stop, end) for stop in (*quiet, *regular)]
    yield from sorted(clues, key=lambda clue: (-clue.strength, clue.at, clue.service))[:HUSH_KEPT]


def _limit(scene: Scene) -> datetime:
    return scene.incident.started_at + timedelta(seconds=HUSH_AFTER_S)


def _find_quiet_services(scene: Scene, end: datetime) -> list[_Stop]:
    """Return the services, or single hosts of services, that wrote steadily and nothing after the onset."""
    step_us = max(int((end - scene.case.first).total_seconds() / HUSH_STEPS * 1e6), 1_000_000)
    time = pl.col("time")
    steps = (
        scene.case.records.filter(~pl.col("time_inferred"), time <= end)
        .select("service", "host", step=time.dt.truncate(f"{step_us}us"))
        .group_by("service", "host", "step")
        .agg(n=pl.len())
        .collect(engine="streaming")
    )
    stops = []
    whole = steps.group_by("service", "step").agg(pl.col("n").sum())
    for (service,), own in whole.group_by("service"):
        stops += _judge_steps(scene, end, str(service), None, own)
    stops = [stop for stop in stops if stop.service not in scene.case.ended]
    gone = {stop.service for stop in stops} | scene.case.ended
    for (service, host), own in steps.drop_nulls("host").group_by("service", "host"):
        if service not in gone:
            stops += _judge_steps(scene, end, str(service), str(host), own)
    return stops


def _judge_steps(scene: Scene, end: datetime, service: str, host: str | None, steps: pl.DataFrame) -> list[_Stop]:
    times = steps["step"].sort().to_list()
    count = int(steps["n"].sum())
    if count < SILENCE_EVENTS or times[-1] > _limit(scene) or len(times) < HUSH_FEWEST:
        return []
    pause_s = max((later - earlier).total_seconds() for earlier, later in pairwise(times))
    silent_s = (end - times[-1]).total_seconds()
    spoken = (times[-1] - times[0]).total_seconds()
    if silent_s < max(SILENCE_SHORTEST_S, SILENCE_RISE * pause_s) or spoken < SILENCE_RISE * pause_s:
        return []
    own = pl.col("service") == service
    said = scene.whole.filter(own & (pl.col("host") == host) if host else own, pl.col("time") <= end)
    last = said.select("time", "file_id", "line", "line_count").top_k(1, by=["time", "file_id", "line"])
    total = said.select((~pl.col("time_inferred")).sum())
    latest, counted = pl.collect_all([last, total], engine="streaming")
    at, file_id, line, line_count = latest.row(0)
    return [_Stop(service, host, None, at, pause_s, counted.item(), file_id, line, line_count, 0.95)]


def _find_quiet_records(scene: Scene, end: datetime) -> list[_Stop]:
    """Return the messages that came at a regular interval and not once after the onset."""
    time = pl.col("time")
    late = time > _limit(scene)
    key = ("service", "host", "template_id")
    timed = scene.case.records.filter(~pl.col("time_inferred"), time <= end)
    counted = (
        timed.group_by(key)
        .agg(n=pl.len(), late=late.sum(), first=time.min(), last=time.max())
        .filter(pl.col("late") == 0, pl.col("n").is_between(HUSH_FEWEST, HUSH_RECORDS))
        .collect(engine="streaming")
    )
    interval = (pl.col("last") - pl.col("first")) / (pl.col("n") - 1)
    few = counted.filter(pl.lit(end) - pl.col("last") >= HUSH_MISSED * interval)
    chosen = few.sort("n", *key).head(HUSH_CANDIDATES).select(key)
    if chosen.is_empty():
        return []
    rows = (
        scene.whole.filter(~pl.col("time_inferred"), time <= end)
        .join(chosen.lazy(), on=key, how="semi", nulls_equal=True)
        .select(*key, "time", "file_id", "line", "line_count")
        .collect(engine="streaming")
        .filter(pl.len().over(key) <= HUSH_RECORDS)
        .sort(*key, "time", "file_id", "line")
    )
    stops = (_judge_times(own, end) for own in rows.partition_by(key, maintain_order=True))
    return [stop for stop in stops if stop is not None and not _is_reworded(scene, stop)]


def _is_reworded(scene: Scene, stop: _Stop) -> bool:
    """Tell whether the service began to say something else just then: a release worded its message anew."""
    soon = stop.last + timedelta(seconds=2 * stop.usual_s)
    return any(
        template.first is not None
        and stop.last < template.first <= soon
        and template.count >= HUSH_MISSED
        and template.level in _MILD
        and stop.service in template.services
        for template in scene.case.templates.values()
    )


def _judge_times(rows: pl.DataFrame, end: datetime) -> _Stop | None:
    """Return the stop of one message that came regularly; bursts within a second are one time."""
    times = rows["time"].dt.truncate("1s").unique().sort().to_list()
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    if len(times) < HUSH_FEWEST:
        return None
    usual = median(gaps)
    regular = sum(abs(gap - usual) <= max(HUSH_REGULAR_SPREAD * usual, 1.0) for gap in gaps) / len(gaps)
    silent_s = (end - times[-1]).total_seconds()
    if (
        regular < HUSH_REGULAR_SHARE
        or usual < HUSH_INTERVAL_LEAST_S
        or silent_s < max(HUSH_MISSED * usual, 2 * max(gaps))
    ):
        return None
    service, host, template_id, last, file_id, line, line_count = rows.row(-1)
    sureness = regular * min(1.0, 0.5 + silent_s / usual / (4 * HUSH_MISSED))
    return _Stop(service, host, template_id, last, usual, len(times), file_id, line, line_count, sureness)


def _make_clue(scene: Scene, stop: _Stop, end: datetime) -> Clue:
    case, onset = scene.case, scene.incident.started_at
    place = case.place(stop.file_id, stop.line, stop.line_count)
    lead_s = max((onset - stop.last).total_seconds() - stop.usual_s, 0.0)
    strength = stop.sureness / (1 + lead_s / HUSH_SCALE_S)
    text = case.templates[stop.template_id].text if stop.template_id else None
    return Clue(NAME, stop.service, _say_stop(stop, text, end), round(strength, 3), stop.last, place)


def _say_stop(stop: _Stop, text: str | None, end: datetime) -> str:
    where = f"{stop.service} on {stop.host}" if stop.host else stop.service
    silent_s = (end - stop.last).total_seconds()
    if text is None:
        return (
            f"{where} wrote {stop.count:,} records with no pause over {say_span(stop.usual_s)}, the last at "
            f"{format_time(stop.last)}, and nothing in the {say_span(silent_s)} since"
        )
    return (
        f'"{shorten(unmask(text))}" of {where} came every {say_span(stop.usual_s)}, {stop.count} times until '
        f"{format_time(stop.last)}, and {int(silent_s / stop.usual_s)} are missing since"
    )
