"""Writes small logs and reads them through the real reader: what the tests of reading share."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from hotfix.core.facts import Place
from hotfix.core.settings import BLOCK_BYTES
from hotfix.ingest.discovery import find_sources
from hotfix.ingest.reading import Reading, read_records


def mask(messages: pl.Series) -> pl.Series:
    """Replace numbers: the simplest mask there is."""
    return messages.str.replace_all(r"[0-9]+", "<*>")


def read(folder: Path, block_bytes: int = BLOCK_BYTES) -> Reading:
    """Read everything in a folder."""
    sources = find_sources([str(folder)], None)
    return read_records(sources.files, sources.side_files, mask, lambda _file, _bytes: None, block_bytes)


def read_files(folder: Path, files: Mapping[str, str | bytes], block_bytes: int = BLOCK_BYTES) -> Reading:
    """Write files below a folder and read them."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogateescape"))
    return read(folder, block_bytes)


def table(reading: Reading) -> pl.DataFrame:
    """Return all records in order of lines, their patterns as text."""
    patterns = reading.patterns.lazy().select("pattern", "format", message="text")
    records = reading.records.join(patterns, on="pattern", how="left", maintain_order="left")
    return records.drop("pattern").sort("file_id", "line").collect()


def rows(reading: Reading, *columns: str) -> list[tuple[object, ...]]:
    """Return some columns of all records, in order of lines."""
    return table(reading).select(columns).rows()


def open_record(reading: Reading, line: int) -> str:
    """Return the verbatim lines of the record that begins at a line of the only file."""
    record = table(reading).row(by_predicate=pl.col("line") == line, named=True)
    return reading.opener.open(Place(reading.files[0].path, line, line + record["line_count"] - 1))
