"""What becomes of logs: records, patterns, files, and what was left out."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotfix.core.facts import Place
from hotfix.core.schema import PATTERNS, RECORDS
from hotfix.ingest.formats import Kind, load_formats
from tests.ingest.readings import read_files, rows, table

SAMPLES = [
    line
    for found in load_formats()
    if found.kind is not Kind.WRAPPER
    for line in (*(sample.line for sample in found.samples), *found.others)
]
CONTINUATIONS = [
    "",
    "   ",
    "\tat com.acme.Cart.total(Cart.java:41)",
    "java.lang.IllegalStateException: no price",
    "Caused by: java.net.ConnectException: Connection refused",
    "\t... 12 more",
    "Traceback (most recent call last):",
    '  File "/app/cart.py", line 9, in total',
    "    return price * count",
    "ValueError: no price",
    "During handling of the above exception, another exception occurred:",
    "panic: runtime error: index out of range [3] with length 3",
    "goroutine 1 [running]:",
    "main.total(...)",
    "\t/app/cart.go:9 +0x1d",
    "thread 'main' panicked at src/main.rs:4:5:",
    "no price",
    "/app/cart.js:9",
    "STATEMENT:  select 1",
]
DIRT = [
    "{",
    "}",
    "{}",
    "=====",
    "\x1b[31mred\x1b[0m",
    "\N{REPLACEMENT CHARACTER}",
    "x" * 300,
    "1",
    "a 1 b",
    '"',
    "\x1b",
]
LINES = st.one_of(st.sampled_from(SAMPLES), st.sampled_from(CONTINUATIONS), st.sampled_from(DIRT))
WRAPS = {
    "bare": "{}",
    "cri": "2026-01-15T14:32:01.123456789Z {stream} F {}",
    "compose": "{stream}-1  | {}",
    "kubectl": "[pod/{stream}-7d9f8b6c5d-x2x4z/app] {}",
}
PROPERTY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def logs(draw: st.DrawFn) -> str:
    """Return some lines, bare or inside a wrapper of two streams."""
    wrap = draw(st.sampled_from([*WRAPS.values()]))
    lines = draw(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), LINES), min_size=1, max_size=30))
    return "".join(wrap.replace("{stream}", stream).replace("{}", line, 1) + "\n" for stream, line in lines)


@PROPERTY
@given(text=logs(), block_bytes=st.integers(1, 400))
def test_records_do_not_depend_on_blocks(text: str, block_bytes: int) -> None:
    """However many bytes are read at a time, the records and the patterns are the same."""
    with tempfile.TemporaryDirectory() as folder:
        whole = read_files(Path(folder), {"app.log": text})
        parts = read_files(Path(folder), {"app.log": text}, block_bytes)
        assert table(parts).to_dicts() == table(whole).to_dicts()
        assert parts.files == whole.files
        texts = [set(reading.patterns.select("text", "count").rows()) for reading in (whole, parts)]
        assert texts[0] == texts[1]


@PROPERTY
@given(lines=st.lists(LINES, min_size=1, max_size=30), block_bytes=st.integers(1, 400))
def test_every_line_belongs_to_one_record(lines: list[str], block_bytes: int) -> None:
    """The records of a file follow each other without gap or overlap, and their places open to its lines."""
    text = "".join(f"{line}\n" for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        reading = read_files(Path(folder), {"app.log": text}, block_bytes)
        (file,) = reading.files
        places = rows(reading, "line", "line_count")
        opened = [reading.opener.open(Place(file.path, at, at + count - 1)) for at, count in places]  # type: ignore[operator]
    assert "\n".join(opened) == "\n".join(lines)
    assert (file.lines, file.records) == (len(lines), len(places))


def test_level_that_hangs_on_a_number_is_asked_of_every_line(tmp_path: Path) -> None:
    """Three errors are an error and none is not, though the lines differ in a digit only."""
    text = "".join(f"2026-01-15 14:32:01 nightly check: {count} errors\n" for count in (0, 3, 0))
    assert rows(read_files(tmp_path, {"check.log": text}), "level") == [(None,), ("error",), (None,)]


def test_nested_fields_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Each line gives its own host and service, though both are called name."""
    text = "".join(
        f'{{"service":{{"name":"cart"}},"host":{{"name":"web-{number}"}},"user":{{"name":"u{number}"}},"message":"x"}}\n'
        for number in range(3)
    )
    found = rows(read_files(tmp_path, {"app.log": text}), "service", "host")
    assert found == [("cart", "web-0"), ("cart", "web-1"), ("cart", "web-2")]


def test_first_line_of_a_kind_is_its_sample(tmp_path: Path) -> None:
    """A pattern's sample is its first record, as it was written, with its place."""
    text = "".join(f"2026-01-15 14:32:01 INFO order {number} placed\n" for number in range(9))
    sampled = read_files(tmp_path, {"app.log": text}).patterns.select("text", "sample", "count", "line").rows()
    assert sampled == [("order <*> placed", "order 0 placed", 9, 1)]


@PROPERTY
@given(text=logs())
def test_counts_add_up(text: str) -> None:
    """The counts of the patterns sum to the number of records, and the tables have the columns that they promise."""
    with tempfile.TemporaryDirectory() as folder:
        reading = read_files(Path(folder), {"app.log": text})
        records = reading.records.collect()
        assert (records.schema, reading.patterns.schema) == (RECORDS, PATTERNS)
        counted = records.group_by("pattern").len().sort("pattern").rows()
        assert reading.patterns.select("pattern", pl.col("count").cast(pl.UInt32)).sort("pattern").rows() == counted
