"""Holds the records of a run: in memory while they are few, in temporary files beyond that, one lazy frame for all.

Of each block of records a digest is kept, so that few can be found again without reading all.
"""

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.schema import RECORDS
from hotfix.core.settings import SEGMENT_ROWS
from hotfix.ingest.digest import DIGEST, digest_records


@dataclass(frozen=True, slots=True)
class _Block:
    """Where some records lie, one after the other, and what is known of them."""

    segment: int  # the one not yet written is the last
    start: int  # first row in the segment
    rows: int
    first: datetime | None  # earliest time; None when none has one
    last: datetime | None
    patterns: NDArray[np.int64]  # different ones, sorted

    def may_hold(self, begin: datetime | None, end: datetime | None, patterns: NDArray[np.int64] | None) -> bool:
        """Tell whether a record of that time, ends included, and of one of the patterns may be in here."""
        if patterns is not None and not np.isin(self.patterns, patterns).any():
            return False
        if self.first is None or self.last is None:
            return begin is None and end is None
        return (begin is None or self.last >= begin) and (end is None or self.first <= end)


class RecordStore:
    """Collects frames of RECORDS; `scan` reads them without holding them all."""

    def __init__(self, segment_rows: int = SEGMENT_ROWS) -> None:
        """Start empty; a temporary folder is made only once ``segment_rows`` have to be held."""
        self._segment_rows = segment_rows
        self._parts: list[pl.DataFrame] = []
        self._rows = 0
        self._digests: list[pl.DataFrame] = []
        self._blocks: list[_Block] = []
        self._segments: list[Path] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, records: pl.DataFrame) -> None:
        """Append records; their order is the order of `scan`."""
        self._digests.append(digest_records(records.lazy()))
        self._blocks.append(_describe(self._digests[-1], len(self._segments), self._rows))
        self._parts.append(records)
        self._rows += len(records)
        if self._rows >= self._segment_rows:
            self._spill()

    def digest(self) -> pl.DataFrame:
        """Return DIGEST of every record added so far."""
        return pl.concat(self._digests) if self._digests else DIGEST.to_frame()

    def scan(self) -> pl.LazyFrame:
        """Return every record added so far, in order."""
        return pl.concat([*(pl.scan_ipc(path) for path in self._segments), self._held()])

    def find(
        self, begin: datetime | None = None, end: datetime | None = None, patterns: Collection[int] | None = None
    ) -> pl.LazyFrame:
        """Return the records from begin to end, ends included, of some patterns, in order; None does not limit."""
        wanted = None if patterns is None else np.array(sorted(patterns), dtype=np.int64)
        near = [block for block in self._blocks if block.may_hold(begin, end, wanted)]
        parts = [self._slice(list(run)) for _, run in groupby(near, key=lambda block: block.segment)]
        found = pl.concat([part for run in parts for part in run]) if parts else RECORDS.to_frame().lazy()
        if begin is not None:
            found = found.filter(pl.col("time") >= begin)
        if end is not None:
            found = found.filter(pl.col("time") <= end)
        if wanted is not None:
            found = found.filter(pl.col("pattern").is_in(pl.Series(wanted, dtype=pl.UInt32).implode()))
        return found

    def _slice(self, run: list[_Block]) -> list[pl.LazyFrame]:
        """Return the parts of one segment that hold some of its blocks; neighbours are read together."""
        segment = run[0].segment
        whole = pl.scan_ipc(self._segments[segment]) if segment < len(self._segments) else self._held()
        spans: list[tuple[int, int]] = []
        for block in run:
            if spans and spans[-1][1] == block.start:
                spans[-1] = (spans[-1][0], block.start + block.rows)
            else:
                spans.append((block.start, block.start + block.rows))
        return [whole.slice(start, end - start) for start, end in spans]

    def _held(self) -> pl.LazyFrame:
        return pl.concat(self._parts).lazy() if self._parts else RECORDS.to_frame().lazy()

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="hotfix-records-")
        path = Path(self._folder.name) / f"{len(self._segments):06}.arrow"
        pl.concat(self._parts).write_ipc(path, compression="lz4")
        self._segments.append(path)
        self._parts, self._rows = [], 0


def _describe(digest: pl.DataFrame, segment: int, start: int) -> _Block:
    first, last = digest["first"].min(), digest["last"].max()
    return _Block(
        segment=segment,
        start=start,
        rows=int(digest["count"].sum()),
        first=first if isinstance(first, datetime) else None,
        last=last if isinstance(last, datetime) else None,
        patterns=digest["pattern"].unique().sort().to_numpy().astype(np.int64),
    )
