"""The policy for stamps that leave something out: which year, which day, which zone, and what the report says of it."""

import gzip
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.ingest.readings import read, rows

WRITTEN = "2026-01-16T00:00:00Z"


def read_at(folder: Path, files: dict[str, str], written: str = WRITTEN) -> tuple[list[str], list[str]]:
    """Return the times of all records and the zones of all files, which were last written at a moment."""
    moment = datetime.fromisoformat(written).timestamp()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        os.utime(folder / name, (moment, moment))
    reading = read(folder)
    times = [
        time.isoformat().removesuffix("+00:00") if isinstance(time, datetime) else ""
        for (time,) in rows(reading, "time")
    ]
    return times, [file.timezone for file in reading.files]


def test_year_is_the_latest_in_which_the_file_can_have_begun(tmp_path: Path) -> None:
    """Without any other hint the first stamp lies in the last year before the file was written."""
    times, zones = read_at(tmp_path, {"syslog": "Dec 31 23:59:59 web1 cart: a\n"})
    assert times == ["2025-12-31T23:59:59"]
    assert zones == ["UTC assumed: stamps carry no zone; year 2025 from the file's modification time"]


def test_new_year_begins_where_stamps_jump_back(tmp_path: Path) -> None:
    """From December to January the year goes on by one."""
    text = "Dec 31 23:59:59 web1 cart: a\nJan  1 00:00:01 web1 cart: b\nJan  2 00:00:01 web1 cart: c\n"
    assert read_at(tmp_path, {"syslog": text})[0] == [
        "2025-12-31T23:59:59",
        "2026-01-01T00:00:01",
        "2026-01-02T00:00:01",
    ]


def test_line_that_comes_late_stays_in_the_old_year(tmp_path: Path) -> None:
    """A line from before midnight that was written behind one from after it is not moved to the next year's end."""
    stamps = ("Dec 31 23:59:58", "Jan  1 00:00:01", "Dec 31 23:59:59", "Jan  1 00:00:02")
    text = "".join(f"{stamp} web1 cart: a\n" for stamp in stamps)
    assert read_at(tmp_path, {"syslog": text})[0] == [
        "2025-12-31T23:59:58",
        "2026-01-01T00:00:01",
        "2025-12-31T23:59:59",
        "2026-01-01T00:00:02",
    ]


def test_year_is_that_of_dated_stamps_beside(tmp_path: Path) -> None:
    """Files with a year in the same input decide, whenever the other file was copied."""
    times, zones = read_at(
        tmp_path, {"a.log": "2024-12-31 23:00:00 INFO a\n", "syslog": "Jan  1 00:00:01 web1 cart: b\n"}
    )
    assert times == ["2024-12-31T23:00:00", "2025-01-01T00:00:01"]
    assert zones[1] == "UTC assumed: stamps carry no zone; year 2025 nearest to the dated stamps"


def test_year_stands_in_the_name_of_the_file(tmp_path: Path) -> None:
    """A date in the file's name gives the year."""
    assert read_at(tmp_path, {"syslog-20230301": "Mar  1 00:00:01 web1 cart: b\n"})[0] == ["2023-03-01T00:00:01"]


def test_time_of_day_alone_is_of_the_day_of_the_file(tmp_path: Path) -> None:
    """Stamps without a date get the day of the file's name, and a new day begins where they jump back."""
    text = "23:59:59.000 [main] INFO  com.shop.Main - a\n00:00:01.000 [main] INFO  com.shop.Main - b\n"
    times, zones = read_at(tmp_path, {"app.2026-01-10.log": text})
    assert times == ["2026-01-10T23:59:59", "2026-01-11T00:00:01"]
    assert zones == ["UTC assumed: stamps carry no zone; day 2026-01-10 from the file's name"]


