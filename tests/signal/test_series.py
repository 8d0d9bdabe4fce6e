"""Counts per interval."""

import numpy as np
import polars as pl
import pytest

from hotfix.core.facts import Metric
from hotfix.core.schema import SERIES, TIME
from hotfix.signal.series import bin_to_ms, count_records, duration_bin, to_series
from tests.signal.incidents import START, Log


def _mixed() -> Log:
    log = Log(3, 900)
    times = log.spread(8)
    log.serve(times, 0.1, log.rng.lognormal(3, 1, len(times)))
    return log.serve(log.spread(1), 0.0, service="web")


def _count_series(records: pl.LazyFrame) -> pl.DataFrame:
    counts = count_records(records)
    assert counts is not None
    return to_series(counts)


def _total(series: pl.DataFrame, metric: Metric) -> int:
    return int(series.filter(pl.col("metric") == metric)["n"].sum())


def test_series_have_the_published_schema() -> None:
    """SERIES comes with exactly the columns and types that core.schema names."""
    assert _count_series(_mixed().records()).schema == SERIES


def test_every_record_is_counted_once_per_metric() -> None:
    """Volume, ratio and template counts each add up to the number of records; latency to those with a duration."""
    log = _mixed()
    series = _count_series(log.records())
    timed = sum(row[4] is not None for row in log.rows)
    found = [_total(series, metric) for metric in Metric]
    expected = {Metric.LATENCY_P95: timed}
    assert found == [expected.get(metric, len(log.rows)) for metric in Metric]


def test_volume_has_a_row_of_zero_where_a_service_is_silent() -> None:
    """Silence is visible: each service has a volume in every bucket."""
    log = Log(1, 60).write(np.array([0.0, 10.0]), "x").write(np.array([5.0]), "y", service="web")
    series = _count_series(log.records()).filter(pl.col("metric") == Metric.VOLUME)
    assert series.group_by("service").agg(pl.len(), pl.col("value").sum()).sort("service").rows() == [
        ("app", 11, 2.0),
        ("web", 11, 1.0),
    ]


def test_error_ratio_is_errors_by_records_of_the_bucket() -> None:
    """One error among four records of a second is a ratio of a quarter."""
    log = Log(1, 10).write(np.array([0.1, 0.2, 0.3]), "x").write(np.array([0.4]), "y", "fatal")
    ratio = _count_series(log.records()).filter(pl.col("metric") == Metric.ERROR_RATIO)
    assert ratio.select("bucket", "value", "n").rows() == [(START, 0.25, 4)]


def test_p95_of_a_bucket_is_within_a_bin_of_the_exact_one() -> None:
    """The 95th percentile from bins differs from the exact one by at most half a bin, 2.5 %."""
    log = Log(5, 1)
    durations = log.rng.lognormal(3, 1.5, 5000)
    log.serve(log.rng.uniform(0, 0.9, 5000), 0.0, durations)
    latency = _count_series(log.records()).filter(pl.col("metric") == Metric.LATENCY_P95)
    exact = np.quantile(durations, 0.95, method="inverted_cdf")
    assert latency["value"].to_list() == [pytest.approx(exact, rel=0.026)]


@pytest.mark.parametrize("duration_ms", [0.0, 0.004, 1.0, 37.5, 1e9])
def test_bin_holds_its_duration(duration_ms: float) -> None:
    """A duration falls into the bin whose middle is within 2.5 % of it, zero into the lowest one."""
    index = pl.DataFrame({"duration_ms": [duration_ms]}).select(duration_bin()).item()
    assert bin_to_ms(index) == pytest.approx(max(duration_ms, 1e-6), rel=0.026)


def test_records_without_time_service_or_template_do_not_end_the_run() -> None:
    """Records without a time are in no series; those without a service count as one service of their own."""
    records = _mixed().records().collect()
    bare = records.head(5).with_columns(pl.lit(None, dtype=TIME).alias("time"))
    unnamed = records.head(7).with_columns(
        pl.lit(None, dtype=pl.String).alias("service"), template_id=pl.lit(None, dtype=pl.String)
    )
    series = _count_series(pl.concat([records, bare, unnamed]).lazy())
    volume = series.filter(pl.col("metric") == Metric.VOLUME)
    assert volume["n"].sum() == len(records) + 7
    assert volume.filter(pl.col("service") == "unknown")["n"].sum() == 7


def test_no_records_make_no_series() -> None:
    """An empty frame has no counts."""
    assert count_records(Log(1, 10).records()) is None
