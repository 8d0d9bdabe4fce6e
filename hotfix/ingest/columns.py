"""Reads from every line what digits can change: time, status, duration, ids, numbered hosts and levels.

First lines of records and what is known of their keys come in; one row per line goes out. Works on whole columns, one
layout at a time; lines that no regex can cut (escaped JSON, nested objects) are read one by one.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.schema import LEVEL, TIME
from hotfix.ingest.formats import Field, FormatReader, Layout, Reading
from hotfix.ingest.keys import KEY, LEVELS, PER_LINE, KeyTable
from hotfix.ingest.stamps import StampReader

COLUMNS = pl.Schema(
    {
        "row": pl.UInt32(),  # position among the lines given
        "time": TIME,
        "level": LEVEL,
        "service": pl.String(),
        "host": pl.String(),
        "exception": pl.String(),
        "trace_text": pl.String(),  # a stack trace that stands inside the line
        "trace_id": pl.String(),
        "duration_ms": pl.Float64(),
        "status": pl.Int16(),
    }
)

_DURATION = r"^([0-9.]+) ?(ns|us|µs|ms|s|m|h)?$"
_UNIT_MS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
LEVEL_OF = pl.Series(LEVELS, dtype=LEVEL)
"""The level at each position."""
_NUMBERED = (Field.LEVEL, Field.SERVICE, Field.HOST)


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """Cuts the fields out of the lines of one file."""

    table: KeyTable
    reader: FormatReader
    stamps: StampReader

    def read(self, lines: pl.Series, rows: NDArray[np.void]) -> pl.DataFrame:
        """Return COLUMNS, one row per line, in the order of the lines.

        Args:
            lines: first lines of records.
            rows: their KEY rows.
        """
        index = pl.Series("row", np.arange(len(lines)), dtype=pl.UInt32)
        parts = [self._read_alone(lines, index, rows)]
        for layout in np.unique(rows["layout"][~rows["alone"]]).tolist():
            chosen = np.flatnonzero((rows["layout"] == layout) & ~rows["alone"])
            parts.append(self._read_layout(lines.gather(chosen), index.gather(chosen), rows[chosen], layout))
        return pl.concat(parts, how="diagonal").select(COLUMNS.names()).sort("row")

    def _read_layout(self, lines: pl.Series, index: pl.Series, rows: NDArray[np.void], ident: int) -> pl.DataFrame:
        names = self.table.names
        level = pl.Series(rows["level"], dtype=pl.Int8)
        positions = level.set(level < 0, None)
        columns = {
            "row": index,
            "level": LEVEL_OF.gather(positions),
            "service": names.series(rows["service"]),
            "host": names.series(rows["host"]),
            "exception": names.series(rows["exception"]),
        }
        layout = self.table.layouts.get(ident)
        cut = {} if layout is None else self._cut_fields(lines, rows, layout)
        return pl.DataFrame(columns | cut)

    def _cut_fields(self, lines: pl.Series, rows: NDArray[np.void], layout: Layout) -> dict[str, pl.Series]:
        texts = {
            field: lines.str.extract(regex)
            for field, regex in layout.extract.items()
            if field not in _NUMBERED or (rows[field.value] == PER_LINE).any()
        }
        return self._convert(texts, layout, rows)

    def _convert(self, texts: dict[Field, pl.Series], layout: Layout, rows: NDArray[np.void]) -> dict[str, pl.Series]:
        columns: dict[str, pl.Series] = {}
        for field, text in texts.items():
            if field is Field.TIME:
                columns["time"] = self.stamps.parse(layout.ident, text)
            elif field is Field.STATUS:
                columns["status"] = text.cast(pl.Int16, strict=False)
            elif field is Field.DURATION:
                columns["duration_ms"] = parse_durations(text, layout.duration_to_ms)
            elif field is Field.TRACE_ID:
                columns["trace_id"] = text
            elif field is Field.LEVEL:
                columns["level"] = read_levels(text, layout)
            else:
                columns[field.value] = pl.select(
                    pl.when(pl.Series(rows[field.value] == PER_LINE))
                    .then(text)
                    .otherwise(self.table.names.series(rows[field.value]))
                ).to_series()
        return columns

    def _read_alone(self, lines: pl.Series, index: pl.Series, rows: NDArray[np.void]) -> pl.DataFrame:
        chosen = np.flatnonzero(rows["alone"])
        groups: dict[int, list[tuple[int, Reading]]] = {}
        for position, text in zip(chosen.tolist(), lines.gather(chosen), strict=True):
            reading = self.reader.read(text)
            if reading is not None:
                groups.setdefault(reading.layout.ident, []).append((position, reading))
        parts = [self._read_group(index, group) for group in groups.values()]
        return pl.concat([COLUMNS.to_frame(), *parts], how="diagonal")

    def _read_group(self, index: pl.Series, group: list[tuple[int, Reading]]) -> pl.DataFrame:
        positions, readings = [position for position, _ in group], [reading for _, reading in group]
        rows = np.zeros(len(group), dtype=KEY)
        rows["service"] = rows["host"] = PER_LINE
        texts = {field: _column(readings, field.value) for field in Field}
        return pl.DataFrame(
            {
                "row": index.gather(positions),
                **self._convert(texts, readings[0].layout, rows),
                "exception": _column(readings, "exception"),
                "trace_text": _column(readings, "trace_text"),
            }
        )


def _column(readings: list[Reading], name: str) -> pl.Series:
    return pl.Series([getattr(reading, name) for reading in readings], dtype=pl.String)


def read_levels(texts: pl.Series, layout: Layout) -> pl.Series:
    """Return the level that each text stands for in this layout; null for unknown words."""
    words = {word: level.value for word, level in layout.levels.items()}
    return texts.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String).cast(LEVEL)


def parse_durations(texts: pl.Series, to_ms: float | None) -> pl.Series:
    """Return durations in milliseconds; null where the text is no duration.

    Args:
        texts: numbers, with their unit where ``to_ms`` is None (no unit then means milliseconds).
        to_ms: milliseconds per unit of the number.
    """
    if to_ms is not None:
        return texts.cast(pl.Float64, strict=False) * to_ms
    number = texts.str.extract(_DURATION, 1).cast(pl.Float64, strict=False)
    unit = texts.str.extract(_DURATION, 2).fill_null("ms")
    return number * unit.replace_strict(_UNIT_MS, default=None, return_dtype=pl.Float64)
