"""Makes frames of RECORDS from few words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from hotfix.core.schema import RECORDS

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Row = tuple[float | None, int]
"""Seconds after START, or None for a record without a time; and the pattern."""


def at(seconds: float | None) -> datetime | None:
    """Return the time so many seconds after START."""
    return None if seconds is None else START + timedelta(seconds=seconds)


def make_records(rows: Sequence[Row], first_line: int = 1, **columns: object) -> pl.DataFrame:
    """Return RECORDS of one file, a line each; the columns named hold one value in all rows, others are null."""
    known = {
        "time": [at(seconds) for seconds, _ in rows],
        "pattern": [pattern for _, pattern in rows],
        "line": range(first_line, first_line + len(rows)),
    }
    frame = pl.DataFrame(known, {name: RECORDS[name] for name in known})
    same = {"file_id": 0, "line_count": 1, "time_inferred": False} | columns
    constants = [pl.lit(same.get(name), dtype=kind).alias(name) for name, kind in RECORDS.items() if name not in known]
    return frame.with_columns(constants).select(RECORDS.names())
