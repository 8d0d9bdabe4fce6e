"""Turns the stamps of one file into instants: stamp texts come in, TIME comes out.

Learns the forms of each layout's stamps and keeps the file's day and zone. Years and days that begin while the file
is written are found in the order of its lines, and added.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.schema import TIME
from hotfix.core.settings import (
    DAY_JUMP_H,
    DAY_RETURN_H,
    STAMP_FORMS_TRIED,
    STAMPS_SAMPLED,
    YEAR_JUMP_DAYS,
    YEAR_RETURN_DAYS,
)
from hotfix.ingest.timestamps import Core, TimeFormat, find_time_format, parse_times

WHOLE, YEARLESS, DATELESS = 0, 1, 2
"""What a stamp leaves out; the turns of the year, of the day are to be added."""


@dataclass(slots=True)
class _Turns:
    """Counts the years or days that have begun since the first stamp that leaves them out."""

    unit: str  # of polars' offset_by
    jump: timedelta  # stamps that go back farther than this are of the next year or day
    back: timedelta  # stamps that go ahead farther than this were written before the turn, and came late
    count: int = 0
    last: datetime | None = None

    def add(self, times: pl.Series) -> pl.Series:
        """Return the times, in order of lines, with the turns up to each of them added."""
        steps = (times - times.shift(1, fill_value=self.last)).fill_null(timedelta(0))
        turned = (steps < -self.jump).cast(pl.Int64) - (steps > self.back).cast(pl.Int64)
        counts = self.count + turned.cum_sum()
        self.count, self.last = int(counts[-1]), times[-1]
        if not (counts != 0).any():
            return times
        return pl.select(times.dt.offset_by(counts.cast(pl.String) + self.unit)).to_series()


@dataclass(slots=True)
class StampReader:
    """Parses stamp texts of one file; remembers which forms each layout's stamps have."""

    first_day: date | None = None  # of the first stamp, for forms that leave out year or date
    offset: timedelta = timedelta(0)  # how far the file's clock was ahead of UTC, for forms without a zone
    day_first: bool | None = None  # whether 01/02 is 1 February; None: told by each layout's first stamps
    forms: dict[int, list[TimeFormat]] = field(default_factory=dict)  # by layout, in order of first sight
    _turns: dict[int, _Turns] = field(
        default_factory=lambda: {
            YEARLESS: _Turns("y", timedelta(days=YEAR_JUMP_DAYS), timedelta(days=YEAR_RETURN_DAYS)),
            DATELESS: _Turns("d", timedelta(hours=DAY_JUMP_H), timedelta(hours=DAY_RETURN_H)),
        }
    )

    def parse(self, layout: int, texts: pl.Series) -> tuple[pl.Series, NDArray[np.int8]]:
        """Return the instants (TIME) of stamps of one layout, null where no form fits, and what each leaves out.

        Years and days that began are not added yet: `add_turns` does, once all layouts are put together.
        """
        known = self.forms.setdefault(layout, [])
        times = pl.Series([None], dtype=TIME).new_from_index(0, len(texts))
        missing = np.zeros(len(texts), dtype=np.int8)
        tried = 0
        if texts.null_count() == len(texts):
            return times, missing
        while (left := np.flatnonzero((times.is_null() & texts.is_not_null()).to_numpy())).size:
            rest = texts if len(left) == len(texts) else texts.gather(left)
            if tried == len(known) and not self._learn(known, rest):
                break
            parsed = parse_times(rest, known[tried], self.first_day, self.offset)
            missing[left[parsed.is_not_null().to_numpy()]] = _leaves_out(known[tried].core)
            times = parsed if len(left) == len(texts) else times.scatter(left, parsed)
            tried += 1
        return times, missing

    def add_turns(self, times: pl.Series, missing: NDArray[np.int8]) -> pl.Series:
        """Return the times with the years and days added that began between stamps that jump back.

        Args:
            times: TIME of the records of one block, in order of lines.
            missing: what each stamp leaves out.
        """
        for kind, turns in self._turns.items():
            chosen = np.flatnonzero((missing == kind) & times.is_not_null().to_numpy())
            if len(chosen):
                times = times.scatter(chosen, turns.add(times.gather(chosen)))
        return times

    def _learn(self, known: list[TimeFormat], texts: pl.Series) -> bool:
        form = find_time_format(texts.head(STAMPS_SAMPLED).to_list(), day_first=self.day_first)
        if form is None or form in known or len(known) >= STAMP_FORMS_TRIED:
            return False
        known.append(form)
        return True


def _leaves_out(core: Core) -> int:
    if core.yearless:
        return YEARLESS
    return DATELESS if core.dateless else WHOLE
