"""What comes before, between and after some instants is counted exactly, also inside an interval."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from hotfix.signal.lookup import find_in
from hotfix.signal.series import count_records, is_grave
from hotfix.signal.sides import split_counts
from hotfix.signal.timeline import microseconds, to_microseconds
from tests.signal.incidents import START, Log

_SPAN_S = 900  # buckets of two seconds


def _make_records() -> pl.LazyFrame:
    log = Log(3, _SPAN_S)
    log.serve(log.spread(2), bad=0.2).serve(log.spread(1), service="pay")
    return log.write(np.array([0.5, _SPAN_S - 0.5]), "rare", level="error").records()


_RECORDS = _make_records()
_COUNTS = count_records(_RECORDS)


def _count(keys: Sequence[str], instants: Sequence[int]) -> pl.DataFrame:
    """Return what `split_counts` should: each record put into its part, one by one."""
    part = sum((microseconds() >= instant).cast(pl.Int32) for instant in instants)
    parts = range(len(instants) + 1)
    sums = {f"n{index}": (part == index).sum().cast(pl.Int64) for index in parts}
    sums |= {f"errors{index}": ((part == index) & is_grave()).sum().cast(pl.Int64) for index in parts}
    return _RECORDS.group_by(keys).agg(**sums).sort(keys).collect()


@pytest.mark.parametrize("keys", [("service",), ("template_id",), ("service", "template_id")])
@settings(deadline=None, max_examples=30)  # the machine may be busy
@given(seconds=st.lists(st.floats(-10, _SPAN_S + 10), min_size=1, max_size=3))
def test_parts_are_those_of_every_single_record(keys: tuple[str, ...], seconds: list[float]) -> None:
    """Instants may lie within one interval, at its edge, or before and after all records."""
    assert _COUNTS is not None
    instants = sorted(to_microseconds(START) + int(second * 1e6) for second in seconds)
    found = split_counts(_COUNTS, find_in(_RECORDS), keys, instants, ("n", "errors"))
    expected = _count(keys, instants)
    assert_frame_equal(found.select(expected.columns).sort(keys), expected)


def test_a_record_at_an_instant_comes_after_it() -> None:
    """The first record of an incident belongs to it."""
    assert _COUNTS is not None
    instant = to_microseconds(START) + 500_000
    found = split_counts(_COUNTS, find_in(_RECORDS), ("template_id",), (instant,))
    assert found.filter(pl.col("template_id") == "rare").row(0) == ("rare", 0, 2)
