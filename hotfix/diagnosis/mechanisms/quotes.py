"""Reads the times that a record quotes beside its own: stamps, dates, times of day, epoch seconds and spans to come.

Records come in, quoted instants go out. A record's own stamp is no quoted time; it tells the zone in which the others
without a zone are meant. It does not know the onset.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import polars as pl

from hotfix.core.settings import EARLIEST_YEAR, LATEST_YEAR, MESSAGE_CHARACTERS, ZONE_SHIFT_LARGEST_H, ZONE_STEP_MIN
from hotfix.diagnosis.mechanisms.messages import Entry
from hotfix.ingest.timestamps import CORES, TimeFormat, find_time_format, parse_times

_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:]))?"
_DATED = "|".join(f"(?:{core.regex})" for core in CORES if not (core.dateless or core.unit) and core.name != "klog")
_STAMP = re.compile(rf"(?<![\w.:/-])(?:{_DATED})(?:[.,]\d{{1,9}})?{_ZONE}")
_OPENSSL = re.compile(rf"(?<!\w)([A-Z][a-z]{{2}}) +(\d{{1,2}}) (\d\d:\d\d:\d\d) (\d{{4}})({_ZONE})")
_MINUTE = re.compile(rf"(?<![\w:-])(\d{{4}}-\d\d-\d\d)[T ](\d\d:\d\d)(?!:?\d)({_ZONE})")
_DAY = re.compile(r"(?<![\w:/-])(\d{4})-(\d\d)-(\d\d)(?![\w:-]|[T ]\d\d:)")
_EPOCH = re.compile(r"(?<![\w.-])(\d{10}|\d{13})(?![\w.-])")
_CLOCK = re.compile(rf"(?<![\w:.-])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\w:]|\.\d)({_ZONE})")
_SPAN = re.compile(
    r"(?<![\w.])(\d{1,7}(?:\.\d+)?) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?|d)?(?![\w.:])"
)
_SPAN_LEAD = re.compile(
    r"(?:\b(?:in|for|after|within|lifetime|ttl)|(?:_|\b)(?:in|ttl|lifetime|seconds|secs|s|max.?age))[\s=:\"']*$"
)
_UNITS_S = {"ms": 0.001, "mi": 60.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")
_OWN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Quote:
    """A time that a record speaks of."""

    entry: Entry
    at: datetime
    shown: str  # as it stands in the record
    before: str  # the words before it
    precision: timedelta  # how finely it is told
    relative: bool = False  # told as a span from the record on


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A stamp that stands somewhere in a record's text."""

    index: int  # of the record
    begin: int
    shown: str
    plain: str  # in a form that `timestamps` reads
    precision: timedelta


def read_quotes(entries: Sequence[Entry]) -> list[Quote]:
    """Return the times that records quote, those of one record in order of place."""
    texts = [entry.text[:MESSAGE_CHARACTERS] for entry in entries]
    stamps = [stamp for index, text in enumerate(texts) for stamp in _find_stamps(index, text)]
    naive = _parse(stamps, entries)
    offsets = _find_offsets(stamps, naive, entries)
    quotes: list[Quote] = []
    owned: set[int] = set()
    for stamp, read in zip(stamps, naive, strict=True):
        if read is None:
            continue
        (time, zoned), entry = read, entries[stamp.index]
        choices = {time} if zoned else {time, time - offsets[stamp.index]}
        if stamp.index not in owned and any(abs(at - entry.time) <= _OWN for at in choices):
            owned.add(stamp.index)
            continue
        before = texts[stamp.index][max(stamp.begin - 60, 0) : stamp.begin]
        quotes += [Quote(entry, at, stamp.shown, before, stamp.precision) for at in sorted(choices)]
    for index, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        clean = _STAMP.sub(lambda found: "@" * len(found[0]), text)
        quotes += _read_numbers(entry, clean)
        quotes += _read_clocks(entry, clean, offsets[index])
    return quotes


def _find_stamps(index: int, text: str) -> Iterator[_Stamp]:
    second, minute, day = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
    taken: list[tuple[int, int]] = []
    for found in _OPENSSL.finditer(text):
        taken.append(found.span())
        plain = f"{int(found[2]):02} {found[1]} {found[4]} {found[3]}{found[5].replace('GMT', 'UTC')}"
        yield _Stamp(index, found.start(), found[0], plain, second)
    for found in _STAMP.finditer(text):
        if not any(begin < found.end() and found.start() < end for begin, end in taken):
            taken.append(found.span())
            yield _Stamp(index, found.start(), found[0], found[0], second)
    for found in _MINUTE.finditer(text):
        if not any(begin < found.end() and found.start() < end for begin, end in taken):
            yield _Stamp(index, found.start(), found[0], f"{found[1]} {found[2]}:00{found[3]}", minute)
    for found in _DAY.finditer(text):
        if not any(begin < found.end() and found.start() < end for begin, end in taken):
            yield _Stamp(index, found.start(), found[0], f"{found[0]} 00:00:00", day)


