"""Few records are found among all, by their time and their message."""

import polars as pl
import pytest

from hotfix.ingest.store import RecordStore
from hotfix.signal.lookup import Lookup, find_in
from hotfix.signal.templates import MINED, assign_templates
from tests.ingest.frames import Row, at, make_records

_BLOCKS: list[list[Row]] = [[(0, 0), (1, 1), (2, 2)], [(None, 0), (3, 1)], [(4, 2), (5, 0), (6, 3)]]
_MINED = pl.DataFrame(
    {"pattern": [0, 1, 2, 3], "template_id": ["up", "down", "down", "up"], "text": ["up", "down", "down", "up"]}, MINED
)


@pytest.fixture
def lookup() -> Lookup:
    """Return a lookup of eight records in three blocks, of which one service's are looked at."""
    store = RecordStore(segment_rows=4)
    for number, rows in enumerate(_BLOCKS):
        store.add(make_records(rows, 10 * number, service="shop"))
    store.add(make_records([(1, 0)], 90, service="other"))
    return Lookup(store, _MINED, lambda found: assign_templates(found, _MINED).filter(pl.col("service") == "shop"))


def _tell(records: pl.LazyFrame) -> list[tuple[int, str]]:
    return records.select("line", "template_id").collect().rows()


def test_near_returns_the_records_of_a_time_that_are_looked_at(lookup: Lookup) -> None:
    """Both ends are included, each record has its template, and other services stay out."""
    assert _tell(lookup.near(at(1), at(3))) == [(1, "down"), (2, "down"), (11, "down")]


def test_near_without_bounds_returns_all(lookup: Lookup) -> None:
    """Where no time limits, records without one are there too."""
    assert [line for line, _ in _tell(lookup.near(None, None))] == [0, 1, 2, 10, 11, 20, 21, 22]


def test_of_returns_the_records_of_every_pattern_of_a_template(lookup: Lookup) -> None:
    """A template of two patterns is found by both, of all times or of some."""
    assert _tell(lookup.of(["up"])) == [(0, "up"), (10, "up"), (21, "up"), (22, "up")]
    assert _tell(lookup.of(["up"], at(5), at(5))) == [(21, "up")]


def test_of_no_or_unknown_templates_is_empty(lookup: Lookup) -> None:
    """Nothing is asked for, nothing is found."""
    assert _tell(lookup.of([])) == _tell(lookup.of(["sideways"])) == []


def test_find_in_finds_what_near_does(lookup: Lookup) -> None:
    """Records that nobody keeps in a store are searched by the same rule."""
    find = find_in(lookup.view(lookup.store.scan()))
    for begin, end in ((None, None), (None, 2), (4, None), (1, 5)):
        assert _tell(find(at(begin), at(end))) == _tell(lookup.near(at(begin), at(end)))
