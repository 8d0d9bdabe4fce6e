"""Reads the times of listed changes: texts come in, instants go out; a time without a zone is UTC."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from hotfix.core.settings import STAMP_FORMS_TRIED
from hotfix.ingest.timestamps import find_time_format, parse_times

_NO_SECONDS = re.compile(r"^(\d{4}[-/]\d\d?[-/]\d\d?[T ]\d\d?:\d\d)(?=$|[Z ]|[+-]\d)")
_YEARLESS = re.compile(r"^([A-Z][a-z]{2} [ \d]\d) (\d\d:\d\d:\d\d)$")


@dataclass(frozen=True, slots=True)
class Times:
    """One instant per text, None where it is none; `zoneless` tells that UTC was assumed."""

    instants: tuple[datetime | None, ...]
    zoneless: bool


def read_times(texts: Sequence[str], reference: datetime | None) -> Times:
    """Return the instants of texts in any mix of forms.

    Args:
        texts: times as they are written; seconds may be missing.
        reference: an instant of the logs, for texts without a year or without a day.
    """
    whole = [_NO_SECONDS.sub(r"\1:00", " ".join(text.split())) for text in texts]
    found: list[datetime | None] = [None] * len(texts)
    zoneless = False
    left = list(range(len(texts)))
    for _ in range(STAMP_FORMS_TRIED):
        form = find_time_format([whole[index] for index in left]) if left else None
        if form is None:
            break
        column = pl.Series([whole[index] for index in left], dtype=pl.String)
        day = reference.date() if reference else None
        for index, time in zip(left, parse_times(column, form, day, timedelta(0)).to_list(), strict=True):
            found[index] = time
        zoneless = zoneless or not form.zoned
        left = [index for index in left if found[index] is None]
    return Times(tuple(found), zoneless)


def add_year(text: str, reference: datetime) -> str:
    """Return ``Jan 15 14:30:01`` with the year that puts it nearest to ``reference``; other texts as they are."""
    found = _YEARLESS.match(text)
    if found is None:
        return text
    years = [f"{found[1]} {year} {found[2]}" for year in range(reference.year - 1, reference.year + 2)]
    return min(years, key=lambda written: _distance(written, reference))


def _distance(written: str, reference: datetime) -> timedelta:
    try:
        time = datetime.strptime(" ".join(written.split()), "%b %d %Y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:  # 29 February of another year
        return timedelta.max
    return abs(time - reference)
