"""Counts what records say of one version: RECORDS come in, requests, errors, durations and kinds of errors go out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from hotfix.core.facts import Level
from hotfix.core.settings import HTTP_SERVER_ERROR
from hotfix.rollout.contract import LatencySketch
from hotfix.rollout.judge.latency import find_bucket
from hotfix.rollout.monitor.kinds import name_kind
from hotfix.rollout.monitor.limits import KINDS_MOST
from hotfix.signal.series import is_grave

OTHER_KINDS = "other kinds of errors"
"""Stands for all kinds beyond KINDS_MOST."""


class Basis(StrEnum):
    """What a request is in a log; the first of these that there is."""

    STATUS = "status"  # a record with an HTTP status; one of 500 and above failed
    DURATION = "duration"  # a record with a duration; one at error level failed
    RECORD = "record"  # any record; one at error level failed


IS_REQUEST: Mapping[Basis, pl.Expr] = {
    Basis.STATUS: pl.col("status").is_not_null(),
    Basis.DURATION: pl.col("duration_ms").is_not_null(),
    Basis.RECORD: pl.lit(value=True),
}
"""Tells requests from other records."""

_HAS_FAILED: Mapping[Basis, pl.Expr] = {
    Basis.STATUS: pl.col("status") >= HTTP_SERVER_ERROR,
    Basis.DURATION: is_grave(),
    Basis.RECORD: is_grave(),
}
_IS_TIMED = pl.col("duration_ms").is_finite() & (pl.col("duration_ms") >= 0)
_TELLS_KIND = is_grave() & ~(pl.col("level_inferred") & pl.col("status").is_not_null() & pl.col("exception").is_null())
"""Errors but for lines that only say that a request failed: what failed then is where it went."""


@dataclass(slots=True)
class Requests:
    """Requests by one basis."""

    count: int = 0
    failed: int = 0
    durations: Counter[int] = field(default_factory=Counter)  # by bucket of a sketch

    def add(self, records: pl.DataFrame, basis: Basis) -> None:
        """Count records."""
        requests = records.filter(IS_REQUEST[basis])
        self.count += len(requests)
        self.failed += len(requests.filter(_HAS_FAILED[basis]))
        times = requests.filter(_IS_TIMED)["duration_ms"].value_counts()
        for duration_ms, count in times.iter_rows():
            self.durations[find_bucket(duration_ms)] += count

    def merge(self, other: "Requests") -> None:
        """Add what others have counted."""
        self.count += other.count
        self.failed += other.failed
        self.durations.update(other.durations)

    @property
    def latency(self) -> LatencySketch:
        """The durations."""
        return LatencySketch(tuple(sorted(self.durations.items())))


@dataclass(frozen=True, slots=True)
class Shape:
    """What the kind of an error is made of."""

    exception: str | None
    trace: str | None
    pattern: int
    fatal: bool


@dataclass(slots=True)
class Tally:
    """What the records of one version add up to."""

    records: int = 0
    late: int = 0  # came after the window of their time
    last_s: float | None = None  # newest time
    requests: dict[Basis, Requests] = field(default_factory=lambda: {basis: Requests() for basis in Basis})
    shapes: Counter[Shape] = field(default_factory=Counter)

    def add(self, records: pl.DataFrame, late_before_s: float) -> None:
        """Count RECORDS."""
        self.records += len(records)
        seconds = records.select(pl.col("time").dt.epoch("us") / 1e6).to_series()
        self.late += int((seconds < late_before_s).sum())
        newest = seconds.max()
        if isinstance(newest, float):
            self.last_s = max(newest, self.last_s or newest)
        for basis, requests in self.requests.items():
            requests.add(records, basis)
        errors = records.filter(_TELLS_KIND)
        fatal = (pl.col("level") == Level.FATAL.value).alias("fatal")
        kinds = errors.group_by("exception", "trace", "pattern", fatal).len()
        for *shape, count in kinds.sort("len", descending=True).iter_rows():
            self.shapes[Shape(*shape)] += count

    def merge(self, other: "Tally") -> None:
        """Add what was counted elsewhere."""
        self.records += other.records
        self.late += other.late
        self.last_s = max((last for last in (self.last_s, other.last_s) if last is not None), default=None)
        for basis, requests in self.requests.items():
            requests.merge(other.requests[basis])
        self.shapes.update(other.shapes)

    def find_basis(self) -> Basis | None:
        """Return what a request is here; None without records."""
        return next((basis for basis, requests in self.requests.items() if requests.count), None)


@dataclass(frozen=True, slots=True)
class KindCounts:
    """Errors of one version by kind."""

    fatal: Mapping[str, int]
    others: Mapping[str, int]


def count_kinds(tally: Tally, texts: Mapping[int, str]) -> KindCounts:
    """Return how often each kind of error came; beyond KINDS_MOST kinds the rarer ones count as one.

    Args:
        tally: whose shapes are named.
        texts: masked message of each pattern.
    """
    fatal, others = Counter[str](), Counter[str]()
    for shape, count in tally.shapes.items():
        kind = name_kind(shape.exception, shape.trace, texts[shape.pattern])
        (fatal if shape.fatal else others)[kind] += count
    return KindCounts(_limit(fatal), _limit(others))


def _limit(counts: Counter[str]) -> Mapping[str, int]:
    if len(counts) <= KINDS_MOST:
        return counts
    kept = dict(counts.most_common(KINDS_MOST))
    return {**kept, OTHER_KINDS: counts.total() - sum(kept.values())}
