"""Which stamps are read, and as which instant."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.ingest.timestamps import find_time_format, parse_times

DAY = date(2026, 1, 15)


def parse(*texts: str, offset: timedelta = timedelta(0)) -> list[str | None]:
    """Return the instants of stamps, all in the form of most of them."""
    form = find_time_format(texts)
    times = [None] * len(texts) if form is None else parse_times(pl.Series(texts), form, DAY, offset).to_list()
    return [time and time.isoformat().removesuffix("+00:00") for time in times]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-15T14:32:01Z", "2026-01-15T14:32:01"),
        ("2026-01-15T14:32:01.123456789Z", "2026-01-15T14:32:01.123456"),
        ("2026-01-15T14:32:01.5Z", "2026-01-15T14:32:01.500000"),
        ("2026-01-15T14:32:01+0100", "2026-01-15T13:32:01"),
        ("2026-01-15 14:32:01,123", "2026-01-15T14:32:01.123000"),
        ("2026-01-15 14:32:01.123 +02:00", "2026-01-15T12:32:01.123000"),
        ("2026-01-15 14:32:01 CET", "2026-01-15T13:32:01"),
        ("2026-01-15 14:32:01.123 EST", "2026-01-15T19:32:01.123000"),
        ("2026-01-15_14:32:01", "2026-01-15T14:32:01"),
        ("20260115T143201", "2026-01-15T14:32:01"),
        ("2026/01/15 14:32:01", "2026-01-15T14:32:01"),
        ("15/Jan/2026:14:32:01 +0100", "2026-01-15T13:32:01"),
        ("15/Jan/2026 14:32:01", "2026-01-15T14:32:01"),
        ("15-Jan-2026 14:32:01.123", "2026-01-15T14:32:01.123000"),
        ("15 Jan 2026 14:32:01.123", "2026-01-15T14:32:01.123000"),
        ("Thu Jan 15 14:32:01.123456 2026", "2026-01-15T14:32:01.123456"),
        ("Thu, 15 Jan 2026 14:32:01 GMT", "2026-01-15T14:32:01"),
        ("Jan 15, 2026 2:32:01 PM", "2026-01-15T14:32:01"),
        ("Jan 15, 2026 2:32:01\N{NARROW NO-BREAK SPACE}PM", "2026-01-15T14:32:01"),
        ("Jan 15, 2026 12:32:01 AM", "2026-01-15T00:32:01"),
        ("1/15/2026, 2:32:01 PM", "2026-01-15T14:32:01"),
        ("Jan  5 04:02:01", "2026-01-05T04:02:01"),
        ("0115 14:32:01.123456", "2026-01-15T14:32:01.123456"),
        ("20260115 14:32:01.123456", "2026-01-15T14:32:01.123456"),
        ("15.01.2026 14:32:01", "2026-01-15T14:32:01"),
        ("15-01-2026 14:32:01,123", "2026-01-15T14:32:01.123000"),
        ("01-15-2026 14:32:01", "2026-01-15T14:32:01"),
        ("2026-01-15-14.32.01.123456+060", "2026-01-15T13:32:01.123456"),
        ("2026-01-15-14.32.01.123456-300", "2026-01-15T19:32:01.123456"),
        ("2026/01/15-14:32:01.123456", "2026-01-15T14:32:01.123456"),
        ("1/15/26 14:32:01:123 CET", "2026-01-15T13:32:01.123000"),
        ("15/1/26, 14:32:01:123", "2026-01-15T14:32:01.123000"),
        ("260115 14:32:01", "2026-01-15T14:32:01"),
        ("14:32:01.123", "2026-01-15T14:32:01.123000"),
        ("1768487521", "2026-01-15T14:32:01"),
        ("1768487521.123", "2026-01-15T14:32:01.123000"),
        ("1768487521123", "2026-01-15T14:32:01.123000"),
        ("1768487521123456", "2026-01-15T14:32:01.123456"),
        ("1768487521123456789", "2026-01-15T14:32:01.123456"),
        ("2026-01-15 14:32:60", "2026-01-15T14:33:00"),
    ],
)
def test_stamp_is_an_instant(text: str, instant: str) -> None:
    """A stamp of a common form stands for one instant; what it leaves out is of 15 January 2026, UTC."""
    assert parse(text) == [instant]


@pytest.mark.parametrize(
    "text", ["", "now", "4711", "2026-13-40 14:32:01", "14:32", "2026-01-15 25:61:61", "1.2.3", "15 minutes ago"]
)
def test_other_text_is_no_time(text: str) -> None:
    """A number, a version, a date that cannot be: none is guessed into a time."""
    assert parse(text) == [None]


def test_number_that_no_log_can_be_from_is_no_time() -> None:
    """Among seconds, a number of another unit, or one too large for any, is left to other forms."""
    found = parse("1768487521", "1768487522.5", "1768487521123", "1.7684e18", "8.7684e24", "99999999999999999999")
    assert found == ["2026-01-15T14:32:01", "2026-01-15T14:32:02.500000", None, None, None, None]


def test_comma_fraction_keeps_its_digits() -> None:
    """Fractions of one to nine digits behind a comma are read in full, also where they differ in one file."""
    assert parse("2026-01-15 14:32:01,5", "2026-01-15 14:32:01,123", "2026-01-15 14:32:01,123456") == [
        "2026-01-15T14:32:01.500000",
        "2026-01-15T14:32:01.123000",
        "2026-01-15T14:32:01.123456",
    ]


def test_day_first_is_told_by_any_stamp() -> None:
    """One number above 12 tells for all stamps whether the day or the month comes first."""
    assert parse("01/02/2026 10:00:00", "13/02/2026 10:00:00") == ["2026-02-01T10:00:00", "2026-02-13T10:00:00"]
    assert parse("01/02/2026 10:00:00", "01/13/2026 10:00:00") == ["2026-01-02T10:00:00", "2026-01-13T10:00:00"]


def test_order_that_no_stamp_tells_is_called_ambiguous() -> None:
    """Without such a number the month comes first, and the form says that this is assumed."""
    form = find_time_format(["01/02/2026 10:00:00"])
    assert form is not None
    assert (form.core.name, form.ambiguous) == ("month first", True)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["T", " "]))  # noqa: DTZ001  # UTC below
def test_iso_stamps_come_back(time: datetime, between: str) -> None:
    """Every instant that is written in ISO 8601 is read as itself."""
    text = time.replace(tzinfo=UTC).isoformat(sep=between)
    assert parse(text) == [time.isoformat()]


def test_zoneless_stamps_are_moved_by_the_offset() -> None:
    """An offset of the file's clock moves stamps without a zone and leaves those with one alone."""
    hour = timedelta(hours=1)
    assert parse("2026-01-15 14:32:01", offset=hour) == ["2026-01-15T13:32:01"]
    assert parse("2026-01-15T14:32:01Z", offset=hour) == ["2026-01-15T14:32:01"]
