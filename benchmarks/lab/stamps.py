"""Reads the time of a recorded line, to confirm from the logs when the bad behaviour began."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?")
_OTHERS = (
    (re.compile(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d"), "%d/%b/%Y:%H:%M:%S"),
    (re.compile(r"[A-Z][a-z]{2} \d\d, \d{4} \d{1,2}:\d\d:\d\d [AP]M"), "%b %d, %Y %I:%M:%S %p"),
    (re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"), "%Y/%m/%d %H:%M:%S"),
    (re.compile(r"\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3}"), "%d %b %Y %H:%M:%S.%f"),
)


def read_stamp(line: str) -> datetime | None:
    """Returns the first time in a line, taken as UTC as everything in the lab is; None where there is none."""
    if found := re.search(r'"time":(\d{13})\b', line):
        return datetime.fromtimestamp(int(found[1]) / 1000, UTC)
    if found := _ISO.search(line):
        return datetime.fromisoformat(found[0].replace(",", ".")).replace(tzinfo=UTC)
    for pattern, form in _OTHERS:
        if found := pattern.search(line):
            return datetime.strptime(found[0], form).replace(tzinfo=UTC)
    return None


def read_lines(log: Path) -> Iterator[tuple[datetime, str, str]]:
    """Yields (time, line, `file:number`) of a log and its rotated parts; a line with no time has the one before."""
    for part in sorted(log.parent.glob(log.name + "*")):
        at = None
        for number, line in enumerate(part.read_text(errors="replace").splitlines(), start=1):
            at = read_stamp(line) or at
            if at is not None:
                yield at, line, f"{part.name}:{number}"


def find_all(log: Path, pattern: str, after: datetime) -> list[tuple[datetime, str]]:
    """Returns the times and places of all matching lines not before `after` (to the second), in order of time.

    Raises:
        ValueError: no line matches.
    """
    since = after.replace(microsecond=0)
    found = [(at, place) for at, line, place in read_lines(log) if at >= since and re.search(pattern, line)]
    if not found:
        raise ValueError(f"expected a line matching {pattern!r} in {log} after {since}, found none")
    return sorted(found)


def find_first(log: Path, pattern: str, after: datetime) -> tuple[datetime, str]:
    """Returns the time and the place of the earliest matching line not before `after` (to the second)."""
    return find_all(log, pattern, after)[0]
