"""Watches both versions by their live logs, read as `hotfix analyze` reads logs, from where the last window ended.

A record counts in the window of its own time, and one that comes late in the window in which it is read: none twice,
none left out. A version of which no line came is not heard.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from hotfix.core.configtable import Table
from hotfix.rollout.contract import Observation, Side
from hotfix.rollout.monitor.contract import Watched
from hotfix.rollout.monitor.counting import Basis, Tally, count_kinds
from hotfix.rollout.monitor.follow import Found, find_all
from hotfix.rollout.monitor.history import read_history
from hotfix.rollout.monitor.incident import IncidentKinds
from hotfix.rollout.monitor.kinds import Kinds
from hotfix.rollout.monitor.limits import KINDS_MOST, LATE_S, NOTES_MOST, TRIES
from hotfix.rollout.monitor.marks import LogMark, read_log_mark
from hotfix.rollout.monitor.newness import Errors, Known, sort_errors
from hotfix.rollout.monitor.reading import PartReader
from hotfix.rollout.monitor.streams import LogStream, Version, list_others, read_streams
from hotfix.rollout.monitor.window import Counted, Span, StreamMark, read_window


@dataclass(frozen=True, slots=True)
class LogMonitor:
    """The logs of both versions, and what the incident tells of errors."""

    streams: tuple[LogStream, ...]
    incident: IncidentKinds = field(default_factory=IncidentKinds)
    counts: bool = True  # it tells whether a version lives; False: another source does, and silence is none of errors
    clock: Callable[[], float] = field(default=time.time, compare=False)

    def begin(self) -> str:
        """Return where the logs end, with what the old version's tell of the time before."""
        return self._begin().write()

    def observe(self, mark: str, phase: int, begin_s: float, end_s: float) -> Watched:
        """Return what the logs got in a window."""
        before = read_log_mark(mark, len(self.streams))
        if before is None:
            note = f"expected a mark of logs, found {mark!r:.60}: they are watched from here on"
            return Watched(Observation(phase, begin_s, end_s, Side(), Side()), self.begin(), (note,))
        span, reader = Span(begin_s, end_s, self.clock()), PartReader()
        counted = [
            read_window(stream, list_others(self.streams, stream), known, span, reader)
            for stream, known in zip(self.streams, before.streams, strict=True)
        ]
        whole = Counted()
        for one in counted:
            whole.merge(one)
        basis = before.basis or _choose_basis(whole.tallies)
        errors = self._sort_errors(whole, before, reader)
        new, old = (
            self._make_side(whole, version, basis, span, errors.bug[version]) for version in (Version.NEW, Version.OLD)
        )
        usual = before.history.usual_per_s
        observation = Observation(
            phase=phase,
            begin_s=begin_s,
            end_s=end_s,
            canary=new,
            baseline=old,
            fatal=errors.fatal,
            usual_requests=None if usual is None else usual * (end_s - begin_s),
            new_errors=errors.others,
        )
        after = LogMark(
            streams=tuple(
                replace(known, seen=tuple(one.seen)) for known, one in zip(before.streams, counted, strict=True)
            ),
            history=before.history,
            basis=basis,
            new=tuple(dict.fromkeys((*before.new, *errors.names)))[:KINDS_MOST],
        )
        skipped = (f"{one.where}: {one.reason}" for one in reader.skipped)
        notes = dict.fromkeys((*whole.notes, *skipped, *self._say_counts(whole, before, basis)))
        return Watched(observation, after.write(), tuple(notes)[:NOTES_MOST])

    def _sort_errors(self, counted: Counted, before: LogMark, reader: PartReader) -> Errors:
        texts = reader.list_texts()
        kinds = {version: count_kinds(tally, texts) for version, tally in counted.tallies.items()}
        return sort_errors(kinds, Known(self.incident, Kinds(before.history.kinds), Kinds(before.new)))

    def _make_side(self, counted: Counted, version: Version, basis: Basis | None, span: Span, bug: int) -> Side:
        """Return what a version did; one that wrote nothing was not heard, whatever that means."""
        tally = counted.tallies[version]
        if basis is None or not tally.records:
            return Side(last_data_s=span.end_s if version in counted.there and not self.counts else None)
        requests = tally.requests[basis]
        newest_s = span.end_s if tally.last_s is None else tally.last_s
        heard_s = min(max(newest_s, span.begin_s), span.end_s)
        return Side(requests.count, requests.failed, requests.latency, bug, heard_s)

    def _say_counts(self, counted: Counted, before: LogMark, basis: Basis | None) -> Iterator[str]:
        for version, tally in counted.tallies.items():
            if version not in counted.there:
                yield f"there is no log of the {version} version"
            elif self.counts and not tally.records:
                yield f"the log of the {version} version is silent"
            elif self.counts and basis and not tally.requests[basis].count:
                yield f"the log of the {version} version has {tally.records:,} records, none of them of a request"
            if tally.late:
                late = f"{tally.late:,} records of the {version} version came more than {LATE_S:g} s after their window"
                yield f"{late}: they are written late, or their clock or zone is another"
        if counted.unnamed:
            yield f"{counted.unnamed:,} records name neither version"
        if self.counts and basis is Basis.RECORD:
            yield "no record has a status or a duration: all records are counted as requests"
        if not before.history.records:
            yield "nothing is known of what the old version logged before: each of its errors is new"

    def _begin(self) -> LogMark:
        found = [_find_all(stream, list_others(self.streams, stream)) for stream in self.streams]
        now_s = self.clock()
        marks = tuple(
            StreamMark(tuple(part.see(part.end) for part in one.parts), min(one.newest_s, now_s)) for one in found
        )
        at = next(at for at, stream in enumerate(self.streams) if stream.version is not Version.NEW)
        basis, history = read_history(self.streams[at], found[at].parts, PartReader(), self.incident.began_s)
        return LogMark(marks, history, basis)


def read_logs(table: Table, incident: IncidentKinds, *, counts: bool) -> LogMonitor:
    """Return the monitor of a table with `source = "logs"`; `counts` says whether requests are counted by it.

    Raises:
        UsageError: a key is missing or of another kind.
    """
    return LogMonitor(read_streams(table), incident, counts)


def _choose_basis(tallies: Mapping[Version, Tally]) -> Basis | None:
    both = Tally()
    for tally in tallies.values():
        both.merge(tally)
    return both.find_basis()


def _find_all(stream: LogStream, others: set[Path]) -> Found:
    """Return the logs of a stream; looked for again where one was rotated at this moment."""
    for _ in range(TRIES):
        with suppress(OSError):
            return find_all(stream.paths, others)
    return Found((), (), {})
