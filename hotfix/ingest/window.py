"""Which part of the time is looked at: texts of the user and the times of the records in, two instants out."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from hotfix.core.errors import UsageError
from hotfix.core.text import format_time
from hotfix.ingest.timestamps import TimeFormat, find_time_format, is_plausible, parse_times

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d|w)", re.IGNORECASE)
_UNITS = {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MINUTE = re.compile(r"((?:\d{4}-\d\d-\d\d[T ])?\d\d?:\d\d)(Z|[+-]\d\d:?\d\d)?")


@dataclass(frozen=True, slots=True)
class WindowRequest:
    """What the user asked for, as written; None where nothing was said."""

    since: str | None = None
    until: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Instants between which records are looked at, both included; None where it is open."""

    since: datetime | None
    until: datetime | None

    def holds(self) -> pl.Expr:
        """Return the expression that tells records inside; records without a time are outside of any bound."""
        time = pl.col("time")
        after = pl.lit(value=True) if self.since is None else time >= self.since
        before = pl.lit(value=True) if self.until is None else time <= self.until
        return after & before

    def describe(self) -> str:
        """Return the window in words."""
        since = "the beginning" if self.since is None else format_time(self.since)
        return f"from {since} to {'the end' if self.until is None else format_time(self.until)}"


def choose_window(request: WindowRequest, first: datetime, last: datetime) -> Window | None:
    """Return the window that is meant, or None when everything is.

    A time of day without a date is of the day of the last record; ``last`` counts back from the last record, never from
    now. Times without a zone are UTC.

    Args:
        request: what the user wrote.
        first: time of the first record.
        last: time of the last record.

    Raises:
        UsageError: a text is no time or span, both ``since`` and ``last`` are given, or the window holds no record.
    """
    if request.since and request.last:
        raise UsageError("expected --since or --last, found both; leave one out")
    since = parse_time("--since", request.since, last)
    until = parse_time("--until", request.until, last)
    if request.last:
        since = (until or last) - _parse_span(request.last)
    if since is None and until is None:
        return None
    window = Window(since, until)
    if (since or first) > last or (until or last) < first or (since and until and since > until):
        held = f"{format_time(first)} to {format_time(last)}"
        raise UsageError(f"expected a window that holds records, found {window.describe()}; the records are {held}")
    return window


def parse_time(option: str, text: str | None, last: datetime) -> datetime | None:
    """Return the instant that a user means, None when nothing was said; a time of day is of the day of `last`.

    Raises:
        UsageError: the text is no time; the message names the option.
    """
    if text is None:
        return None
    whole = text.strip()
    if _DAY.fullmatch(whole):
        whole += " 00:00:00"
    elif minute := _MINUTE.fullmatch(whole):
        whole = f"{minute[1]}:00{minute[2] or ''}"
    form = find_time_format([whole])
    times = [] if form is None else _read_times(whole, form, last)
    if not times:
        raise UsageError(f"{option}: expected a time such as 2026-01-15T14:30Z or 14:30, found {text!r}")
    return times[0].astimezone(UTC)


def _read_times(text: str, form: TimeFormat, last: datetime) -> list[datetime]:
    """Return the instant, or nothing when no record can be from then."""
    times = parse_times(pl.Series("time", [text]), form, last.date(), timedelta(0))
    return times.to_frame("time").filter(is_plausible(pl.col("time"))).to_series().to_list()


def _parse_span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--last: expected a span such as 30m, 2h or 1d, found {text!r}")
    return timedelta(seconds=float(found[1]) * _UNITS[found[2].lower()])