def test_days_go_on_across_layouts(tmp_path: Path) -> None:
    """Lines of two layouts in one file share the days that begin between them."""
    one, other = "{} [main] INFO  com.shop.Main - a\n", "{} INFO plain\n"
    text = "".join(
        form.format(time) for time in ("22:00:00", "03:00:00", "22:30:00", "02:00:00") for form in (one, other)
    )
    days = [time[:10] for time in read_at(tmp_path, {"app.2026-01-10.log": text})[0]]
    assert days == ["2026-01-10"] * 2 + ["2026-01-11"] * 4 + ["2026-01-12"] * 2


def test_zoneless_file_that_overlaps_is_utc(tmp_path: Path) -> None:
    """Stamps without a zone are UTC wherever that agrees with the stamps that have one."""
    files = {
        "a.log": "2026-01-15T10:00:00Z INFO a\n2026-01-15T12:00:00Z INFO b\n",
        "b.log": "2026-01-15 11:00:00 INFO c\n",
    }
    times, zones = read_at(tmp_path, files)
    assert (times[2], zones) == ("2026-01-15T11:00:00", ["as stamped", "UTC assumed: stamps carry no zone"])


def test_zoneless_file_that_lies_beside_is_shifted_by_whole_quarters(tmp_path: Path) -> None:
    """Where only another zone makes a file overlap the others, its clock is taken to be ahead; the report says so."""
    files = {
        "a.log": "2026-01-15T10:00:00Z INFO a\n2026-01-15T10:30:00Z INFO b\n",
        "b.log": "2026-01-15 15:30:10 INFO c\n",
    }
    times, zones = read_at(tmp_path, files)
    assert (times[2], zones[1]) == ("2026-01-15T10:00:10", "UTC+05:30 assumed: stamps carry no zone")


@dataclass(frozen=True, slots=True)
class _Hours:
    """A file with a line every half minute, its stamps those of a clock that is some minutes ahead."""

    ahead_min: float = 0.0
    minutes: float = 180.0
    form: str = "%Y-%m-%d %H:%M:%S INFO a"

    def write(self) -> str:
        """Return its text."""
        begin = datetime(2026, 3, 4, 10, 0, tzinfo=UTC) + timedelta(minutes=self.ahead_min)
        moments = (begin + timedelta(seconds=30 * step) for step in range(int(2 * self.minutes)))
        return "".join(f"{moment:{self.form}}\n" for moment in moments)


_ZONED = _Hours(form="%Y-%m-%dT%H:%M:%SZ INFO a").write()
_SYSLOG = "%b %e %H:%M:%S web1 cart: a"


@pytest.mark.parametrize(
    ("file", "zone"),
    [
        (_Hours(60), "UTC+01:00"),
        (_Hours(-90.5), "UTC-01:30"),
        (_Hours(121, form=_SYSLOG), "UTC+02:00"),
        (_Hours(60, minutes=120), "UTC"),
        (_Hours(67), "UTC"),
        (_Hours(15), "UTC"),
        (_Hours(0), "UTC"),
        (_Hours(0, form=_SYSLOG), "UTC"),
    ],
)
def test_zoneless_file_that_only_shifted_begins_and_ends_with_the_others_is_shifted(
    tmp_path: Path, file: _Hours, zone: str
) -> None:
    """Of overlapping files one is shifted when begin and end agree then, by half an hour or more, and only then."""
    _, zones = read_at(tmp_path, {"a.log": _ZONED, "syslog": file.write()})
    assert zones[1].split(" assumed")[0] == zone


def test_syslog_that_lies_beside_is_shifted(tmp_path: Path) -> None:
    """Stamps without a year are put in their year before they are held against the others."""
    files = {"a.log": "".join(_ZONED.splitlines(keepends=True)[:60]), "syslog": _Hours(120, 30, _SYSLOG).write()}
    times, zones = read_at(tmp_path, files)
    assert (times[60], zones[1].split(" assumed")[0]) == ("2026-03-04T10:00:00", "UTC+02:00")


def test_compressed_file_of_unknown_end_is_not_shifted(tmp_path: Path) -> None:
    """Of a packed file longer than what is looked at before reading, only the begin is known: it stays in UTC."""
    text = "".join(line + "x" * 1000 + "\n" for line in _Hours(60).write().splitlines())
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(text.encode()))
    _, zones = read_at(tmp_path, {"a.log": _ZONED})
    assert zones[1] == "UTC assumed: stamps carry no zone"


