"""Counts the requests of each version in a log that names the version on each line, from a mark on.

The log may be rotated between: what was still written to the old file is read there, while it is not compressed.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.configtable import Table
from hotfix.rollout.traffic.contract import Moved, TrafficError
from hotfix.rollout.traffic.marks import Mark, read_mark

_OFFSET, _NEW, _OLD = "offset", "new", "old"


@dataclass(frozen=True, slots=True)
class LogCounter:
    """The log, a pattern whose one group is the version of a line, and what the versions are called there."""

    log: Path
    pattern: re.Pattern[bytes]
    new: frozenset[bytes]
    old: frozenset[bytes]

    def mark_count(self) -> str:
        """Return the end of the log; one that is not there yet is taken from its begin."""
        status = self._stat()
        return Mark(self._name(status), {_OFFSET: status.st_size if status else 0}).write()

    def measure_share(self, mark: str) -> Moved:
        """Return the requests of whole lines that were written since a mark, and a mark that holds them already.

        Raises:
            TrafficError: the log cannot be read, or the mark is of something else.
        """
        before, notes, seen, end = read_mark(mark), list[str](), Counter[bytes](), 0
        status = self._stat()
        try:
            for path, begin in self._list_parts(before, status, notes):
                end = begin
                for line in _read_lines(path, begin):
                    seen.update(self.pattern.findall(line))
                    end += len(line)
        except OSError as error:
            raise TrafficError(f"expected a log at {self.log}, found: {error.strerror}") from None
        new, old = (
            before.totals.get(side, 0) + sum(seen[name] for name in names)
            for side, names in ((_NEW, self.new), (_OLD, self.old))
        )
        if strangers := sorted(set(seen) - self.new - self.old):
            name = strangers[0].decode(errors="replace")
            notes.append(f"{self.log.name} names {name!r}, which is neither the new nor the old version")
        after = Mark(self._name(status), {_OFFSET: end if status else 0, _NEW: new, _OLD: old})
        return Moved(new, old, tuple(notes), after.write())

    def _list_parts(self, before: Mark, status: os.stat_result | None, notes: list[str]) -> Iterator[tuple[Path, int]]:
        """Yield the files that hold what was written since a mark, each with the offset from which on."""
        begin = before.totals.get(_OFFSET, 0)
        if self._name(status) != before.source:
            rotated = self._find(before.source)
            if rotated is not None:
                yield rotated, begin
            elif begin:
                notes.append(f"{self.log.name} was rotated, and what came before is not counted")
            begin = 0
        elif status is not None and status.st_size < begin:
            notes.append(f"{self.log.name} was cut, and what came before is not counted")
            begin = 0
        if status is not None:
            yield self.log, begin

    def _find(self, source: str) -> Path | None:
        beside = self.log.parent.glob(f"{self.log.name}*")
        return next((path for path in beside if self._name(path.stat()) == source), None)

    def _name(self, status: os.stat_result | None) -> str:
        return f"log {status.st_dev}:{status.st_ino}" if status else "no log"

    def _stat(self) -> os.stat_result | None:
        try:
            return self.log.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TrafficError(f"expected a log at {self.log}, found: {error.strerror}") from None


def read_log_counter(table: Table, new: tuple[str, ...], old: tuple[str, ...]) -> LogCounter | None:
    """Return the counter that the keys `log` and `log_pattern` describe; None without them."""
    if not table.has("log") and not table.has("log_pattern"):
        return None
    names = (frozenset(name.encode() for name in side) for side in (new, old))
    return LogCounter(table.file("log"), table.pattern("log_pattern", "the version"), *names)


def mark_log(counter: LogCounter | None) -> str | None:
    """Return where a log stands; None where none is counted."""
    return counter.mark_count() if counter else None


def measure_log(counter: LogCounter | None, mark: str) -> Moved:
    """Return the requests of a log since a mark.

    Raises:
        TrafficError: no log is counted, or as `LogCounter.measure_share`.
    """
    if counter is None:
        raise TrafficError("expected the key log in [deploy.traffic] to count requests, found none")
    return counter.measure_share(mark)


def _read_lines(path: Path, begin: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        for line in file:
            if line.endswith(b"\n"):
                yield line
