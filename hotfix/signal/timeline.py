"""From the digest of all records to the intervals that series are counted in; stray times are left out and counted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from hotfix.core.schema import TIME
from hotfix.core.settings import (
    BUCKET_WIDTHS_S,
    BUCKETS_MOST,
    STRAY_GAP_S,
    STRAY_GAP_SPANS,
    STRAY_SHARE,
)
from hotfix.ingest.digest import HOUR_US

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Equal intervals from ``start`` on; all times are microseconds since 1970 in UTC."""

    start: int  # beginning of the first bucket, a multiple of the width
    width: int
    count: int  # buckets
    first: int  # time of the first and of the last record inside
    last: int
    strays: int  # records left out because their time lies implausibly far from all others

    @property
    def width_s(self) -> float:
        """Width of a bucket in seconds."""
        return self.width / _SECOND

    @property
    def span_s(self) -> float:
        """Time from the first to the last record in seconds."""
        return (self.last - self.first) / _SECOND

    def ends(self) -> tuple[datetime, datetime]:
        """Return the time of the first and of the last record."""
        return to_datetime(self.first), to_datetime(self.last)

    def index(self) -> pl.Expr:
        """Return the expression that gives each record's bucket."""
        return ((microseconds() - self.start) // self.width).cast(pl.Int32)

    def holds(self) -> pl.Expr:
        """Return the expression that tells records on the timeline from strays and from records without a time."""
        return microseconds().is_between(self.first, self.last)

    def instant(self, bucket: int) -> int:
        """Return the beginning of a bucket in microseconds."""
        return self.start + bucket * self.width


def microseconds() -> pl.Expr:
    """Return the expression that gives each record's time as microseconds since 1970."""
    return pl.col("time").cast(TIME).to_physical()


def to_datetime(time: int) -> datetime:
    """Return microseconds since 1970 as an aware datetime; exact, unlike a detour through floats."""
    return _EPOCH + timedelta(microseconds=time)


def to_microseconds(time: datetime) -> int:
    """Return an aware datetime as microseconds since 1970."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def lay_timeline(digest: pl.DataFrame) -> Timeline | None:
    """Return the timeline of the records behind DIGEST, or None when none has a time.

    The bulk of the hours decides on the width, so that one record of the year 2099 among an hour of logs does not make
    the buckets years wide.
    """
    hours = (
        digest.drop_nulls("hour")
        .group_by("hour")
        .agg(
            n=pl.col("count").sum(), first=pl.col("first").to_physical().min(), last=pl.col("last").to_physical().max()
        )
        .sort("hour")
    )
    if hours.is_empty():
        return None
    bulk = _find_bulk(hours)
    first, last = int(bulk["first"][0]), int(bulk["last"][-1])
    width = choose_width(last - first)
    start = first // width * width
    strays = int(hours["n"].sum()) - int(bulk["n"].sum())
    return Timeline(start, width, (last - start) // width + 1, first, last, strays)


def choose_width(span: int) -> int:
    """Return the smallest round width, at least a second, that cuts a span into at most BUCKETS_MOST; microseconds."""
    least = span / BUCKETS_MOST / _SECOND
    for width in BUCKET_WIDTHS_S:
        if width >= least:
            return width * _SECOND
    day = BUCKET_WIDTHS_S[-1]
    return int(-(-least // day)) * day * _SECOND


def _find_bulk(hours: pl.DataFrame) -> pl.DataFrame:
    """Return the hours around the fullest cluster, without small clusters that lie implausibly far away."""
    gap = pl.col("first") - pl.col("last").shift(1)
    marked = hours.with_columns(cluster=(gap > STRAY_GAP_S * _SECOND).fill_null(value=False).cum_sum())
    clusters = (
        marked.group_by("cluster")
        .agg(pl.col("n").sum(), pl.col("first").min(), pl.col("last").max())
        .sort("cluster")
        .rows(named=True)
    )
    low = high = max(range(len(clusters)), key=lambda index: int(clusters[index]["n"]))
    few = STRAY_SHARE * sum(cluster["n"] for cluster in clusters)
    for step in (-1, 1):
        while 0 <= (near := (low if step < 0 else high) + step) < len(clusters):
            span = max(clusters[high]["last"] - clusters[low]["first"], HOUR_US)
            edges = (
                clusters[near]["last"],
                clusters[low]["first"],
                clusters[high]["last"],
                clusters[near]["first"],
            )
            away = edges[1] - edges[0] if step < 0 else edges[3] - edges[2]
            if away > STRAY_GAP_SPANS * span and clusters[near]["n"] <= max(few, 1):
                break
            low, high = min(low, near), max(high, near)
    return marked.filter(pl.col("cluster").is_between(low, high))
