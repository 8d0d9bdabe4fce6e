"""Generates records with known truth from a seed: healthy logs of many kinds, and incidents of many shapes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.schema import LEVEL, RECORDS, TEMPLATES, TIME

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATHS = ("app.log", "web.log")
Times = NDArray[np.float64]


@dataclass
class Log:
    """Collects records in seconds after START; `records` is what the stages before would hand on."""

    seed: int
    span_s: float
    rows: list[tuple[float, str, str, str, float | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the generator of this log."""
        self.rng = np.random.default_rng(self.seed)

    def spread(self, per_s: float, rate: Callable[[Times], Times] | None = None) -> Times:
        """Return random times at a mean rate, thinned to a relative rate of time (0..1) when given."""
        times = np.sort(self.rng.uniform(0, self.span_s, self.rng.poisson(per_s * self.span_s)))
        return times if rate is None else times[self.rng.uniform(size=len(times)) < rate(times / self.span_s)]

    def write(self, times: Times, template: str, level: str = "info", service: str = "app") -> "Log":
        """Add one record per time."""
        self.rows += [(float(time), service, template, level, None) for time in times]
        return self

    def serve(
        self, times: Times, bad: Times | float = 0.0, durations: Times | None = None, service: str = "app"
    ) -> "Log":
        """Add one request per time, an error with chance ``bad``, else one of several usual messages."""
        failed = self.rng.uniform(size=len(times)) < bad
        usual = self.rng.choice(["handled", "cached", "stored", "listed"], size=len(times), p=[0.6, 0.2, 0.15, 0.05])
        slow = [None] * len(times) if durations is None else durations.tolist()
        for time, fails, message, duration in zip(times.tolist(), failed.tolist(), usual.tolist(), slow, strict=True):
            told = ("request failed", "error") if fails else (message, "info")
            self.rows.append((time, service, *told, duration))
        return self

    def drop(self, level: str) -> "Log":
        """Take away the records of one level."""
        self.rows = [row for row in self.rows if row[3] != level]
        return self

    def records(self) -> pl.LazyFrame:
        """Return RECORDS with template_id, in order of time, lines counted from 1."""
        rows = sorted(self.rows)
        count = len(rows)
        frame = pl.DataFrame(rows, schema=["s", "service", "template_id", "level", "duration_ms"], orient="row")
        times = [START + timedelta(microseconds=round(row[0] * 1e6)) for row in rows]
        known = {
            "time": pl.Series(times, dtype=TIME),
            "service": frame["service"].cast(pl.String),
            "level": frame["level"].cast(LEVEL),
            "duration_ms": frame["duration_ms"].cast(pl.Float64),
            "file_id": pl.repeat(0, count, dtype=pl.UInt32, eager=True),
            "line": pl.Series(range(1, count + 1), dtype=pl.UInt32),
            "line_count": pl.repeat(1, count, dtype=pl.UInt32, eager=True),
        }
        columns = [
            known.get(name, pl.repeat(None, count, dtype=kind, eager=True)).alias(name)
            for name, kind in RECORDS.items()
        ]
        return pl.DataFrame(columns).with_columns(frame["template_id"].cast(pl.String)).lazy()


def describe(records: pl.LazyFrame) -> pl.DataFrame:
    """Return TEMPLATES of generated records; the text is the id."""
    grouped = records.group_by("template_id").agg(
        text=pl.col("template_id").first(),
        count=pl.len().cast(pl.UInt64),
        level=pl.col("level").drop_nulls().mode().first(),
        services=pl.col("service").drop_nulls().unique().sort(),
        first=pl.col("time").min(),
        last=pl.col("time").max(),
        file_id=pl.col("file_id").first(),
        line=pl.col("line").first(),
    )
    return grouped.select(TEMPLATES.names()).cast(dict(TEMPLATES)).collect()


def seconds(time: datetime) -> float:
    """Return how long after START a time is, in seconds."""
    return (time - START).total_seconds()


def break_at(log: Log, per_s: float, shares: tuple[float, float], start: float, stop: float | None = None) -> Log:
    """Write requests that fail with a first chance, and a second one from ``start`` to ``stop`` (seconds)."""
    times = log.spread(per_s)
    bad = (times >= start) & (times < (log.span_s if stop is None else stop))
    return log.serve(times, np.where(bad, shares[1], shares[0]))


def first_error(log: Log, since: float) -> float:
    """Return the time of the first error record from ``since`` on: the true onset."""
    return min(row[0] for row in log.rows if row[3] == "error" and row[0] >= since)


def last_error(log: Log, until: float) -> float:
    """Return the time of the last error record before ``until``: the true end."""
    return max(row[0] for row in log.rows if row[3] == "error" and row[0] < until)
