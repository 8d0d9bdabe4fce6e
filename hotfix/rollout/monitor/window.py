"""Reads one window of some logs: what was read before comes in, counts of both versions and the new places go out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from hotfix.ingest.compression import DAMAGE
from hotfix.rollout.monitor.counting import Tally
from hotfix.rollout.monitor.follow import Found, Part, Seen, find_parts
from hotfix.rollout.monitor.limits import AHEAD_S, FILES_MOST, GROWING_S, LATE_S
from hotfix.rollout.monitor.reading import OpenPart, PartReader
from hotfix.rollout.monitor.streams import LogStream, Version
from hotfix.signal.series import is_grave


@dataclass(frozen=True, slots=True)
class Span:
    """A window, Unix seconds, and when it is looked at."""

    begin_s: float
    end_s: float
    now_s: float

    def find_later(self, records: pl.DataFrame) -> int | None:
        """Return the first line of the first record that is of a later window; None for none.

        A record that is dated ahead of its host's clock is of this one: it would be waited for.
        """
        end, now = (datetime.fromtimestamp(at, UTC) for at in (self.end_s, max(self.now_s, self.end_s) + AHEAD_S))
        later = records.filter(~pl.col("time_inferred") & pl.col("time").is_between(end, now))
        return None if later.is_empty() else int(later["line"].min())  # type: ignore[arg-type]  # it has rows


@dataclass(frozen=True, slots=True)
class StreamMark:
    """How far the logs of a stream were read."""

    seen: tuple[Seen, ...] = ()
    since_s: float = 0.0  # Unix time of the last change to any of them when the rollout began


@dataclass(slots=True)
class Counted:
    """What was read in a window."""

    tallies: Mapping[Version, Tally] = field(default_factory=lambda: {version: Tally() for version in Version})
    there: set[Version] = field(default_factory=set)  # whose logs lie there and can be read
    unnamed: int = 0  # records that name neither version
    seen: list[Seen] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def merge(self, other: "Counted") -> None:
        """Add what was read elsewhere."""
        for version, tally in self.tallies.items():
            tally.merge(other.tallies[version])
        self.there |= other.there
        self.unnamed += other.unnamed
        self.notes += other.notes


def read_window(
    stream: LogStream, others: Collection[Path], mark: StreamMark, span: Span, reader: PartReader
) -> Counted:
    """Return what the logs of a stream got in a window, and how far each is read by now.

    Args:
        stream: the logs.
        others: paths that are of other streams.
        mark: how far they were read before.
        span: the window.
        reader: reads them.
    """
    try:
        return _read_found(find_parts(stream.paths, others, mark.seen, mark.since_s), stream, span, reader)
    except DAMAGE as error:  # taken away while it was read: the next window finds it under its new name
        fault = getattr(error, "strerror", None) or error
        note = f"a log changed while it was looked at ({fault}); it is read in the next window"
        return Counted(seen=list(mark.seen), notes=[note])


def _read_found(found: Found, stream: LogStream, span: Span, reader: PartReader) -> Counted:
    counted = Counted(
        seen=[replace(one, live=False) for one in found.missing[-FILES_MOST:]],
        notes=[
            *(f"{path} cannot be read: {fault}" for path, fault in found.faults.items()),
            *(f"{path} was cut or removed, and its rest is lost" for path in found.lost),
        ],
    )
    if any(part.file.live for part in found.parts):
        counted.there.update(Version if stream.version is None else (stream.version,))
    for part in found.parts:
        if part.begin == part.end:
            counted.seen.append(part.see(part.begin))
            continue
        one, told = _PartWindow(stream, span, reader.open(part, span.begin_s, stream.pattern)), len(reader.skipped)
        offset = one.read()
        if part.is_there():
            counted.merge(one.counted)
            counted.seen.append(part.see(offset))
        else:  # rotated while it was read: the next window reads it under its new name
            counted.seen.append(part.see(part.begin))
            del reader.skipped[told:]
    return counted


@dataclass(slots=True)
class _PartWindow:
    """One part of a log while a window is taken from it."""

    stream: LogStream
    span: Span
    opened: OpenPart
    counted: Counted = field(default_factory=Counted)
    _cut: int | None = None  # first line that is of the next window
    _done: int = 0  # last line that is counted

    def read(self) -> int:
        """Count the records of the window; return the offset at which the next one begins."""
        waiting: pl.DataFrame | None = None
        for records in self.opened.read():
            if waiting is not None:
                self._count(waiting)
            waiting = self._cut_later(records)
        if waiting is not None:
            self._count(self._hold_growing(waiting, self.opened.part))
        return self.opened.part.end if self._cut is None else self.opened.find_offset(self._cut)

    def _cut_later(self, records: pl.DataFrame) -> pl.DataFrame:
        later = self.span.find_later(records)
        if later is not None:
            self._cut = max(min(later, self._cut or later), self._done + 1)
            self.opened.stop()
        return records if self._cut is None else records.filter(pl.col("line") < self._cut)

    def _hold_growing(self, records: pl.DataFrame, part: Part) -> pl.DataFrame:
        """Leave an error at the end of a log that is just written to the next window: its trace may still come."""
        growing = self.span.now_s - part.file.mtime < GROWING_S
        if self._cut is not None or not growing or records[-1].filter(is_grave()).is_empty():
            return records
        if (last := int(records["line"][-1])) <= self._done:
            return records
        self._cut = last
        return records[:-1]

    def _count(self, records: pl.DataFrame) -> None:
        if records.is_empty():
            return
        self._done = max(self._done, int(records["line"].max()))  # type: ignore[arg-type]  # it has rows
        named = 0
        for version, own in self.stream.split(self.opened, records):
            self.counted.tallies[version].add(own, self.span.begin_s - LATE_S)
            named += len(own)
        self.counted.unnamed += len(records) - named
