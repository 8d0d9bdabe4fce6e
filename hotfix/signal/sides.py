"""Counts what comes before, between and after some instants: `Counts` and instants come in, a table goes out.

Whole intervals are added up; only of those that an instant cuts the records are read and counted.
"""

from collections.abc import Sequence

import polars as pl

from hotfix.core.settings import HTTP_SERVER_ERROR
from hotfix.signal.lookup import Find
from hotfix.signal.series import Counts, is_grave, is_serious
from hotfix.signal.timeline import microseconds, to_datetime

_SUMS = ("n", "errors", "serious", "requests", "failed")


def split_counts(
    counts: Counts, find: Find, keys: Sequence[str], instants: Sequence[int], sums: Sequence[str] = ("n",)
) -> pl.DataFrame:
    """Return one row per key: of each sum the parts, as ``n0`` before the first instant, ``n1`` from it on, and so on.

    Args:
        counts: of all records.
        find: finds the records of a time.
        keys: ``service``, ``template_id`` or both.
        instants: in order, in microseconds; a record at an instant comes after it.
        sums: names of columns of ``Counts.messages``.
    """
    timeline = counts.timeline
    cut = sorted({(instant - timeline.start) // timeline.width for instant in instants})
    whole = counts.messages.filter(~pl.col("bucket").is_in(cut))
    part = _tell_part(pl.col("first"), instants)
    inside = [bucket for bucket in cut if 0 <= bucket < timeline.count]
    parts = [
        whole.group_by(*keys, part=part).agg(pl.col(name).sum() for name in sums),
        *(_count_bucket(counts, find, bucket, keys, instants).select(*keys, "part", *sums) for bucket in inside),
    ]
    names = [pl.col(key).cast(pl.String) for key in keys]
    rows = pl.concat([frame.with_columns(*names, pl.col(*sums).cast(pl.Int64)) for frame in parts])
    return rows.group_by(keys).agg(
        pl.col(name).filter(pl.col("part") == index).sum().alias(f"{name}{index}")
        for name in sums
        for index in range(len(instants) + 1)
    )


def _tell_part(time: pl.Expr, instants: Sequence[int]) -> pl.Expr:
    return sum((time >= instant).cast(pl.Int32) for instant in instants) + pl.lit(0, dtype=pl.Int32)


def _count_bucket(
    counts: Counts, find: Find, bucket: int, keys: Sequence[str], instants: Sequence[int]
) -> pl.DataFrame:
    timeline = counts.timeline
    begin, end = timeline.instant(bucket), timeline.instant(bucket + 1) - 1
    return (
        find(to_datetime(begin), to_datetime(end))
        .filter(timeline.holds())
        .select(
            pl.col(*keys).cast(pl.String),
            part=_tell_part(microseconds(), instants),
            errors=is_grave(),
            serious=is_serious(),
            requests=pl.col("status").is_not_null(),
            failed=(pl.col("status") >= HTTP_SERVER_ERROR).fill_null(value=False),
        )
        .group_by(*keys, "part")
        .agg(pl.len().alias("n"), pl.col(*_SUMS[1:]).sum())
        .collect(engine="streaming")
    )
