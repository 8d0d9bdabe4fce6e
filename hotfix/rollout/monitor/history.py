"""Reads what the old version logged before a rollout: which errors it has, what a request is, how many usually come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from hotfix.rollout.monitor.counting import IS_REQUEST, Basis, Tally, count_kinds
from hotfix.rollout.monitor.follow import Part
from hotfix.rollout.monitor.kinds import mine_kinds
from hotfix.rollout.monitor.limits import HISTORY_BYTES, HISTORY_REQUESTS_LEAST, HISTORY_S, HISTORY_S_LEAST, KINDS_MOST
from hotfix.rollout.monitor.reading import PartReader
from hotfix.rollout.monitor.streams import LogStream, Version

_STEP_S = 10.0


@dataclass(frozen=True, slots=True)
class History:
    """What is known of the old version before the rollout."""

    records: int = 0
    kinds: tuple[str, ...] = ()  # of errors, each as the template of those that differ in words
    usual_per_s: float | None = None  # requests; None where too little is known


@dataclass(slots=True)
class _Past:
    """What is being read."""

    tally: Tally = field(default_factory=Tally)
    requests: Mapping[Basis, Counter[float]] = field(default_factory=lambda: {basis: Counter() for basis in Basis})
    """Requests by the begin of their step of time."""

    def add(self, records: pl.DataFrame) -> None:
        self.tally.add(records, 0.0)
        step = (pl.col("time").dt.epoch("us") / (1e6 * _STEP_S)).floor() * _STEP_S
        for basis, counts in self.requests.items():
            found = records.filter(IS_REQUEST[basis]).drop_nulls("time").group_by(step.alias("step")).len()
            for at, count in found.iter_rows():
                counts[at] += count


def read_history(
    stream: LogStream, parts: Sequence[Part], reader: PartReader, began_s: float | None
) -> tuple[Basis | None, History]:
    """Return what a request is in the old version's logs, and what their newest HISTORY_BYTES tell.

    Args:
        stream: the logs.
        parts: the files of the stream, whole, oldest first; compressed ones are left alone.
        reader: reads them.
        began_s: when the incident began.
    """
    past, left = _Past(), HISTORY_BYTES
    for part in [part for part in parts if part.file.plain][::-1]:
        begin = max(part.end - left, 0)
        left -= part.end - begin
        opened = reader.open(Part(part.file, begin, part.end), part.file.mtime, stream.pattern)
        for records in opened.read():
            whole = records.filter(pl.col("line") > 1) if begin else records
            for version, own in stream.split(opened, whole):
                if version is Version.OLD:
                    past.add(own)
        if left <= 0:
            break
    return _sum_up(past, reader, began_s)


def _sum_up(past: _Past, reader: PartReader, began_s: float | None) -> tuple[Basis | None, History]:
    counts = count_kinds(past.tally, reader.list_texts())
    basis = past.tally.find_basis()
    return basis, History(
        records=past.tally.records,
        kinds=tuple(dict.fromkeys(mine_kinds({**counts.others, **counts.fatal}).values()))[:KINDS_MOST],
        usual_per_s=_find_usual(past.requests[basis], began_s) if basis else None,
    )


def _find_usual(requests: Counter[float], began_s: float | None) -> float | None:
    """Return the requests per second now or before the incident, whichever are fewer.

    While things fail clients try again, and others stay away: what is missed then is not the new version's fault.
    """
    before = Counter({at: count for at, count in requests.items() if began_s is not None and at + _STEP_S <= began_s})
    return min(filter(None, map(_find_rate, (requests, before))), default=None)


def _find_rate(requests: Counter[float]) -> float | None:
    """Return the requests per second of the last HISTORY_S; the steps in which it begins and ends are not whole."""
    if not requests:
        return None
    end = max(requests)
    begin = max(min(requests) + _STEP_S, end - HISTORY_S)
    count = sum(number for at, number in requests.items() if begin <= at < end)
    if count < HISTORY_REQUESTS_LEAST or end - begin < HISTORY_S_LEAST:
        return None
    return count / (end - begin)
