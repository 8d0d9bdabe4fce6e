"""From records and an onset to the novelty of each template: new, vanished, changed or steady."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from hotfix.core.facts import Novelty
from hotfix.core.settings import (
    HEAD_SHARE,
    NOVELTY_CHANCE,
    NOVELTY_RISE,
    NOVELTY_TOLERANCE_S,
    RECOVERY_EVENTS,
)
from hotfix.signal.scan import log_likelihood_ratio
from hotfix.signal.timeline import Timeline, lay_timeline, microseconds


def judge_novelty(records: pl.LazyFrame, templates: pl.DataFrame, onset: datetime | None) -> dict[str, Novelty]:
    """Return the novelty of every template around an onset; all are steady when there is none, or nothing before it.

    A single record at the onset makes a message new: that is a fact and no claim of significance. Vanished and changed
    need enough records to tell them from chance.

    Args:
        records: RECORDS with ``template_id``; records without a time and strays are ignored.
        templates: TEMPLATES; each gets an answer.
        onset: the start of the incident.
    """
    novelty = dict.fromkeys(templates["template_id"].to_list(), Novelty.STEADY)
    timeline = lay_timeline(records) if onset is not None else None
    if onset is None or timeline is None:
        return novelty
    split = _to_microseconds(onset - timedelta(seconds=NOVELTY_TOLERANCE_S))
    if split <= timeline.first + HEAD_SHARE * (timeline.last - timeline.first):
        return novelty
    rows = _count_sides(records, timeline, split)
    totals = (int(rows["before"].sum()), int(rows["after"].sum()))
    looked_at = len(rows)
    for template, before, after in rows.iter_rows():
        novelty[template] = _judge((before, after), totals, _time_ratio(timeline, split), looked_at)
    return novelty


def _to_microseconds(time: datetime) -> int:
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _time_ratio(timeline: Timeline, split: int) -> float:
    """Return how many times longer the time after the split is than the time before."""
    return max(timeline.last - split, 0) / max(split - timeline.first, 1)


def _count_sides(records: pl.LazyFrame, timeline: Timeline, split: int) -> pl.DataFrame:
    after = pl.col("late").sum()
    return (
        records.filter(timeline.holds(), pl.col("template_id").is_not_null())
        .select(pl.col("template_id").cast(pl.Categorical), late=microseconds() >= split)
        .group_by("template_id")
        .agg(before=pl.len() - after, after=after)
        .with_columns(pl.col("template_id").cast(pl.String))
        .collect(engine="streaming")
        .select("template_id", "before", "after")
    )


def _judge(sides: tuple[int, int], totals: tuple[int, int], time_ratio: float, looked_at: int) -> Novelty:
    """Judge one template by its records before and after, all records before and after, and the times' ratio.

    A rate counts as changed when both its share of all records and its records per minute moved the same way: neither
    a surge of traffic nor a flood of other messages changes a message.
    """
    before, after = sides
    if not before:
        return Novelty.NEW
    expected = before * time_ratio
    if not after:
        return Novelty.VANISHED if expected >= RECOVERY_EVENTS else Novelty.STEADY
    hits, trials = np.array(sides, np.float64), np.array(totals, np.float64)
    ratio = log_likelihood_ratio(hits, trials, 0, 1)
    if math.exp(-ratio) * looked_at > NOVELTY_CHANCE:
        return Novelty.STEADY
    per_time, per_record = after / max(expected, 1e-9), (after / trials[1]) / (before / trials[0])
    moved = min(per_time, per_record) >= NOVELTY_RISE or max(per_time, per_record) <= 1 / NOVELTY_RISE
    return Novelty.CHANGED if moved else Novelty.STEADY
