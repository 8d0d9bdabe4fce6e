"""Every sample of every format file, through the real reader."""

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from hotfix.core.errors import RuleError
from hotfix.core.resources import find_resource
from hotfix.ingest.formatfiles import Format, Sample, read_format, read_formats
from hotfix.ingest.formats import (
    Field,
    FormatReader,
    Kind,
    Layout,
    Reading,
    Wrapper,
    load_formats,
    load_wrappers,
)
from hotfix.ingest.timestamps import find_time_format

LINES = [
    pytest.param(found, sample, id=f"{found.ident}-{number}")
    for found in load_formats()
    if found.kind is not Kind.WRAPPER
    for number, sample in enumerate(found.samples, 1)
]


@cache
def reader() -> FormatReader:
    """Return the reader with every packaged format."""
    return FormatReader()


def to_ms(text: str, unit_ms: float | None) -> float:
    """Return a duration in milliseconds; its unit stands in the text when ``unit_ms`` is None."""
    number = text.rstrip("nuµmsh ")
    units = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "": 1.0, "s": 1e3}
    return round(float(number) * (units[text[len(number) :].strip()] if unit_ms is None else unit_ms), 6)


def describe(reading: Reading) -> dict[str, str | float | bool]:
    """Return what a reading says, in the words of a sample; empty fields left out."""
    layout = reading.layout
    level = layout.levels.get(reading.level.lower()) if reading.level else None
    fields = {
        "time": reading.time,
        "level": level and level.value,
        "service": reading.service,
        "host": reading.host,
        "message": reading.message,
        "status": reading.status,
        "duration": reading.duration,
        "duration_ms": to_ms(reading.duration, layout.duration_to_ms) if reading.duration else None,
        "trace_id": reading.trace_id,
        "exception": reading.exception,
        "logger": reading.logger,
        "trace_text": reading.trace_text,
        "continues": reading.continues,
        "opens": reading.opens,
    }
    return {name: value for name, value in fields.items() if value is not None and value is not False}


def cut(line: str, layout: Layout) -> dict[Field, str]:
    """Return what the layout's regexes cut out of a line, run by polars."""
    column = pl.Series([line])
    texts = {field: column.str.extract(regex).item() for field, regex in layout.extract.items()}
    return {field: text for field, text in texts.items() if text}


@pytest.mark.parametrize(("found", "sample"), LINES)
def test_sample_is_read_as_it_says(found: Format, sample: Sample) -> None:
    """The format that brings a sample claims it before every other format and reads just the record it promises."""
    reading = reader().read(sample.line)
    assert reading is not None
    assert (reading.layout.format, describe(reading)) == (found.ident, {**sample.expected})


@pytest.mark.parametrize("line", [pytest.param(entry.values[1].line, id=entry.id) for entry in LINES])
def test_columns_cut_what_was_read(line: str) -> None:
    """On a line with an exact layout, the layout's regexes in polars find the texts that the reader found."""
    reading = reader().read(line)
    assert reading is not None
    if reading.layout.exact:
        read = {field: text for field in Field if (text := getattr(reading, field))}
        assert cut(line, reading.layout) == read


@pytest.mark.parametrize(
    ("found", "line"),
    [
        pytest.param(found, line, id=f"{found.ident}-{n}")
        for found in load_formats()
        for n, line in enumerate(found.others, 1)
    ],
)
def test_other_lines_are_not_claimed(found: Format, line: str) -> None:
    """A format leaves the lines alone that its file names as others."""
    if found.kind is Kind.WRAPPER:
        own = [wrapper for wrapper in load_wrappers() if wrapper.ident == found.ident]
        assert not any(pl.Series([line]).str.contains(wrapper.pattern).item() for wrapper in own)
    else:
        assert FormatReader([found]).read(line) is None


def unwrap(line: str, wrapper: Wrapper) -> dict[str, str | bool]:
    """Return what a wrapper says of a line, in the words of a sample."""
    column = pl.Series([line])
    regexes = {name: getattr(wrapper, name) for name in ("inner", "time", "service", "host", "stream")}
    texts = {name: column.str.extract(regex).item() for name, regex in regexes.items() if regex}
    partial = wrapper.whole is not None and not column.str.contains(wrapper.whole).item()
    return {name: text for name, text in texts.items() if text} | {"partial": partial}


@pytest.mark.parametrize(
    ("found", "sample"),
    [
        pytest.param(found, sample, id=f"{found.ident}-{number}")
        for found in load_formats()
        if found.kind is Kind.WRAPPER
        for number, sample in enumerate(found.samples, 1)
    ],
)
def test_wrapper_comes_off(found: Format, sample: Sample) -> None:
    """The first wrapper that matches a sample is the one that brings it, and takes it apart as promised."""
    column = pl.Series([sample.line])
    wrapper = next(entry for entry in load_wrappers() if column.str.contains(entry.pattern).item())
    assert (wrapper.ident, unwrap(sample.line, wrapper)) == (found.ident, {**sample.expected})


@pytest.mark.parametrize(("found", "sample"), LINES)
def test_every_time_has_a_form(found: Format, sample: Sample) -> None:
    """The time of every sample is a stamp that the table of times can read."""
    time = sample.expected.get("time")
    assert time is None or find_time_format([str(time)]) is not None, found.ident


def test_packaged_files_keep_the_contract() -> None:
    """Every packaged file passes the checks that a start of the program leaves out."""
    assert read_formats(find_resource("rules", "formats")) == load_formats()


@pytest.mark.parametrize(
    ("regex", "fault"),
    [
        ("^(?P<message>.*", "not a regex: missing ), unterminated subpattern at position 1"),
        (
            "^(?!x)(?P<message>.*)$",
            "'(?!' does not run in Rust regex (look-around, back-reference, possessive, \\Z)",
        ),
        ("^(x)(?P<message>.*)$", "every capture group needs a name; write (?:…) for the others"),
        ("^(?P<mesage>.*)$", "unknown group 'mesage'; did you mean 'message'?"),
        ("(?P<message>.*)$", "a pattern starts with ^"),
    ],
)
def test_bad_regex_is_refused(tmp_path: Path, regex: str, fault: str) -> None:
    """A regex of one's own that cannot run is refused with its file, its key and what is wrong."""
    path = tmp_path / "own.toml"
    text = f"title = 'x'\nurl = 'x'\nkind = 'text'\norder = 1\n[[pattern]]\nregex = '{regex}'\n[[sample]]\nline = 'x'\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        read_format(path)
    assert str(refused.value) == f"{path}: pattern.regex: {fault}: {regex}"