def _parse(stamps: Sequence[_Stamp], entries: Sequence[Entry]) -> list[tuple[datetime, bool] | None]:
    """Return each stamp's time as if it were UTC, and whether it says its zone; None where it cannot be read."""
    times: list[tuple[datetime, bool] | None] = [None] * len(stamps)
    groups: dict[tuple[TimeFormat, date | None], list[int]] = defaultdict(list)
    for place, stamp in enumerate(stamps):
        form = _find_form(stamp.plain)
        if form is not None and not form.ambiguous:
            groups[form, entries[stamp.index].time.date() if form.partial else None].append(place)
    for (form, day), places in groups.items():
        texts = pl.Series([stamps[place].plain for place in places], dtype=pl.String)
        for place, time in zip(places, parse_times(texts, form, day, timedelta()), strict=True):
            if time is not None and EARLIEST_YEAR <= time.year <= LATEST_YEAR:
                times[place] = (time, form.zoned)
    return times


@lru_cache(maxsize=8192)
def _find_form(stamp: str) -> TimeFormat | None:
    return find_time_format([stamp])


def _find_offsets(
    stamps: Sequence[_Stamp], times: Sequence[tuple[datetime, bool] | None], entries: Sequence[Entry]
) -> list[timedelta]:
    """Return for each record how far its clock is ahead of UTC: its own stamp, the first, against its time."""
    offsets = [timedelta()] * len(entries)
    step = timedelta(minutes=ZONE_STEP_MIN)
    seen: set[int] = set()
    for stamp, read in zip(stamps, times, strict=True):
        if stamp.index in seen or read is None:
            continue
        time, zoned = read
        seen.add(stamp.index)
        said = _OFFSET.search(stamp.shown)
        if said:
            minutes = int(said[2]) * 60 + int(said[3])
            offsets[stamp.index] = timedelta(minutes=-minutes if said[1] == "-" else minutes)
            continue
        ahead = time - entries[stamp.index].time
        whole = round(ahead / step) * step
        if not zoned and abs(ahead - whole) <= _OWN and abs(whole) <= timedelta(hours=ZONE_SHIFT_LARGEST_H):
            offsets[stamp.index] = whole
    return offsets


def _read_numbers(entry: Entry, text: str) -> Iterator[Quote]:
    """Yield epoch seconds and milliseconds, and spans that begin with the record."""
    for found in _EPOCH.finditer(text):
        seconds = int(found[1]) / (1000 if len(found[1]) == 13 else 1)
        at = datetime.fromtimestamp(seconds, UTC)
        if abs(at - entry.time) > _OWN:
            yield Quote(entry, at, found[1], text[max(found.start() - 60, 0) : found.start()], timedelta(seconds=1))
    for found in _SPAN.finditer(text):
        before = text[max(found.start() - 60, 0) : found.start()]
        lead = _SPAN_LEAD.search(before.lower())
        if lead is None or (found[2] is None and not re.search(r"[=:\"']\s*$|ttl", before.lower())):
            continue
        unit = (found[2] or ("ms" if "ms" in lead[0] else "s")).lower()
        factor = _UNITS_S["ms"] if unit.startswith(("ms", "milli")) else _UNITS_S[unit[0]]
        span = timedelta(seconds=min(float(found[1]) * factor, 1e9))
        if span > _OWN:
            yield Quote(entry, entry.time + span, found[0].strip(), before, timedelta(seconds=1), relative=True)


def _read_clocks(entry: Entry, text: str, ahead: timedelta) -> Iterator[Quote]:
    """Yield times of day: on the record's day or, when that is over, the next, in its zone and in UTC."""
    for found in _CLOCK.finditer(text):
        precision = timedelta(seconds=1) if found[3] else timedelta(minutes=1)
        before = text[max(found.start() - 60, 0) : found.start()]
        zones = {timedelta()} if found[4].strip() in {"Z", "UTC", "GMT"} else {timedelta(), ahead}
        for zone in sorted(zones):
            local = entry.time + zone
            at = (
                local.replace(hour=int(found[1]), minute=int(found[2]), second=int(found[3] or 0), microsecond=0) - zone
            )
            yield Quote(entry, at, found[0], before, precision)
            if at < entry.time:
                yield Quote(entry, at + timedelta(days=1), found[0], before, precision)
