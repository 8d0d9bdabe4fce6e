"""Holds the records of a run: in memory while they are few, in temporary files beyond that, one lazy frame for all."""

import tempfile
from pathlib import Path

import polars as pl

from hotfix.core.schema import RECORDS
from hotfix.core.settings import SEGMENT_ROWS

_COMPACT = {
    "service": pl.Categorical(),
    "host": pl.Categorical(),
    "exception": pl.Categorical(),
    "trace": pl.Categorical(),
}


class RecordStore:
    """Collects frames of RECORDS; `scan` reads them all without holding them all."""

    def __init__(self) -> None:
        """Start empty; a temporary folder is made only when memory would grow."""
        self._parts: list[pl.DataFrame] = []
        self._rows = 0
        self._segments: list[Path] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, records: pl.DataFrame) -> None:
        """Append records; their order is the order of `scan`."""
        self._parts.append(records)
        self._rows += len(records)
        if self._rows >= SEGMENT_ROWS:
            self._spill()

    def scan(self) -> pl.LazyFrame:
        """Return every record added so far, in order."""
        held = [pl.concat(self._parts).lazy()] if self._parts else [RECORDS.to_frame().lazy()]
        return pl.concat([*(pl.scan_ipc(path) for path in self._segments), *held])

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="hotfix-records-")
        path = Path(self._folder.name) / f"{len(self._segments):06}.arrow"
        pl.concat(self._parts).write_ipc(path, compression="lz4")
        self._segments.append(path)
        self._parts, self._rows = [], 0
