"""Input that is broken, hostile or no log at all: it is read as far as it goes, the rest is told, nothing is raised."""

import bz2
import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from hotfix.core.facts import Skipped
from hotfix.core.settings import MAX_LINE_BYTES
from hotfix.ingest.discovery import find_sources
from hotfix.ingest.reading import read_records
from tests.ingest.readings import mask, open_record, read, read_files, rows

LINE = "2026-01-15 14:32:01 INFO order 9 placed\n"


def test_empty_folder_holds_no_records(tmp_path: Path) -> None:
    """Nothing to read is nothing read."""
    reading = read(tmp_path)
    assert (rows(reading, "line"), reading.files, reading.patterns.rows()) == ([], (), [])


def test_empty_file_is_a_file_without_records(tmp_path: Path) -> None:
    """An empty file is named with no lines and no records."""
    (file,) = read_files(tmp_path, {"app.log": ""}).files
    assert (file.lines, file.records, file.timezone, file.format) == (0, 0, "no stamps", "")


def test_file_that_cannot_be_read_is_skipped() -> None:
    """A file that opens and refuses to be read is told with the system's reason."""
    sources = find_sources(["/proc/self/mem"], None)
    reading = read_records(sources.files, (), mask, lambda _file, _bytes: None)
    assert (reading.files, reading.skipped) == ((), (Skipped("/proc/self/mem", "cannot be read: Input/output error"),))


def test_binary_file_is_skipped(tmp_path: Path) -> None:
    """A binary file is told and holds no records; the log beside it is read."""
    reading = read_files(tmp_path, {"core.log": bytes(range(256)) * 100, "app.log": LINE})
    assert reading.skipped == (Skipped(str(tmp_path / "core.log"), "not a log: binary, not text"),)
    assert [file.path for file in reading.files] == [str(tmp_path / "app.log")]


def test_vanished_file_is_skipped(tmp_path: Path) -> None:
    """A file that goes away between being found and being read is told."""
    for name in ("gone.log", "app.log"):
        (tmp_path / name).write_text(LINE, encoding="utf-8")
    sources = find_sources([str(tmp_path)], None)
    (tmp_path / "gone.log").unlink()
    reading = read_records(sources.files, (), mask, lambda _file, _bytes: None)
    assert reading.skipped == (Skipped(str(tmp_path / "gone.log"), "cannot be read: No such file or directory"),)
    assert [file.records for file in reading.files] == [1]


def test_file_that_grows_is_read_as_it_was_found(tmp_path: Path) -> None:
    """Lines that are written while the others are read do not count."""
    path = tmp_path / "app.log"
    path.write_text(LINE * 5, encoding="utf-8")
    sources = find_sources([str(path)], None)
    with path.open("a", encoding="utf-8") as log:
        log.write(LINE * 3)
    assert read_records(sources.files, (), mask, lambda _file, _bytes: None).files[0].records == 5


def test_file_that_shrinks_is_told(tmp_path: Path) -> None:
    """A file that was cut off since it was found is read as far as it goes, and what is gone is told."""
    path = tmp_path / "app.log"
    path.write_text(LINE * 5, encoding="utf-8")
    sources = find_sources([str(path)], None)
    path.write_text(LINE * 2, encoding="utf-8")
    reading = read_records(sources.files, (), mask, lambda _file, _bytes: None)
    assert reading.files[0].records == 2
    assert reading.skipped[0].reason == f"became shorter while it was read: {3 * len(LINE)} bytes are gone"


