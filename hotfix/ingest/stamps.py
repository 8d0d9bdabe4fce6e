"""Turns the stamps of one file into instants: learns the form of each layout's stamps, keeps the file's day and zone."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from hotfix.core.schema import TIME
from hotfix.core.settings import DAY_JUMP_H, STAMP_FORMS_TRIED, STAMPS_SAMPLED, YEAR_JUMP_DAYS
from hotfix.ingest.timestamps import TimeFormat, find_time_format, parse_times


@dataclass(slots=True)
class _Turns:
    """How many years or days have begun since the file's first stamp of one form."""

    count: int = 0
    last: datetime | None = None


@dataclass(slots=True)
class StampReader:
    """Parses stamp texts of one file; remembers which forms each layout's stamps have."""

    first_day: date | None = None  # of the first stamp, for forms that leave out year or date
    offset: timedelta = timedelta(0)  # how far the file's clock was ahead of UTC, for forms without a zone
    forms: dict[int, list[TimeFormat]] = field(default_factory=dict)  # by layout, in order of first sight
    _turns: dict[TimeFormat, _Turns] = field(default_factory=dict)

    def parse(self, layout: int, texts: pl.Series) -> pl.Series:
        """Return the instants (TIME) of stamps of one layout; null where no form fits."""
        times = pl.Series([None], dtype=TIME).new_from_index(0, len(texts))
        known = self.forms.setdefault(layout, [])
        for form in known:
            times = self._fill(times, texts, form)
        while len(known) < STAMP_FORMS_TRIED and (left := texts.filter(times.is_null() & texts.is_not_null())).len():
            form = find_time_format(left.head(STAMPS_SAMPLED).to_list())
            if form is None or form in known:
                break
            known.append(form)
            times = self._fill(times, texts, form)
        return times

    def _fill(self, times: pl.Series, texts: pl.Series, form: TimeFormat) -> pl.Series:
        if not times.null_count():
            return times
        parsed = parse_times(texts, form, self.first_day, self.offset)
        if form.core.yearless or form.core.dateless:
            parsed = self._turn(parsed, form)
        return parsed if times.null_count() == len(times) else times.zip_with(times.is_not_null(), parsed)

    def _turn(self, times: pl.Series, form: TimeFormat) -> pl.Series:
        """Add the years or days that began between stamps that jump back."""
        turns = self._turns.setdefault(form, _Turns())
        jump = timedelta(days=YEAR_JUMP_DAYS) if form.core.yearless else timedelta(hours=DAY_JUMP_H)
        known = times.drop_nulls()
        if not len(known):
            return times
        steps = (times.forward_fill() - times.forward_fill().shift(1, fill_value=turns.last)).fill_null(timedelta(0))
        begun = turns.count + np.cumsum((steps < -jump).to_numpy())
        turns.count, turns.last = int(begun[-1]), known[-1]
        if not turns.count:
            return times
        unit = "y" if form.core.yearless else "d"
        return pl.select(times.dt.offset_by(pl.Series([f"{count}{unit}" for count in begun.tolist()]))).to_series()
