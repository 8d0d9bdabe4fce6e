"""From lines to records: blocks of one file come in, frames of RECORDS go out.

A record is a line that a format reads, with the lines that continue it: stack trace, indented text, details. Lines
which match nothing are records of their own. Nothing is dropped: every line belongs to exactly one record.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import InputFile, Level
from hotfix.core.schema import LEVEL, RECORDS, TIME
from hotfix.core.settings import HTTP_CLIENT_ERROR, HTTP_SERVER_ERROR, OPEN_RECORD_BYTES
from hotfix.ingest.cleaning import Block
from hotfix.ingest.columns import LEVEL_OF, ColumnReader
from hotfix.ingest.keys import NONE, UNPARSED
from hotfix.ingest.survey import Survey
from hotfix.ingest.timestamps import is_plausible
from hotfix.ingest.tracebook import TraceBook
from hotfix.ingest.traces import JOINS, LineRole
from hotfix.ingest.unwrap import unwrap_lines


@dataclass(slots=True)
class Tally:
    """What was counted while one file was read."""

    lines: int = 0
    records: int = 0
    unparsed: int = 0
    first: datetime | None = None
    last: datetime | None = None
    formats: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class FileReader:
    """Turns the blocks of one file into records; keeps the record that is still open at a block's end."""

    survey: Survey
    columns: ColumnReader
    traces: TraceBook
    tally: Tally = field(default_factory=Tally)
    _open: bytes = b""
    _last_time: datetime | None = None

    def read(self, blocks: Iterator[Block]) -> Iterator[pl.DataFrame]:
        """Yield RECORDS for each block, in order of lines."""
        next_line = 1
        for block in blocks:
            text = self._open + block.text
            first_line = block.first_line - self._open.count(b"\n")
            next_line = block.first_line + block.text.count(b"\n")
            yield self._read_text(text, first_line, final=False)
        if self._open:
            yield self._read_text(self._open, next_line - self._open.count(b"\n"), final=True)
        self.tally.lines = next_line - 1

    def _read_text(self, text: bytes, first_line: int, *, final: bool) -> pl.DataFrame:
        inner = unwrap_lines(text, first_line, self.survey.wrapper)
        lines = inner.lines
        numbers = lines["line"].to_numpy()
        rows = self.columns.table.look_up(lines["text"], inner.text, numbers, self.survey.file.file_id)
        starts = find_starts(rows, lines["stream"])
        kept = np.ones(len(starts), dtype=bool) if final else self._hold_back(text, first_line, lines, starts)
        heads = complete_heads(rows, starts)
        records = self._build(lines, rows["pattern"], heads, starts).filter(pl.Series(kept))
        self._count(records, heads["layout"][kept])
        return self._infer_times(records.sort("line"))

    def _hold_back(
        self, text: bytes, first_line: int, lines: pl.DataFrame, starts: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Keep the text from the last open record on for the next block; return which records are complete."""
        begins = lines.select("line", "stream")[starts]
        held_line = int(begins.group_by("stream").agg(pl.col("line").max())["line"].min() or first_line)
        cut = len(text)
        for _ in range(first_line + text.count(b"\n") - held_line):
            cut = text.rfind(b"\n", 0, cut - 1) + 1
        too_long = len(text) - cut > OPEN_RECORD_BYTES
        self._open = b"" if too_long else text[cut:]
        return np.ones(len(starts), dtype=bool) if too_long else begins["line"].to_numpy() < held_line

    def _build(
        self,
        lines: pl.DataFrame,
        patterns: NDArray[np.int32],
        rows: NDArray[np.void],
        starts: NDArray[np.int64],
    ) -> pl.DataFrame:
        """Return one row per record: ``patterns`` of all lines, KEY ``rows`` of the lines at ``starts``."""
        heads = lines[starts]
        columns = self.columns.read(heads["text"], rows)
        traces = self.traces.read_records(lines["text"], patterns, starts)
        ends = np.maximum.reduceat((lines["line"] + lines["span"] - 1).to_numpy(), starts)
        placed = columns.with_columns(
            heads["line"],
            line_count=pl.Series(ends) - heads["line"] + 1,
            file_id=pl.lit(self.survey.file.file_id, dtype=pl.UInt32),
            pattern=pl.Series(rows["pattern"], dtype=pl.UInt32),
            guess=LEVEL_OF.gather(pl.Series(rows["guess"], dtype=pl.Int8).replace(NONE, None)),
        )
        wrapped = placed.with_columns(
            time=pl.coalesce("time", self.columns.stamps.parse(NONE, heads["time"])),
            service=pl.coalesce("service", heads["service"], pl.lit(self.survey.service, dtype=pl.String)),
            host=pl.coalesce("host", heads["host"]),
        )
        return complete_records(self._add_traces(wrapped, traces))

    def _add_traces(self, records: pl.DataFrame, traces: pl.DataFrame) -> pl.DataFrame:
        inside = records.filter(pl.col("trace_text").is_not_null()).select("row", "trace_text")
        parsed = [(row, *self.traces.read_text(text)) for row, text in inside.iter_rows()]
        found = pl.concat([traces, pl.DataFrame(parsed, schema=traces.schema, orient="row")]).unique("row")
        return records.join(found, on="row", how="left", suffix="_found", maintain_order="left").with_columns(
            exception=pl.coalesce("exception_found", "exception")
        )

    def _infer_times(self, records: pl.DataFrame) -> pl.DataFrame:
        """Give a record without a time that of the record before it."""
        known = records.with_columns(time_inferred=pl.col("time").is_null())
        filled = known.with_columns(pl.col("time").forward_fill().fill_null(pl.lit(self._last_time, dtype=TIME)))
        if len(filled):
            self._last_time = filled["time"][-1]
        return filled.select(RECORDS.names()).cast(RECORDS)

    def _count(self, records: pl.DataFrame, layouts: NDArray[np.int32]) -> None:
        self.columns.table.patterns.count(records["pattern"].to_numpy())
        tally = self.tally
        tally.records += len(records)
        tally.unparsed += int((layouts == NONE).sum())
        for layout, count in zip(*np.unique(layouts, return_counts=True), strict=True):
            tally.formats[self._name_format(int(layout))] += int(count)
        tally.services.update(dict(records["service"].drop_nulls().value_counts().iter_rows()))
        first, last = records.select(pl.col("time").min().alias("first"), pl.col("time").max().alias("last")).row(0)
        tally.first = min(filter(None, (tally.first, first)), default=None)
        tally.last = max(filter(None, (tally.last, last)), default=None)

    def _name_format(self, layout: int) -> str:
        return UNPARSED if layout == NONE else self.columns.table.layouts[layout].format


def find_starts(rows: NDArray[np.void], streams: pl.Series) -> NDArray[np.int64]:
    """Return the positions of the lines that begin a record; a record never crosses streams.

    Args:
        rows: KEY row of each line, lines of one stream one after the other.
        streams: which stream each line came from.
    """
    roles = rows["role"].astype(np.int64)
    before = _last_roles(roles)
    roles = np.where((before == LineRole.PANIC) & (roles == LineRole.OTHER), LineRole.NOTE, roles)
    before = _last_roles(roles)
    opened = np.concatenate([[False], rows["opens"][:-1]])
    joined = np.where(rows["layout"] == NONE, JOINS[before, roles], rows["continues"]) | opened
    joined[:1] = False
    same = streams.eq_missing(streams.shift(1)).to_numpy()
    return np.flatnonzero(~(joined & same))


def _last_roles(roles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each line, the role of the last line above it that is not blank."""
    filled = np.where(roles == LineRole.BLANK, 0, np.arange(len(roles)))
    return np.concatenate([[LineRole.HEADER], roles[np.maximum.accumulate(filled)][:-1]])


def complete_heads(rows: NDArray[np.void], starts: NDArray[np.int64]) -> NDArray[np.void]:
    """Return the KEY rows of first lines; where one only opens a record, level and wording are its second line's."""
    heads = rows[starts].copy()
    opening = np.flatnonzero(heads["opens"] & (starts + 1 < len(rows)))
    for name in ("level", "guess", "pattern"):
        heads[name][opening] = rows[name][starts[opening] + 1]
    return heads


def complete_records(records: pl.DataFrame) -> pl.DataFrame:
    """Infer levels from status, exception and wording, and drop times that no log can have."""
    inferred = (
        pl.when(pl.col("status") >= HTTP_SERVER_ERROR)
        .then(pl.lit(Level.ERROR))
        .when(pl.col("status") >= HTTP_CLIENT_ERROR)
        .then(pl.lit(Level.WARN))
        .when(pl.col("status").is_not_null())
        .then(pl.lit(Level.INFO))
        .when(pl.col("exception").is_not_null())
        .then(pl.lit(Level.ERROR))
        .otherwise(pl.col("guess").cast(pl.String))
        .cast(LEVEL)
    )
    return records.with_columns(
        level_inferred=pl.col("level").is_null() & inferred.is_not_null(),
        level=pl.coalesce("level", inferred),
        time=pl.when(is_plausible(pl.col("time"))).then("time"),
    )


def summarise_file(survey: Survey, tally: Tally) -> InputFile:
    """Return how a file was understood, once it has been read."""
    file = survey.file
    names = ", ".join(name for name, _ in tally.formats.most_common())
    return InputFile(
        path=file.shown,
        format=f"{survey.wrapper.ident} > {names}" if survey.wrapper else names,
        bytes=file.bytes,
        lines=tally.lines,
        records=tally.records,
        unparsed=tally.unparsed,
        first=tally.first,
        last=tally.last,
        timezone=survey.timezone,
        service=next((name for name, _ in tally.services.most_common(1)), None),
    )
