"""Counts what was read of one file: frames of RECORDS come in, an `InputFile` goes out."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import InputFile
from hotfix.ingest.keys import UNPARSED, KeyTable
from hotfix.ingest.numbering import NONE
from hotfix.ingest.survey import Survey


@dataclass(slots=True)
class Tally:
    """What was counted while one file was read."""

    survey: Survey
    lines: int = 0
    records: int = 0
    unparsed: int = 0
    first: datetime | None = None
    last: datetime | None = None
    formats: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)

    def add(self, records: pl.DataFrame, layouts: NDArray[np.int32], table: KeyTable) -> None:
        """Count records, whose first lines have these layouts; their patterns are counted in the table."""
        table.patterns.count(records["pattern"].to_numpy())
        self.records += len(records)
        for layout, count in zip(*(column.tolist() for column in np.unique(layouts, return_counts=True)), strict=True):
            self.formats[UNPARSED if layout == NONE else table.layouts[layout].format] += count
        self.unparsed = self.formats[UNPARSED]
        self.services.update(dict(records["service"].drop_nulls().value_counts().iter_rows()))
        first, last = records.select(pl.col("time").min().alias("first"), pl.col("time").max().alias("last")).row(0)
        self.first = min(filter(None, (self.first, first)), default=None)
        self.last = max(filter(None, (self.last, last)), default=None)

    def summarise(self) -> InputFile:
        """Return how the file was understood, once it has been read."""
        file, wrapper = self.survey.file, self.survey.wrapper
        names = ", ".join(sorted(+self.formats, key=lambda name: (-self.formats[name], name)))
        return InputFile(
            path=file.shown,
            format=f"{wrapper.ident} > {names}" if wrapper else names,
            bytes=file.bytes,
            lines=self.lines,
            records=self.records,
            unparsed=self.unparsed,
            first=self.first,
            last=self.last,
            timezone=self.survey.timezone,
            service=min(self.services, key=lambda name: (-self.services[name], name), default=None),
        )
