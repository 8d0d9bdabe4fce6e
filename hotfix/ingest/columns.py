"""Reads from every line what digits can change: time, status, duration, ids, numbered hosts and levels.

First lines of records and what is known of their keys come in; one row per line goes out. Works on whole columns, one
layout at a time; lines that no regex can cut (escaped JSON, nested objects) are read one by one.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.schema import LEVEL, TIME
from hotfix.ingest.between import cut_between
from hotfix.ingest.converting import LEVEL_OF, parse_durations, read_levels, read_statuses
from hotfix.ingest.formats import Field, FormatReader, Layout, Reading
from hotfix.ingest.keys import KEY, PER_LINE, KeyTable
from hotfix.ingest.numbering import Names
from hotfix.ingest.stamps import WHOLE, StampReader

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

_EMPTY = pl.DataFrame(schema={**COLUMNS, "missing": pl.Int8()})
_ALONE = -2

_NOTHING = pl.Series([None], dtype=pl.String)
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
            lines: first lines of records, in order of lines.
            rows: their KEY rows.
        """
        index = pl.Series("row", np.arange(len(lines)), dtype=pl.UInt32)
        layouts, alone = rows["layout"].copy(), np.flatnonzero(rows["alone"])
        layouts[alone] = _ALONE
        parts = [self._read_alone(lines.gather(alone), index.gather(alone))] if len(alone) else []
        for layout in np.unique(layouts[layouts != _ALONE]).tolist():
            chosen = np.flatnonzero(layouts == layout)
            if len(chosen) == len(lines):
                parts.append(self._read_layout(lines, index, rows, layout))
            else:
                parts.append(self._read_layout(lines.gather(chosen), index.gather(chosen), rows.take(chosen), layout))
        columns = pl.concat([_EMPTY, *parts], how="diagonal")
        columns = columns if len(parts) == 1 else columns.sort("row")
        missing = columns["missing"].fill_null(WHOLE).to_numpy()
        return columns.select(COLUMNS.names()).with_columns(time=self.stamps.add_turns(columns["time"], missing))

    def _read_layout(self, lines: pl.Series, index: pl.Series, rows: NDArray[np.void], ident: int) -> pl.DataFrame:
        names = self.table.names
        level = pl.Series(rows["level"], dtype=pl.Int8)
        columns: dict[str, pl.Series] = {
            "row": index,
            "level": LEVEL_OF.gather(level.set(level < 0, None)),
            "service": names.series(rows["service"]),
            "host": names.series(rows["host"]),
            "exception": names.series(rows["exception"]),
        }
        layout = self.table.layouts.get(ident)
        if layout is not None:
            columns |= self._convert(self._cut_fields(lines, rows, layout), layout, rows)
            if Field.TIME in layout.extract:
                columns["time"], columns["missing"] = self._read_times(lines, rows, layout)
        return pl.DataFrame(columns)

    def _cut_fields(self, lines: pl.Series, rows: NDArray[np.void], layout: Layout) -> dict[Field, pl.Series]:
        return {
            field: cut_between(lines, layout.between[field]) if field in layout.between else lines.str.extract(regex)
            for field, regex in layout.extract.items()
            if field is not Field.TIME and (field not in _NUMBERED or (rows[field.value] == PER_LINE).any())
        }

    def _read_times(self, lines: pl.Series, rows: NDArray[np.void], layout: Layout) -> tuple[pl.Series, pl.Series]:
        """Return times and what they leave out: cut out by place where that gives a stamp, by regex elsewhere."""
        times, missing = self.stamps.parse(layout.ident, cut_stamps(lines, rows, self.table.names))
        left = np.flatnonzero(times.is_null().to_numpy())
        if len(left):
            rest = lines if len(left) == len(lines) else lines.gather(left)
            found, leaving = self.stamps.parse(layout.ident, rest.str.extract(layout.extract[Field.TIME]))
            times = found if len(left) == len(lines) else times.scatter(left, found)
            missing[left] = leaving
        return times, pl.Series(missing)

    def _convert(self, texts: dict[Field, pl.Series], layout: Layout, rows: NDArray[np.void]) -> dict[str, pl.Series]:
        columns: dict[str, pl.Series] = {}
        for field, text in texts.items():
            if field is Field.STATUS:
                columns["status"] = read_statuses(text)
            elif field is Field.DURATION:
                columns["duration_ms"] = parse_durations(text, layout.duration_to_ms)
            elif field is Field.TRACE_ID:
                columns["trace_id"] = text
            elif field is Field.LEVEL:
                columns["level"] = read_levels(text, layout)
            elif field is not Field.TIME:
                named = self.table.names.series(rows[field.value])
                columns[field.value] = text.zip_with(pl.Series(rows[field.value] == PER_LINE), named)
        return columns

    def _read_alone(self, lines: pl.Series, index: pl.Series) -> pl.DataFrame:
        """Return COLUMNS of lines that no regex can cut."""
        groups: dict[int, list[tuple[int, Reading]]] = {}
        for row, text in zip(index.to_list(), lines.to_list(), strict=True):
            reading = self.reader.read(text)
            if reading is not None:
                groups.setdefault(reading.layout.ident, []).append((row, reading))
        read = pl.concat([_EMPTY, *(self._read_group(group) for group in groups.values())], how="diagonal")
        return pl.concat([read, index.to_frame().join(read, on="row", how="anti")], how="diagonal")

    def _read_group(self, group: list[tuple[int, Reading]]) -> pl.DataFrame:
        readings = [reading for _, reading in group]
        rows = np.zeros(len(group), dtype=KEY)
        rows["service"] = rows["host"] = PER_LINE
        texts = {field: _column(readings, field.value) for field in Field}
        times, missing = self.stamps.parse(readings[0].layout.ident, texts[Field.TIME])
        return pl.DataFrame(
            {
                "row": pl.Series([row for row, _ in group], dtype=pl.UInt32),
                **self._convert(texts, readings[0].layout, rows),
                "time": times,
                "missing": pl.Series(missing),
                "exception": _column(readings, "exception"),
                "trace_text": _column(readings, "trace_text"),
            }
        )


def cut_stamps(lines: pl.Series, rows: NDArray[np.void], names: Names) -> pl.Series:
    """Return the text that stands where each line's key says its time is; null where that cannot be its whole time.

    Lines of one key differ in digits only, so a time of another length has a digit behind that place, or is no stamp.
    """
    texts = pl.Series([None], dtype=pl.String).new_from_index(0, len(lines))
    width_of, start_of, after_of = (
        rows[name].astype(np.int64) for name in ("stamp_width", "stamp_from", "stamp_after")
    )
    places = width_of + ((start_of + 1) << 8) + ((after_of + 1) << 24)
    same = len(places) > 0 and bool((places == places[0]).all())
    for place in places[:1] if same and width_of[0] else np.unique(places[width_of > 0]):
        chosen = np.flatnonzero(places == place)
        start, after, width = (int(column[chosen[0]]) for column in (start_of, after_of, width_of))
        some = lines if len(chosen) == len(lines) else lines.gather(chosen)
        begin: int | pl.Series = start if start >= 0 else some.str.find(names.text(after), literal=True) + 1
        cut = some.str.slice(begin, width)
        behind = some.str.slice(begin + width, 1)
        cut = cut.zip_with(~behind.is_between("0", "9"), _NOTHING)
        texts = cut if len(chosen) == len(lines) else texts.scatter(chosen, cut)
    return texts


def _column(readings: list[Reading], name: str) -> pl.Series:
    return pl.Series([getattr(reading, name) for reading in readings], dtype=pl.String)
