"""From lines to records: blocks of one file come in, frames of RECORDS go out.

A record is a line that a format reads, with the lines that continue it: stack trace, indented text, details. Lines
which match nothing are records of their own. Nothing is dropped: every line belongs to exactly one record, and which
one does not depend on where blocks end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Level
from hotfix.core.schema import LEVEL, RECORDS, TIME
from hotfix.core.settings import HTTP_CLIENT_ERROR, HTTP_SERVER_ERROR
from hotfix.ingest.cleaning import Block
from hotfix.ingest.columns import ColumnReader
from hotfix.ingest.converting import read_guesses
from hotfix.ingest.joining import OpenRecords, Stretch
from hotfix.ingest.numbering import NONE
from hotfix.ingest.survey import Survey
from hotfix.ingest.tally import Tally
from hotfix.ingest.timestamps import is_plausible
from hotfix.ingest.tracebook import TraceBook
from hotfix.ingest.unwrap import Inner, Unwrapper

_NO_LINE = 1


@dataclass(slots=True)
class FileReader:
    """Turns the blocks of one file into records."""

    survey: Survey
    columns: ColumnReader
    traces: TraceBook
    tally: Tally
    _open: OpenRecords = field(default_factory=OpenRecords)
    _last_times: dict[str | None, datetime] = field(default_factory=dict)  # by stream

    def read(self, blocks: Iterator[Block]) -> Iterator[pl.DataFrame]:
        """Yield RECORDS for each block, in order of lines; of a wrapped file each stream by itself."""
        unwrapper = Unwrapper(self.survey.wrapper)
        last: Block | None = None
        for block in blocks:
            last = block
            yield self._read(unwrapper.unwrap(block.text, block.first_line), final=False)
        self.tally.lines = last.first_line - 1 + last.text.count(b"\n") if last else 0
        yield self._read(unwrapper.unwrap(b"", _NO_LINE, final=True), final=True)

    def _read(self, inner: Inner, *, final: bool) -> pl.DataFrame:
        numbers = inner.lines["line"].to_numpy()
        rows = self.columns.table.look_up(inner.lines["text"], inner.text, numbers, self.survey.file.file_id)
        stretch = self._open.add(inner.lines, rows, final=final)
        if not len(stretch.starts):
            return RECORDS.to_frame()
        heads = stretch.complete_heads()
        records = complete_records(self._build(stretch, heads))
        dated = self._infer_times(records)
        self.tally.add(dated, heads["layout"], self.columns.table)
        return dated.select(RECORDS.names()).cast(RECORDS)

    def _build(self, stretch: Stretch, rows: NDArray[np.void]) -> pl.DataFrame:
        """Return one row per record of a stretch, whose first lines have these KEY rows."""
        heads = stretch.heads()
        columns = self.columns.read(heads["text"], rows)
        if self.survey.many_services:
            columns = columns.with_columns(service=pl.lit(None, dtype=pl.String))
        placed = columns.with_columns(
            heads["line"],
            heads["stream"],
            line_count=pl.Series(stretch.last_lines()) - heads["line"] + 1,
            file_id=pl.lit(self.survey.file.file_id, dtype=pl.UInt32),
            pattern=pl.Series(rows["pattern"], dtype=pl.UInt32),
            guess=read_guesses(heads["text"], rows),
            time=pl.coalesce("time", self.columns.stamps.parse(NONE, heads["time"])[0]),
            service=pl.coalesce("service", heads["service"], pl.lit(self.survey.service, dtype=pl.String)),
            host=pl.coalesce("host", heads["host"], pl.lit(self.survey.host, dtype=pl.String)),
        )
        return self._add_traces(placed, self.traces.read_records(stretch))

    def _add_traces(self, records: pl.DataFrame, traces: pl.DataFrame) -> pl.DataFrame:
        inside = records.filter(pl.col("trace_text").is_not_null()).select("row", "trace_text")
        parsed = [(row, *self.traces.read_text(text)) for row, text in inside.iter_rows()]
        if not (parsed or len(traces)):
            return records.with_columns(trace=pl.lit(None, dtype=pl.String))
        found = pl.concat([traces, pl.DataFrame(parsed, schema=traces.schema, orient="row")]).unique("row")
        return records.join(found, on="row", how="left", suffix="_found", maintain_order="left").with_columns(
            exception=pl.coalesce("exception_found", "exception")
        )

    def _infer_times(self, records: pl.DataFrame) -> pl.DataFrame:
        """Give a record without a time that of the record before it in its stream."""
        known = records.with_columns(time_inferred=pl.col("time").is_null())
        if self._last_times or known["time_inferred"].any():
            last = pl.col("stream").replace_strict(self._last_times, default=None, return_dtype=TIME)
            known = known.with_columns(pl.coalesce(pl.col("time").forward_fill().over("stream"), last))
        if known["stream"].null_count() == len(known):
            last_rows = known.select(pl.col("stream").last(), pl.col("time").last())
        else:
            last_rows = known.group_by("stream").agg(pl.col("time").last())
        self._last_times.update(last_rows.drop_nulls("time").iter_rows())
        return known


def complete_records(records: pl.DataFrame) -> pl.DataFrame:
    """Infer levels from status, exception and wording, and drop times that no log can have."""
    inferred = (
        pl.when(pl.col("status") >= HTTP_SERVER_ERROR)
        .then(_say(Level.ERROR))
        .when(pl.col("status") >= HTTP_CLIENT_ERROR)
        .then(_say(Level.WARN))
        .when(pl.col("status").is_not_null())
        .then(_say(Level.INFO))
        .when(pl.col("exception").is_not_null())
        .then(_say(Level.ERROR))
        .otherwise(pl.col("guess"))
    )
    return records.with_columns(
        level_inferred=pl.col("level").is_null() & inferred.is_not_null(),
        level=pl.coalesce("level", inferred),
        time=pl.when(is_plausible(pl.col("time"))).then("time"),
    )


def _say(level: Level) -> pl.Expr:
    return pl.lit(level.value, dtype=LEVEL)
