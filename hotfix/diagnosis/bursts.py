"""Tells of errors that came in bursts in logs without an incident: too few to be sure of, too odd to be passed over.

The counts of a case come in, one clause on the message with most bursts goes out. It opens no incident.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from hotfix.core.settings import BURST_APART_SHARE, BURST_FREE_SHARE, EVENTS_FEWEST, PERIODS_INTERMITTENT
from hotfix.diagnosis.case import GRAVE, Case
from hotfix.diagnosis.headline import shorten, unmask
from hotfix.signal.timeline import to_datetime


@dataclass(frozen=True, slots=True)
class _Bursts:
    """An error that came in bursts: the time of each in µs, and how many records in all."""

    service: str
    text: str
    begins: tuple[int, ...]
    count: int


def tell_bursts(case: Case) -> str | None:
    """Return a clause on the errors that came in several bursts and never before; None when there are none."""
    grave = [one.id for one in case.templates.values() if one.level in GRAVE]
    rows = (
        case.counts.messages.with_columns(pl.col("service", "template_id").cast(pl.String))
        .filter(pl.col("template_id").is_in(grave))
        .sort("first")
    )
    found = [
        bursts
        for (service, ident), own in rows.group_by("service", "template_id", maintain_order=True)
        if (bursts := _read_bursts(case, str(service), str(ident), own))
    ]
    if not found:
        return None
    most = max(found, key=lambda one: (len(one.begins), one.count, one.text))
    times = ", ".join(f"{to_datetime(begin):%H:%M:%S}" for begin in most.begins[:_TIMES_SHOWN])
    more = ", …" if len(most.begins) > _TIMES_SHOWN else ""
    return (
        f"'{shorten(unmask(most.text))}' of {most.service} came in {len(most.begins)} bursts ({times}{more}; "
        f"{most.count:,} records) and never before"
    )


_TIMES_SHOWN = 5


def _read_bursts(case: Case, service: str, ident: str, own: pl.DataFrame) -> _Bursts | None:
    """Return an error's bursts: each of several records, far apart, and none in the first part of the data."""
    timeline = case.counts.timeline
    span = timeline.last - timeline.first
    begins, lasts, counts = (own[name].to_numpy() for name in ("first", "last", "n"))
    if begins[0] - timeline.first < BURST_FREE_SHARE * span:
        return None
    starts = np.flatnonzero(np.append(True, begins[1:] - lasts[:-1] >= BURST_APART_SHARE * span))
    sizes = np.add.reduceat(counts, starts)
    if len(starts) < PERIODS_INTERMITTENT or sizes.min() < EVENTS_FEWEST:
        return None
    return _Bursts(service, case.templates[ident].text, tuple(begins[starts].tolist()), int(sizes.sum()))
