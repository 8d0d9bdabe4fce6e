"""Finds times and spans in a request, and writes them as the options of commands take them.

A time of day without a date is of the day of the last record, and a time without a zone is UTC, as in ``--since``.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from hotfix.agents.contract import Kind, Mark
from hotfix.core.errors import UsageError
from hotfix.ingest.timestamps import ZONE_OFFSETS_H
from hotfix.ingest.window import parse_time

_DAY = r"\d{4}-\d\d-\d\d"
_CLOCK = r"(?:\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?: ?[AaPp][Mm](?=Z?\b))?|\d{1,2} ?[AaPp][Mm](?=Z?\b))"
_ZONE = rf"(?: ?Z\b| ?[+-]\d\d:?\d\d\b| (?:{'|'.join(ZONE_OFFSETS_H)})\b)"
_TIME = rf"(?:(?:{_DAY}[T ])?{_CLOCK}{_ZONE}?|{_DAY})"
_EDGE = r"(?<![\w.:/-])"
_ABOUT = r"(?:(?:about|around|ca\.?) )?"

_RANGE = re.compile(
    rf"(?:\b(?:from|between|since|after) )?{_EDGE}(?P<since>{_TIME})"
    rf"(?: ?[-–—] ?| (?:to|until|till|and) )(?P<until>{_TIME})(?![\w:])",
    re.IGNORECASE,
)
_BOUND = re.compile(
    rf"\b(?:(?P<open>since|after|from|starting at)|until|till|before|up to) {_ABOUT}(?P<time>{_TIME})(?![\w:])",
    re.IGNORECASE,
)
_LONE = re.compile(rf"{_EDGE}(?P<time>{_TIME})(?![\w:])")
_SPAN = re.compile(
    r"\b(?:last|past) (?P<count>\d+(?:\.\d+)?)? ?"
    r"(?P<unit>s|m|h|d|w|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(rf"(?<=[\dMm]){_ZONE}$", re.IGNORECASE)
_PARTS = re.compile(rf"(?:(?P<day>{_DAY})[T ])?(?P<clock>[\d:.,]+) ?(?P<half>[AaPp][Mm])? ?(?P<zone>\S+)?")


def find_spans(text: str) -> Iterator[Mark]:
    """Yield ``last 30 minutes`` as ``30m``."""
    for found in _SPAN.finditer(text):
        yield Mark(Kind.LAST, f"{found['count'] or 1}{found['unit'][0].lower()}", *found.span())


def find_ranges(text: str) -> Iterator[Mark]:
    """Yield the two ends of each range, such as ``from 14:00 to 15:00``.

    Raises:
        UsageError: an end is no time.
    """
    for found in _RANGE.finditer(text):
        since, until = found["since"], found["until"]
        if (zone := _ENDING.search(until)) and not _ENDING.search(since):
            since += zone[0]
        until = write_time(until)
        if day := re.match(_DAY, since):
            until = add_day(until, day[0])
        yield Mark(Kind.SINCE, write_time(since), found.start(), found.end("since"))
        yield Mark(Kind.UNTIL, until, found.end("since"), found.end())


def find_bounds(text: str) -> Iterator[Mark]:
    """Yield times behind a word such as ``since`` or ``until``.

    Raises:
        UsageError: what stands there is no time.
    """
    for found in _BOUND.finditer(text):
        yield Mark(Kind.SINCE if found["open"] else Kind.UNTIL, write_time(found["time"]), *found.span())


def find_moments(text: str) -> Iterator[Mark]:
    """Yield days and times that stand alone.

    Raises:
        UsageError: one is no time.
    """
    for found in _LONE.finditer(text):
        is_day = re.fullmatch(_DAY, found["time"]) is not None
        yield Mark(Kind.DAY if is_day else Kind.MOMENT, write_time(found["time"]), *found.span())


def write_time(said: str) -> str:
    """Return a time as ``--since`` takes it, for example ``2026-01-15 14:30:00 CET`` or ``14:30:00Z``.

    Raises:
        UsageError: no such time exists.
    """
    parts = _PARTS.fullmatch(said)
    written = said if parts is None or re.fullmatch(_DAY, said) else _put_together(parts)
    try:
        parse_time("request", written, datetime(2026, 1, 15, tzinfo=UTC))  # any day: it is asked whether there is one
    except UsageError:
        raise UsageError(f"expected a time such as 14:30 or 2026-01-15T14:30Z in the request, found {said!r}") from None
    return written


def add_day(time: str, day: str) -> str:
    """Return a time of day as one of a day; a time that has a day stays as it is."""
    return time if re.match(_DAY, time) else f"{day} {time}"


def _put_together(parts: re.Match[str]) -> str:
    clock = parts["clock"] + ":00" * (2 - parts["clock"].count(":"))
    if parts["half"]:
        hour, rest = clock.split(":", 1)
        clock = f"{int(hour) % 12 + (12 if parts['half'].lower() == 'pm' else 0):02}:{rest}"
    zone = (parts["zone"] or "").upper()
    spaced = f" {zone}" if zone.isalpha() and zone != "Z" else zone
    return f"{parts['day']} {clock}{spaced}" if parts["day"] else f"{clock}{spaced}"
