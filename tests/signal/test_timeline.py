"""The intervals that series are counted in."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from hotfix.core.schema import TIME
from hotfix.ingest.digest import digest_records
from hotfix.signal.timeline import Timeline, choose_width, lay_timeline, to_datetime
from tests.signal.incidents import START, Log

_SECOND = 1_000_000


def _lay(records: pl.LazyFrame) -> Timeline | None:
    return lay_timeline(digest_records(records))


def _with_times(log: Log, *times: datetime) -> pl.LazyFrame:
    records = log.records().collect()
    strays = records.head(len(times)).with_columns(pl.Series("time", times, dtype=TIME))
    return pl.concat([records, strays]).lazy()


@pytest.mark.parametrize(
    ("span_s", "width_s"),
    [
        (0, 1),
        (120, 1),
        (600, 1),
        (601, 2),
        (3600, 10),
        (86_400, 300),
        (7 * 86_400, 1800),
        (900 * 86_400, 2 * 86_400),
    ],
)
def test_width_is_round_and_cuts_the_span_into_at_most_600(span_s: int, width_s: int) -> None:
    """A span is cut into at most 600 buckets of a round width, never below a second."""
    assert choose_width(span_s * _SECOND) == width_s * _SECOND


def test_records_of_broken_clocks_do_not_widen_the_buckets() -> None:
    """One record in 2000 and one in 2099 among ten minutes of logs are left out, and counted."""
    log = Log(1, 600)
    log.serve(log.spread(5))
    strays = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC))
    plain, mixed = _lay(log.records()), _lay(_with_times(log, *strays))
    assert plain is not None
    assert mixed is not None
    assert (mixed.start, mixed.width, mixed.count, mixed.strays) == (plain.start, plain.width, plain.count, 2)


def test_time_in_the_year_8304_is_a_stray() -> None:
    """A date that no clock shows is left out instead of ending the run."""
    log = Log(1, 600)
    log.serve(log.spread(5))
    timeline = _lay(_with_times(log, datetime(8304, 1, 1, tzinfo=UTC)))
    assert timeline is not None
    assert (timeline.width_s, timeline.strays) == (1.0, 1)


def test_quiet_week_around_a_flood_stays_on_the_timeline() -> None:
    """A week of sparse records is kept although one hour of it holds almost all records."""
    log = Log(1, 7 * 86_400)
    log.serve(log.spread(0.001)).serve(np.sort(log.rng.uniform(5 * 86_400, 5 * 86_400 + 3600, 20_000)))
    timeline = _lay(log.records())
    assert timeline is not None
    assert (timeline.strays, timeline.width_s) == (0, 1800.0)


def test_yearly_log_with_two_records_a_week_keeps_all_of_them() -> None:
    """Sparse logs are no strays of themselves."""
    log = Log(1, 365 * 86_400)
    log.serve(np.linspace(0, 365 * 86_400, 100))
    timeline = _lay(log.records())
    assert timeline is not None
    assert timeline.strays == 0


@pytest.mark.parametrize("count", [0, 3])
def test_records_without_times_make_no_timeline(count: int) -> None:
    """Neither an empty frame nor one whose times are all null has a timeline."""
    log = Log(1, 10).write(np.arange(count, dtype=np.float64), "x")
    assert _lay(log.records().with_columns(pl.lit(None, dtype=TIME).alias("time"))) is None


def test_single_record_makes_one_bucket() -> None:
    """One record lies in one bucket of one second."""
    timeline = _lay(Log(1, 10).write(np.array([0.25]), "x").records())
    assert timeline is not None
    assert (timeline.count, timeline.width_s, to_datetime(timeline.start)) == (1, 1.0, START)
