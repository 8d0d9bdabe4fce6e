"""From records to counts per interval: SERIES for readers, `Counts` for the detectors. Two passes, flat memory."""

import math
from dataclasses import dataclass

import polars as pl

from hotfix.core.facts import Level, Metric
from hotfix.core.schema import LEVEL, SERIES, TIME
from hotfix.core.settings import DURATION_BIN, HTTP_SERVER_ERROR
from hotfix.ingest.digest import digest_records
from hotfix.signal.timeline import Timeline, lay_timeline, microseconds

UNNAMED = "unknown"
"""Name of the service of records that name none."""

_LEVELS = [level.value for level in Level]
_WARN, _GRAVE = _LEVELS.index(Level.WARN), _LEVELS.index(Level.ERROR)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the records of a timeline add up to."""

    timeline: Timeline
    messages: pl.DataFrame
    """One row per (bucket, service, template_id), names categorical: ``n`` records, ``errors`` and what is
    ``serious`` among them, ``requests`` with a status and how many ``failed``, ``first`` and ``last`` time in µs."""
    services: pl.DataFrame
    """One row per (bucket, service), sorted: ``n``, ``errors``, times of the ``first`` and ``last`` record in µs."""
    durations: pl.DataFrame
    """One row per (bucket, service, bin): ``n`` records whose duration lies in the bin (`bin_to_ms`)."""


def is_grave() -> pl.Expr:
    """Return the expression that tells records at error or fatal from all others."""
    return (pl.col("level").cast(LEVEL).to_physical() >= _GRAVE).fill_null(value=False)


def is_serious() -> pl.Expr:
    """Return the expression that tells records at warning and above, or with an exception, from all others."""
    warns = pl.col("level").cast(LEVEL).to_physical() >= _WARN
    return warns.fill_null(value=False) | pl.col("exception").is_not_null()


def name_service() -> pl.Expr:
    """Return the expression that gives each record's service, UNNAMED where it has none."""
    return pl.col("service").cast(pl.String).fill_null(UNNAMED)


def duration_bin() -> pl.Expr:
    """Return the expression that gives the bin of each record's duration; bin 0 holds 1 ms and is DURATION_BIN wide."""
    return (pl.col("duration_ms").clip(1e-6, 1e12).log() / math.log(DURATION_BIN)).floor().cast(pl.Int16)


def bin_to_ms(index: float) -> float:
    """Return the middle of a bin of durations in milliseconds."""
    return float(DURATION_BIN ** (index + 0.5))


def count_records(records: pl.LazyFrame, timeline: Timeline | None = None) -> Counts | None:
    """Return the counts of RECORDS with template_id, or None when no record has a time; theirs is the timeline."""
    timeline = timeline or lay_timeline(digest_records(records))
    if timeline is None:
        return None
    messages = _count_messages(records, timeline)
    services = messages.group_by("bucket", "service").agg(
        pl.col("n", "errors").sum(), pl.col("first").min(), pl.col("last").max()
    )
    return Counts(
        timeline,
        messages,
        services.with_columns(pl.col("service").cast(pl.String)).sort("service", "bucket"),
        _count_durations(records, timeline),
    )


def _count_messages(records: pl.LazyFrame, timeline: Timeline) -> pl.DataFrame:
    return (
        records.filter(timeline.holds())
        .select(
            bucket=timeline.index(),
            service=name_service(),
            template_id=pl.col("template_id").cast(pl.String),
            error=is_grave(),
            serious=is_serious(),
            status=pl.col("status"),
            failed=pl.col("status") >= HTTP_SERVER_ERROR,
            time=microseconds(),
        )
        .group_by("bucket", "service", "template_id")
        .agg(
            n=pl.len(),
            errors=pl.col("error").sum(),
            serious=pl.col("serious").sum(),
            requests=pl.col("status").count(),
            failed=pl.col("failed").sum(),
            first=pl.col("time").min(),
            last=pl.col("time").max(),
        )
        .collect(engine="streaming")
        .with_columns(pl.col("service", "template_id").cast(pl.Categorical))
    )


def _count_durations(records: pl.LazyFrame, timeline: Timeline) -> pl.DataFrame:
    return (
        records.filter(pl.col("duration_ms").is_finite() & (pl.col("duration_ms") >= 0), timeline.holds())
        .select(bucket=timeline.index(), service=name_service(), bin=duration_bin())
        .group_by("bucket", "service", "bin")
        .agg(n=pl.len())
        .collect(engine="streaming")
        .sort("service", "bucket", "bin")
    )


def to_series(counts: Counts) -> pl.DataFrame:
    """Return counts as SERIES, sorted by metric, service, template and bucket.

    Volume has a row for each bucket and service, also where it is zero; the other metrics only where there are records
    behind them.
    """
    services = counts.services.select("bucket", "service", "n", "errors")
    ratio = services.with_columns(metric=pl.lit(Metric.ERROR_RATIO), value=pl.col("errors") / pl.col("n"))
    messages = counts.messages.with_columns(pl.col("service", "template_id").cast(pl.String))
    template = messages.with_columns(metric=pl.lit(Metric.TEMPLATE_COUNT), value=pl.col("n"))
    parts = [ratio, template, _fill_volume(counts.timeline, services), _count_latency(counts.durations)]
    columns = [pl.col(name).cast(kind) for name, kind in SERIES.items() if name not in {"bucket", "template_id"}]
    instant = (counts.timeline.start + pl.col("bucket").cast(pl.Int64) * counts.timeline.width).cast(TIME)
    joined = pl.concat([part.select(_columns(part)) for part in parts], how="diagonal_relaxed")
    table = joined.select(instant.alias("bucket"), pl.col("template_id").cast(pl.String), *columns)
    return table.select(SERIES.names()).sort("metric", "service", "template_id", "bucket")


def _columns(part: pl.DataFrame) -> list[pl.Expr]:
    own = [pl.col(name) for name in ("bucket", "service", "template_id", "metric", "n") if name in part.columns]
    return [*own, pl.col("value").cast(pl.Float64)]


def _fill_volume(timeline: Timeline, services: pl.DataFrame) -> pl.DataFrame:
    buckets = pl.DataFrame({"bucket": pl.Series(range(timeline.count), dtype=pl.Int32)})
    grid = buckets.join(services.select(pl.col("service").unique()), how="cross")
    filled = grid.join(services, on=["bucket", "service"], how="left").with_columns(pl.col("n").fill_null(0))
    return filled.with_columns(metric=pl.lit(Metric.VOLUME), value=pl.col("n"))


def _count_latency(durations: pl.DataFrame) -> pl.DataFrame:
    """Return the 95th percentile of each bucket and service from its bins."""
    total = pl.col("n").sum().over("bucket", "service")
    ranked = durations.sort("bin").with_columns(rank=pl.col("n").cum_sum().over("bucket", "service"), total=total)
    reached = ranked.filter(pl.col("rank") >= 0.95 * pl.col("total"))
    found = reached.group_by("bucket", "service").agg(pl.col("bin").min(), n=pl.col("total").first())
    value = pl.lit(DURATION_BIN).pow(pl.col("bin") + 0.5)
    return found.with_columns(metric=pl.lit(Metric.LATENCY_P95), value=value)
