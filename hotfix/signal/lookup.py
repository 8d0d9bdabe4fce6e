"""Finds few of many records: of some messages, or around some time. Only blocks that may hold one are read."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from hotfix.ingest.store import RecordStore

Find = Callable[[datetime | None, datetime | None], pl.LazyFrame]
"""Returns the records from one time to another, ends included; None does not limit."""


def find_in(records: pl.LazyFrame) -> Find:
    """Return the function that finds records of a time among all."""

    def find(begin: datetime | None, end: datetime | None) -> pl.LazyFrame:
        late = records if begin is None else records.filter(pl.col("time") >= begin)
        return late if end is None else late.filter(pl.col("time") <= end)

    return find


@dataclass(frozen=True, slots=True)
class Lookup:
    """The records that are looked at, ready to be searched."""

    store: RecordStore
    mined: pl.DataFrame  # MINED
    view: Callable[[pl.LazyFrame], pl.LazyFrame]  # from RECORDS to those that are looked at, with template_id

    def near(self, begin: datetime | None, end: datetime | None) -> pl.LazyFrame:
        """Return the records from begin to end, ends included; None does not limit."""
        return self.view(self.store.find(begin, end))

    def of(
        self, templates: Collection[str], begin: datetime | None = None, end: datetime | None = None
    ) -> pl.LazyFrame:
        """Return the records of some templates, of a time where one is given."""
        known = self.mined.filter(pl.col("template_id").is_in(list(templates)))
        return self.view(self.store.find(begin, end, known["pattern"].to_list()))
