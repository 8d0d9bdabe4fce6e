"""Joins lines to records: lines with what is known of their keys come in, stretches of whole records go out.

The record that is still open at the end of a block is kept, one per stream, until the lines that may continue it are
there. A record never crosses streams.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.settings import OPEN_RECORD_BYTES
from hotfix.ingest.keys import KEY
from hotfix.ingest.numbering import NONE
from hotfix.ingest.traces import JOINS, find_above, settle_roles
from hotfix.ingest.unwrap import LINES


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole records: record *i* holds the lines from ``starts[i]`` to before ``ends[i]``; records in order of lines."""

    lines: pl.DataFrame  # LINES; those of one stream in order
    rows: NDArray[np.void]  # KEY row of each line
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def heads(self) -> pl.DataFrame:
        """Return the first line of each record."""
        in_place = len(self.starts) == len(self.lines) and bool((np.diff(self.starts) == 1).all())
        return self.lines if in_place else self.lines[self.starts]

    def complete_heads(self) -> NDArray[np.void]:
        """Return the KEY rows of first lines; where one only opens, level and wording are its second line's."""
        heads = self.rows.take(self.starts)
        opening = np.flatnonzero(heads["opens"] & (self.ends - self.starts > 1))
        for name in ("level", "guess", "pattern"):
            heads[name][opening] = self.rows[name][self.starts[opening] + 1]
        return heads

    def last_lines(self) -> NDArray[np.uint32]:
        """Return the number of the last line of each record."""
        last = self.ends - 1
        numbers, spans = self.lines["line"].to_numpy(), self.lines["span"].to_numpy()
        return np.asarray(numbers[last] + spans[last] - 1, dtype=np.uint32)


@dataclass(slots=True)
class OpenRecords:
    """The lines of records that may go on."""

    _lines: pl.DataFrame = field(default_factory=LINES.to_frame)
    _rows: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, dtype=KEY))

    def add(self, lines: pl.DataFrame, rows: NDArray[np.void], *, final: bool) -> Stretch:
        """Return the records that are whole now that these lines, the next ones of the file, are there.

        Args:
            lines: LINES in order of lines.
            rows: KEY row of each.
            final: no more lines follow.
        """
        lines, rows = self._put_behind(lines, rows)
        starts = cut_long(find_starts(rows, lines["stream"]), lines["text"])
        ends = np.append(starts[1:], len(lines))[: len(starts)]
        self._lines, self._rows = lines.clear(), rows[:0]
        if not final and len(starts):
            starts, ends = self._hold(lines, rows, starts, ends)
        if self._has_streams(lines):
            order = np.argsort(lines["line"].to_numpy()[starts], kind="stable")
            starts, ends = starts[order], ends[order]
        return Stretch(lines, rows, starts, ends)

    def _put_behind(self, lines: pl.DataFrame, rows: NDArray[np.void]) -> tuple[pl.DataFrame, NDArray[np.void]]:
        """Put lines behind those that are held, each stream by itself."""
        if len(self._lines):
            lines, rows = pl.concat([self._lines, lines], rechunk=True), np.concatenate([self._rows, rows])
        if not self._has_streams(lines):
            return lines, rows
        sorted_lines = lines.with_row_index("position").sort("stream", "line")
        return sorted_lines.select(LINES.names()), rows.take(sorted_lines["position"].to_numpy())

    @staticmethod
    def _has_streams(lines: pl.DataFrame) -> bool:
        return bool(len(lines)) and lines["stream"].null_count() < len(lines)

    def _hold(
        self, lines: pl.DataFrame, rows: NDArray[np.void], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Hold back the last record of each stream; return the others."""
        if not self._has_streams(lines):
            self._lines, self._rows = lines[int(starts[-1]) :], rows[int(starts[-1]) :]
            return starts[:-1], ends[:-1]
        streams = lines["stream"].gather(starts)
        last = streams.ne_missing(streams.shift(-1)).to_numpy().copy()
        last[-1] = True
        held = np.repeat(last, ends - starts)
        self._lines, self._rows = lines.filter(pl.Series(held)), rows[held]
        return starts[~last], ends[~last]


def find_starts(rows: NDArray[np.void], streams: pl.Series) -> NDArray[np.int64]:
    """Return the positions of the lines that begin a record.

    Args:
        rows: KEY row of each line, lines of one stream one after the other.
        streams: which stream each line came from.
    """
    if not ((rows["layout"] == NONE) | rows["continues"] | rows["opens"]).any():
        return np.arange(len(rows))
    changes = streams.ne_missing(streams.shift(1)).to_numpy().copy()
    changes[0] = True
    roles = settle_roles(rows["role"].astype(np.int64), changes)
    opened = np.concatenate([[False], rows["opens"][:-1]])
    joined = np.where(rows["layout"] == NONE, JOINS[find_above(roles, changes), roles], rows["continues"]) | opened
    return np.flatnonzero(~joined | changes)


def cut_long(starts: NDArray[np.int64], texts: pl.Series) -> NDArray[np.int64]:
    """Return the starts with more of them inside records longer than OPEN_RECORD_BYTES."""
    if len(starts) == len(texts):
        return starts
    reach = np.cumsum(texts.str.len_bytes().to_numpy().astype(np.int64) + 1)
    ends = np.append(starts[1:], len(texts))
    sizes = reach[ends - 1] - np.where(starts > 0, reach[starts - 1], 0)
    more: list[int] = []
    for record in np.flatnonzero(sizes > OPEN_RECORD_BYTES).tolist():
        start, end = int(starts[record]), int(ends[record])
        while start < end:
            limit = (reach[start - 1] if start else 0) + OPEN_RECORD_BYTES
            start = max(int(np.searchsorted(reach, limit, side="right")), start + 1)
            if start < end:
                more.append(start)
    return np.union1d(starts, more).astype(np.int64) if more else starts
