"""From records and an onset to the novelty of each template: new, vanished, changed or steady."""

import math
from datetime import datetime, timedelta

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
from hotfix.signal.lookup import Find, find_in
from hotfix.signal.scan import log_likelihood_ratio
from hotfix.signal.series import Counts, count_records
from hotfix.signal.sides import split_counts
from hotfix.signal.timeline import Timeline, to_microseconds


def judge_novelty(
    records: pl.LazyFrame,
    templates: pl.DataFrame,
    onset: datetime | None,
    counts: Counts | None = None,
    find: Find | None = None,
) -> dict[str, Novelty]:
    """Return the novelty of every template around an onset; all are steady when there is none, or nothing before it.

    A single record at the onset makes a message new: that is a fact and no claim of significance. Vanished and changed
    need enough records to tell them from chance.

    Args:
        records: RECORDS with ``template_id``; records without a time and strays are ignored.
        templates: TEMPLATES; each gets an answer.
        onset: the start of the incident.
        counts: of these records, when they were counted before.
        find: finds those of a time, quicker than in all records.
    """
    novelty = dict.fromkeys(templates["template_id"].to_list(), Novelty.STEADY)
    counts = counts or (count_records(records) if onset is not None else None)
    if onset is None or counts is None:
        return novelty
    timeline = counts.timeline
    split = to_microseconds(onset - timedelta(seconds=NOVELTY_TOLERANCE_S))
    if split <= timeline.first + HEAD_SHARE * (timeline.last - timeline.first):
        return novelty
    rows = _count_sides(counts, find or find_in(records), split)
    totals = (int(rows["before"].sum()), int(rows["after"].sum()))
    looked_at = len(rows)
    for template, before, after in rows.iter_rows():
        novelty[template] = _judge((before, after), totals, _time_ratio(timeline, split), looked_at)
    return novelty


def _time_ratio(timeline: Timeline, split: int) -> float:
    """Return how many times longer the time after the split is than the time before."""
    return max(timeline.last - split, 0) / max(split - timeline.first, 1)


def _count_sides(counts: Counts, find: Find, split: int) -> pl.DataFrame:
    """Count each template before and after; of the interval that is split, the records are counted."""
    totals = split_counts(counts, find, ("template_id",), (split,))
    return totals.drop_nulls("template_id").select("template_id", before="n0", after="n1").sort("template_id")


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