def test_end_of_a_long_plain_file_is_known(tmp_path: Path) -> None:
    """The last lines of a file that is longer than what is looked at before reading are looked at too."""
    text = "".join(line + "x" * 1000 + "\n" for line in _Hours(60).write().splitlines())
    _, zones = read_at(tmp_path, {"a.log": _ZONED, "b.log": text})
    assert zones[1] == "UTC+01:00 assumed: stamps carry no zone"


def test_zones_mixed_in_one_file_are_read_as_written(tmp_path: Path) -> None:
    """Each stamp's own zone counts, also when clocks changed to summer time between two lines."""
    text = "2026-03-29T01:59:59+01:00 INFO a\n2026-03-29T03:00:00+02:00 INFO b\n2026-03-29T01:00:01Z INFO c\n"
    assert read_at(tmp_path, {"app.log": text}) == (
        ["2026-03-29T00:59:59", "2026-03-29T01:00:00", "2026-03-29T01:00:01"],
        ["as stamped"],
    )


def test_forms_mixed_in_one_file_are_all_read(tmp_path: Path) -> None:
    """Stamps of several forms in one file are each read in their own."""
    stamps = ("2026-01-15 14:32:01,123", "2026-01-15 14:32:02", "2026-01-15T14:32:03.5Z", "15.01.2026 14:32:04")
    text = "".join(f"{stamp} INFO a\n" for stamp in stamps)
    assert read_at(tmp_path, {"app.log": text})[0] == [
        "2026-01-15T14:32:01.123000",
        "2026-01-15T14:32:02",
        "2026-01-15T14:32:03.500000",
        "2026-01-15T14:32:04",
    ]


def test_assumed_order_of_day_and_month_is_told(tmp_path: Path) -> None:
    """Where no stamp tells which number is the month, the report says what was assumed; else it does not."""
    files = {
        "a.log": "01/02/2026 10:00:00 INFO a\n",
        "b.log": "01/02/2026 10:00:00 INFO a\n13/02/2026 10:00:00 INFO b\n",
    }
    times, zones = read_at(tmp_path, files)
    assert times == ["2026-01-02T10:00:00", "2026-02-01T10:00:00", "2026-02-13T10:00:00"]
    assert [zone.endswith("month before day assumed: no stamp tells") for zone in zones] == [True, False]


def test_times_out_of_order_are_kept(tmp_path: Path) -> None:
    """A late time is not rewritten to follow the line above."""
    text = "2026-01-15 14:32:05 INFO a\n2026-01-15 14:32:01 INFO b\n"
    assert read_at(tmp_path, {"app.log": text})[0] == ["2026-01-15T14:32:05", "2026-01-15T14:32:01"]


@pytest.mark.parametrize("stamp", ["8304-01-15 14:32:01", "0000-01-01 00:00:00", "9999-12-31 23:59:59 -02:00"])
def test_impossible_year_is_no_time(tmp_path: Path, stamp: str) -> None:
    """A record from a year that no log can be from takes the time of the record above, and says that it does."""
    (tmp_path / "app.log").write_text(f"2026-01-15 14:32:05 INFO a\n{stamp} INFO b\n", encoding="utf-8")
    instant = datetime(2026, 1, 15, 14, 32, 5, tzinfo=UTC)
    assert rows(read(tmp_path), "time", "time_inferred") == [(instant, False), (instant, True)]


def test_rotated_set_is_read_in_order_of_its_content(tmp_path: Path) -> None:
    """The files of a rotated set follow each other by their stamps, whatever their names and dates of change."""
    names = {"cart.log": "12:00:00", "cart.log.1": "11:00:00", "cart.log.2": "10:00:00"}
    files = {name: f"2026-01-15 {time} INFO a\n" for name, time in names.items()}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    reading = read(tmp_path)
    assert reading.records.collect()["time"].is_sorted()
    assert {*rows(reading, "service")} == {("cart",)}
