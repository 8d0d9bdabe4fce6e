"""What a detector is: one function from `Signals` to the findings it makes. It reads counts, never records."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Level, Metric, Shape
from hotfix.signal.jobwords import Edge
from hotfix.signal.scan import Numbers
from hotfix.signal.series import Counts
from hotfix.signal.timeline import Timeline

GRAVE = (Level.ERROR, Level.FATAL)


@dataclass(frozen=True, slots=True)
class Finding:
    """A series behaves differently in the buckets ``[start, end)``; exact times are found later, from records.

    ``chance`` is that of such a finding anywhere in this one series while nothing changed; the correction for the
    number of series is made later.
    """

    metric: Metric
    service: str
    template_id: str | None
    shape: Shape
    start: int
    end: int | None  # None: the behaviour goes on at the end of the data
    chance: float
    rises: bool  # more, slower, or silent (False: a message became rarer)
    cut: int | None = None  # bin from which a duration counts as slow; latency only
    at: int | None = None  # exact time in µs where the detector knows it
    until: int | None = None
    period_s: float | None = None


@dataclass(frozen=True, slots=True)
class Messages:
    """The counts of single messages, frequent enough to say anything, as one sparse matrix."""

    keys: tuple[tuple[str, str], ...]  # service and template of each row, sorted
    offsets: NDArray[np.int64]  # row i holds the entries [offsets[i], offsets[i + 1])
    buckets: NDArray[np.int32]
    values: Numbers

    def row(self, index: int, count: int) -> Numbers:
        """Return one row as one number per bucket."""
        part = slice(self.offsets[index], self.offsets[index + 1])
        return np.bincount(self.buckets[part], weights=self.values[part], minlength=count).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Signals:
    """Counts with what detectors ask of them: dense arrays per service, one number per bucket."""

    counts: Counts
    levels: Mapping[str, Level | None]  # of each template
    volume: Mapping[str, Numbers]  # records of each service
    errors: Mapping[str, Numbers]  # records at error or fatal of each service
    messages: Messages
    places: Mapping[tuple[str, str], int]  # row of each service and template in `messages`
    bad_ends: frozenset[str]  # templates which say that a process ended badly
    edges: Mapping[str, Edge]  # templates that start or finish a job
    series: int  # how many series all detectors look at

    @property
    def timeline(self) -> Timeline:
        """The intervals of all arrays."""
        return self.counts.timeline

    def is_grave(self, template_id: str) -> bool:
        """Tell whether a template is mostly written at error or fatal."""
        return self.levels.get(template_id) in GRAVE

    def message(self, service: str, template_id: str) -> Numbers:
        """Return the records per bucket of one message that `messages` holds."""
        return self.messages.row(self.places[service, template_id], self.timeline.count)

    def rows(self, frame: pl.DataFrame, column: str = "n") -> Numbers:
        """Return the sum of a column per bucket."""
        return sum_buckets(frame, column, self.timeline.count)


def sum_buckets(frame: pl.DataFrame, column: str, count: int) -> Numbers:
    """Return the sum of a column per bucket, one number for each of ``count`` buckets."""
    return np.bincount(frame["bucket"].to_numpy(), weights=frame[column], minlength=count).astype(np.float64)


Detector = Callable[[Signals], Iterable[Finding]]
"""Yields at most a few findings per series; silent on empty and constant series; never raises on any counts."""