def test_cut_gzip_keeps_its_beginning(tmp_path: Path) -> None:
    """Of a damaged archive what can be unpacked is read, and the loss is told."""
    packed = gzip.compress("".join(f"2026-01-15 14:32:01 INFO {os.urandom(9).hex()}\n" for _ in range(5000)).encode())
    reading = read_files(tmp_path, {"app.log.gz": packed[: len(packed) // 2]})
    assert 1000 < reading.files[0].records < 5000
    assert reading.skipped[0].reason.startswith("damaged after")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_packed_file_is_read_like_a_plain_one(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """What is packed in any of four ways holds the same records, and its places open."""
    reading = read_files(tmp_path, {"cart.log": pack((LINE * 3).encode())})
    assert rows(reading, "line", "level", "service") == [(n, "info", "cart") for n in (1, 2, 3)]
    assert open_record(reading, 2) == LINE.rstrip("\n")


def test_invalid_bytes_are_shown_and_told(tmp_path: Path) -> None:
    """A line that is not valid text is a record whose bad bytes are marked."""
    reading = read_files(tmp_path, {"app.log": LINE.encode() + b"2026-01-15 14:32:02 ERROR caf\xe9\n"})
    assert rows(reading, "line", "level", "message")[1] == (2, "error", "caf\N{REPLACEMENT CHARACTER}")
    assert len(reading.skipped) == 1


def test_nul_bytes_are_dropped_and_told(tmp_path: Path) -> None:
    """The block of NUL bytes that a crash leaves does not hide the lines around it."""
    reading = read_files(tmp_path, {"app.log": LINE.encode() * 50 + b"\0" * 100 + LINE.encode()})
    assert (reading.files[0].records, [told.reason for told in reading.skipped]) == (51, ["100 NUL bytes were removed"])


def test_windows_line_ends_are_no_part_of_messages(tmp_path: Path) -> None:
    """Lines that end in carriage return and newline read as others do."""
    reading = read_files(tmp_path, {"app.log": LINE.replace("\n", "\r\n") * 2})
    assert {*rows(reading, "level", "message")} == {("info", "order <*> placed")}


def test_endless_line_is_cut_and_told(tmp_path: Path) -> None:
    """Of a line of 50 MB the beginning is read, in a record of its own."""
    text = LINE + "2026-01-15 14:32:02 ERROR " + "x" * 50_000_000 + "\n" + LINE
    reading = read_files(tmp_path, {"app.log": text})
    assert rows(reading, "line", "level") == [(1, "info"), (2, "error"), (3, "info")]
    assert reading.skipped == (
        Skipped(f"{tmp_path}/app.log:2", f"a line of 50,000,026 bytes; only its first {MAX_LINE_BYTES:,} are read"),
    )
    assert len(open_record(reading, 2)) == MAX_LINE_BYTES


def test_text_without_any_time_is_read(tmp_path: Path) -> None:
    """Lines with no stamp at all are records without a time, counted as unparsed."""
    reading = read_files(tmp_path, {"app.log": "it began\nit went on\nit ended\n"})
    (file,) = reading.files
    assert (file.records, file.unparsed, file.first, file.timezone) == (3, 3, None, "no stamps")
    assert {*rows(reading, "time", "format")} == {(None, "unparsed")}


def test_single_record_is_read(tmp_path: Path) -> None:
    """One line without a line end is a record."""
    assert rows(read_files(tmp_path, {"app.log": LINE.rstrip("\n")}), "line", "level") == [(1, "info")]


def test_loop_of_folders_is_read_once(tmp_path: Path) -> None:
    """A link back to a folder above adds no record."""
    (tmp_path / "again").symlink_to(tmp_path)
    assert len(rows(read_files(tmp_path, {"app.log": LINE}), "line")) == 1


def test_record_that_never_ends_is_cut_alike(tmp_path: Path) -> None:
    """A megabyte of continuation lines is cut into records in the same places, however it is read."""
    text = LINE + "".join(f"    detail {number:07}\n" for number in range(150_000))
    places = [rows(read_files(tmp_path, {"app.log": text}, size), "line", "line_count") for size in (2**23, 2**16)]
    assert places[0] == places[1]
    assert len(places[0]) > 1


def test_deeply_nested_json_is_a_record(tmp_path: Path) -> None:
    """A line that is nested beyond reason is kept as text."""
    reading = read_files(tmp_path, {"app.log": '{"a":' * 5000 + "1" + "}" * 5000 + "\n" + LINE})
    assert [line for (line,) in rows(reading, "line")] == [1, 2]
