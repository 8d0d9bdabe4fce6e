"""Records are kept in order and found again by time and pattern, wherever they lie."""

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from hotfix.core.schema import RECORDS
from hotfix.ingest.digest import DIGEST
from hotfix.ingest.store import RecordStore
from tests.ingest.frames import Row, at, make_records

_ROWS = st.lists(st.tuples(st.none() | st.integers(0, 20), st.integers(0, 4)), max_size=6)
_BLOCKS = st.lists(_ROWS, max_size=6)
_SECONDS = st.none() | st.integers(-1, 21)


def _fill(blocks: Sequence[Sequence[Row]], segment_rows: int) -> tuple[RecordStore, pl.DataFrame]:
    """Return a store of blocks, and all their records in one frame."""
    store, parts, line = RecordStore(segment_rows), [RECORDS.to_frame()], 1
    for rows in blocks:
        parts.append(make_records(rows, line))
        store.add(parts[-1])
        line += len(rows)
    return store, pl.concat(parts)


@settings(deadline=None)  # the machine may be busy
@given(_BLOCKS, st.integers(1, 12))
def test_scan_returns_every_record_in_order(blocks: list[list[Row]], segment_rows: int) -> None:
    """Whether records are held or lie in files, all come back as they were added."""
    store, whole = _fill(blocks, segment_rows)
    assert_frame_equal(store.scan().collect(), whole)


@settings(deadline=None)  # the machine may be busy
@given(_BLOCKS, st.integers(1, 12), _SECONDS, _SECONDS, st.none() | st.sets(st.integers(0, 5)))
def test_find_returns_what_a_filter_of_all_records_does(
    blocks: list[list[Row]], segment_rows: int, begin: int | None, end: int | None, patterns: set[int] | None
) -> None:
    """Ends of the time are included; a record without a time is found only where no time is asked for."""
    store, whole = _fill(blocks, segment_rows)
    time, asked = pl.col("time"), pl.lit(value=True)
    if begin is not None:
        asked &= time >= at(begin)
    if end is not None:
        asked &= time <= at(end)
    if patterns is not None:
        asked &= pl.col("pattern").is_in(sorted(patterns))
    assert_frame_equal(store.find(at(begin), at(end), patterns).collect(), whole.filter(asked))


@settings(deadline=None)  # the machine may be busy
@given(_BLOCKS, st.integers(1, 12))
def test_digest_counts_every_record_once(blocks: list[list[Row]], segment_rows: int) -> None:
    """The rows of each pattern add up to its records, with their first and last time."""
    store, whole = _fill(blocks, segment_rows)
    times = [pl.col("first").min(), pl.col("last").max()]
    summed = store.digest().group_by("pattern").agg(pl.col("count").sum(), *times).sort("pattern")
    time = pl.col("time")
    counted = whole.group_by("pattern").agg(
        pl.len().cast(pl.UInt64).alias("count"), time.min().alias("first"), time.max().alias("last")
    )
    assert_frame_equal(summed, counted.sort("pattern"))


@pytest.mark.parametrize("blocks", [[], [[]]])
def test_empty_store_has_every_column(blocks: list[list[Row]]) -> None:
    """Nothing added, or a block of nothing: tables without rows."""
    store, _ = _fill(blocks, 1)
    found = (store.scan().collect(), store.find(at(0), at(1), [1]).collect(), store.digest())
    assert [(frame.schema, len(frame)) for frame in found] == [(RECORDS, 0), (RECORDS, 0), (DIGEST, 0)]
