"""Changes in generated logs of known truth: found, dated to the record, shaped, and nothing else."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from hotfix.core.facts import Change, Metric, Place, Shape
from hotfix.core.schema import TIME
from hotfix.core.settings import FALSE_ALARM_RATE
from hotfix.ingest.digest import digest_records
from hotfix.signal.changes import find_changes, say_strays
from hotfix.signal.timeline import lay_timeline
from tests.signal.incidents import PATHS, START, Log, break_at, describe, first_error, last_error, seconds


def _changes(log: Log) -> tuple[Change, ...]:
    records = log.records()
    return find_changes(records, describe(records), PATHS)


def _of(changes: tuple[Change, ...], metric: Metric) -> list[Change]:
    return [change for change in changes if change.metric is metric]


def _told(change: Change) -> tuple[Metric, str, str | None, Shape]:
    return change.metric, change.service, change.template_id, change.shape


# --- error ratio and error messages ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("span_s", "per_s", "before", "after"),
    [
        (120, 5, 0.0, 0.3),
        (300, 2, 0.0, 0.3),
        (600, 1, 0.0, 0.3),
        (600, 50, 0.0, 0.02),
        (600, 20, 0.01, 0.3),
        (3600, 10, 0.005, 1),
    ],
)
def test_step_of_errors_is_found_and_dated_to_the_record(
    span_s: float, per_s: float, before: float, after: float
) -> None:
    """At least 95 % of steps are found, nine of ten to the record where nothing failed before, and within 1 s else."""
    missed, late = 0, []
    for seed in range(20):
        log = break_at(Log(seed, span_s), per_s, (before, after), span_s / 2)
        found = _of(_changes(log), Metric.ERROR_RATIO)
        missed += len(found) != 1
        late += [abs(seconds(change.at) - first_error(log, span_s / 2)) for change in found]
    assert missed <= 1
    assert float(np.quantile(late, 0.9)) <= (1e-5 if before == 0 else 1.0)


def test_change_tells_values_places_and_sample_sizes() -> None:
    """The first record of the new behaviour is named by file and line; ratios and counts are those of the data."""
    log = break_at(Log(1, 600), 20, (0.0, 0.3), 300)
    ratio, message = _changes(log)
    rows = sorted(log.rows)
    line = next(index for index, row in enumerate(rows, start=1) if row[3] == "error")
    failed = sum(row[3] == "error" for row in rows)
    assert (ratio.id, message.id, ratio.at, ratio.first) == (
        "C1",
        "C2",
        message.at,
        Place("app.log", line, line),
    )
    assert (ratio.before, ratio.until, message.template_id, message.n_after) == (
        0.0,
        None,
        "request failed",
        failed,
    )
    assert ratio.after == pytest.approx(0.3, abs=0.03)
    assert ratio.n_before + ratio.n_after == len(rows)
    assert ratio.p_value <= FALSE_ALARM_RATE


def test_recovery_is_dated_to_the_last_record_of_the_trouble() -> None:
    """Trouble that ended inside the data says until when it lasted."""
    log = break_at(Log(2, 600), 20, (0.0, 0.3), 200, 420)
    assert [(seconds(change.at), seconds(change.until)) for change in _changes(log) if change.until] == [
        (pytest.approx(first_error(log, 0)), pytest.approx(last_error(log, 420)))
    ] * 2


def test_trouble_shortly_before_the_end_of_the_data_goes_on() -> None:
    """A pause of a few records at the end is no recovery."""
    log = break_at(Log(2, 600), 20, (0.0, 0.3), 300, 599.0)
    assert [change.until for change in _changes(log)] == [None, None]


def test_new_error_among_old_ones_dates_the_rise() -> None:
    """Where errors of old were always there, the first record of the new message is the onset of the ratio too."""
    log = Log(4, 600)
    log.serve(log.spread(10), 0.03)
    fresh = np.sort(log.rng.uniform(350, 600, 600))
    log.write(fresh, "cannot read null", "error")
    changes = _changes(log)
    assert {seconds(change.at) for change in changes} == {round(float(fresh[0]), 6)}
    assert [_told(change)[:3] for change in changes] == [
        (Metric.ERROR_RATIO, "app", None),
        (Metric.TEMPLATE_COUNT, "app", "cannot read null"),
    ]


def test_file_that_holds_only_errors_is_compared_with_the_traffic_of_others() -> None:
    """An error log that speaks for the first time is a new message of its service."""
    log = Log(5, 600)
    log.serve(log.spread(10))
    log.write(np.sort(log.rng.uniform(400, 600, 60)), "relation does not exist", "error", "postgres")
    assert [_told(change) for change in _changes(log)] == [
        (Metric.TEMPLATE_COUNT, "postgres", "relation does not exist", Shape.SUDDEN)
    ]


def test_long_log_with_a_short_outage_is_found_and_dated() -> None:
    """Half an hour of failures in a week is found, and dated to the record."""
    log = break_at(Log(6, 7 * 86_400), 0.1, (0.0, 0.6), 300_000, 301_800)
    found = _of(_changes(log), Metric.ERROR_RATIO)
    assert [(seconds(change.at), seconds(change.until or START)) for change in found] == [
        (pytest.approx(first_error(log, 0)), pytest.approx(last_error(log, 400_000)))
    ]


# --- shapes ------------------------------------------------------------------------------------------------------
def test_growth_begins_where_the_line_begins() -> None:
    """Errors that grow from nothing are gradual, and begin within 5 % of the data of the true foot."""
    for seed in range(5):
        log = Log(seed, 600)
        times = log.spread(20)
        log.serve(times, np.clip((times - 200) / 400, 0, 1) * 0.6)
        found = _of(_changes(log), Metric.ERROR_RATIO)
        assert [change.shape for change in found] == [Shape.GRADUAL]
        assert abs(seconds(found[0].at) - 200) <= 30


def test_bad_periods_at_irregular_times_are_intermittent() -> None:
    """Trouble that comes and goes is one change, from its first record on."""
    log = Log(7, 900)
    times = log.spread(20)
    bad = [(310, 340), (360, 375), (470, 500), (520, 575), (700, 720), (810, 850)]
    rate = np.zeros(len(times))
    for start, end in bad:
        rate[(times >= start) & (times < end)] = 0.5
    log.serve(times, rate)
    found = _of(_changes(log), Metric.ERROR_RATIO)
    assert [(change.shape, seconds(change.at)) for change in found] == [
        (Shape.INTERMITTENT, pytest.approx(first_error(log, 0)))
    ]


@pytest.mark.parametrize(("rest_s", "ended"), [(200, False), (1600, True)])
def test_what_comes_again_and_again_ends_only_when_it_stays_away(rest_s: float, *, ended: bool) -> None:
    """Bursts every few minutes go on until they are missing for twice their longest pause."""
    bursts = (1000, 1120, 1520, 1850)
    log = Log(5, 1880 + rest_s)
    times = log.spread(10)
    bad = np.any([(times >= start) & (times < start + 30) for start in bursts], axis=0)
    log.serve(times, np.where(bad, 0.6, 0.002))
    (change,) = _of(_changes(log), Metric.ERROR_RATIO)
    assert (change.shape, change.until is not None) == (Shape.INTERMITTENT, ended)


@pytest.mark.parametrize("start_s", [0.0, 300.0])
def test_bad_periods_at_regular_times_are_periodic(start_s: float) -> None:
    """Trouble every fifty seconds is periodic with that period, also when it was there from the beginning."""
    log = Log(8, 700)
    times = log.spread(20)
    log.serve(times, np.where((times >= start_s) & ((times + 40) % 50 < 12), 0.5, 0.0))
    found = _of(_changes(log), Metric.ERROR_RATIO)
    assert [(change.shape, change.period_s) for change in found] == [(Shape.PERIODIC, pytest.approx(50, abs=1))]


# --- latency -----------------------------------------------------------------------------------------------------
def test_slowdown_is_found_and_dated_within_a_second() -> None:
    """Durations that triple are found in every log, within 1 s in nine of ten, with both 95th percentiles."""
    late = []
    for seed in range(10):
        log = Log(seed, 600)
        times = log.spread(20)
        log.serve(times, 0.0, np.where(times >= 300, 3, 1) * log.rng.lognormal(3, 0.6, len(times)))
        (change,) = _changes(log)
        late.append(abs(seconds(change.at) - 300))
        assert _told(change) == (Metric.LATENCY_P95, "app", None, Shape.SUDDEN)
        assert change.ratio == pytest.approx(3, rel=0.2)
    assert float(np.quantile(late, 0.9)) <= 1.0


def test_latency_that_grows_is_gradual() -> None:
    """A leak that slows everything down is gradual from about its beginning on."""
    log = Log(9, 600)
    times = log.spread(20)
    log.serve(times, 0.0, (1 + 5 * np.clip((times - 200) / 400, 0, 1)) * log.rng.lognormal(3, 0.6, len(times)))
    (change,) = _changes(log)
    assert _told(change) == (Metric.LATENCY_P95, "app", None, Shape.GRADUAL)
    assert abs(seconds(change.at) - 200) <= 40


# --- silence -----------------------------------------------------------------------------------------------------
def test_silence_begins_when_the_next_record_was_due() -> None:
    """A service that falls silent while others speak changes at its last record and its longest usual pause."""
    log = Log(10, 600)
    log.serve(log.spread(20))
    times = log.spread(5)
    log.serve(times[times < 330], service="web")
    (change,) = _changes(log)
    last = max(row[0] for row in log.rows if row[1] == "web")
    line = sorted(log.rows).index(max(row for row in log.rows if row[1] == "web")) + 1
    assert (change.metric, change.service, change.after, change.until) == (Metric.VOLUME, "web", 0.0, None)
    assert 0 < seconds(change.at) - last <= 3
    assert change.first == Place("app.log", line, line)


def test_silence_that_ends_says_when() -> None:
    """A service that speaks again was silent until its next record."""
    log = Log(11, 600)
    log.serve(log.spread(20))
    times = log.spread(5)
    log.serve(times[(times < 330) | (times > 450)], service="web")
    (change,) = _changes(log)
    assert seconds(change.until or START) == pytest.approx(
        min(row[0] for row in log.rows if row[1] == "web" and row[0] > 400)
    )


def test_service_of_few_words_is_not_silent() -> None:
    """A job that speaks every five minutes is not silent in between, nor at the end."""
    log = Log(12, 3600)
    log.serve(log.spread(5))
    log.write(np.arange(10, 3500, 300.0), "job done", service="batch")
    assert _changes(log) == ()


# --- quiet messages ----------------------------------------------------------------------------------------------
def test_message_that_comes_up_for_good_is_a_change() -> None:
    """An INFO message that starts in the middle and recurs is reported from its first record on."""
    log = Log(13, 600)
    log.serve(log.spread(20))
    fresh = np.sort(log.rng.uniform(300, 600, 300))
    log.write(fresh, "cache miss")
    (change,) = _changes(log)
    assert (change.template_id, change.before, seconds(change.at)) == (
        "cache miss",
        0.0,
        round(float(fresh[0]), 6),
    )


def test_message_that_vanishes_is_a_change() -> None:
    """A heartbeat that stops is reported, dated within seconds of its last record."""
    log = Log(14, 600)
    log.serve(log.spread(20))
    beats = log.spread(2)
    beats = beats[beats < 300]
    log.write(beats, "heartbeat")
    (change,) = _changes(log)
    assert (change.template_id, change.after) == ("heartbeat", 0.0)
    assert abs(seconds(change.at) - float(beats[-1])) <= 2


# --- what stays silent ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("level", ["info", "error", "fatal"])
def test_message_that_comes_once_is_no_change(level: str) -> None:
    """One record proves no change of behaviour, however grave; its newness is told by `judge_novelty`."""
    log = Log(15, 600)
    log.serve(log.spread(10))
    assert _changes(log.write(np.array([400.0]), "odd", level)) == ()


def test_surge_of_traffic_keeps_the_error_ratio_quiet() -> None:
    """Ten times the traffic at the same share of errors is no change of errors."""
    log = Log(16, 900)
    log.serve(log.spread(40, lambda share: np.where(share > 0.5, 1.0, 0.1)), 0.02)
    assert _changes(log) == ()


def test_errors_that_were_always_there_stay_quiet() -> None:
    """A service that fails every second request from the first record on has not changed."""
    log = Log(17, 600)
    assert _changes(log.serve(log.spread(10), 0.5)) == ()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_records_make_no_change(count: int) -> None:
    """Empty logs and single records, even errors, are no change and no error."""
    assert _changes(Log(18, 10).write(np.arange(count, dtype=np.float64), "failed", "error")) == ()


def test_records_without_times_make_no_change() -> None:
    """When no record has a time, nothing can be said of before and after."""
    records = break_at(Log(1, 600), 10, (0, 1), 300).records().with_columns(pl.lit(None, dtype=TIME).alias("time"))
    assert find_changes(records, describe(records), PATHS) == ()


def test_records_all_of_one_instant_make_no_change() -> None:
    """A thousand records of the same microsecond have no before and after."""
    log = Log(19, 1).serve(np.zeros(1000), 0.3)
    assert _changes(log) == ()


def test_strays_are_said_and_change_nothing() -> None:
    """Records of a broken clock are told in a sentence, and the onset stays exact."""
    log = break_at(Log(20, 600), 20, (0.0, 0.3), 300)
    records = log.records().collect()
    stray = records.head(1).with_columns(pl.Series("time", [datetime(2099, 1, 1, tzinfo=UTC)], dtype=TIME))
    mixed = pl.concat([records, stray]).lazy()
    assert find_changes(mixed, describe(mixed), PATHS) == _changes(log)
    assert say_strays(lay_timeline(digest_records(mixed))) == (
        "1 records with times far outside of 2026-03-02 to 2026-03-02 were left out of all series"
    )
    assert say_strays(lay_timeline(digest_records(records.lazy()))) is None


def test_order_of_records_does_not_matter() -> None:
    """Files are read one after the other, so records come in any order of time."""
    log = break_at(Log(21, 600), 10, (0.0, 0.3), 300)
    records = log.records().collect()
    mixed = records.sample(fraction=1.0, shuffle=True, seed=1).lazy()
    assert find_changes(mixed, describe(mixed), PATHS) == _changes(log)
