"""A first look at every file before reading: its wrapper, the day and zone of its stamps, the service it is named for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath

import polars as pl

from hotfix.core.settings import SURVEY_BYTES, SURVEY_LINES
from hotfix.ingest.cleaning import FILE_START, Mark
from hotfix.ingest.clock import Span, choose_day, choose_offset, choose_year
from hotfix.ingest.discovery import SourceFile
from hotfix.ingest.formats import FormatReader, Wrapper
from hotfix.ingest.sources import is_plain, read_blocks
from hotfix.ingest.timestamps import find_time_format, parse_times
from hotfix.ingest.unwrap import find_wrapper, unwrap_lines

_ANY_DAY = date(2000, 1, 1)

_GENERIC_NAMES = frozenset(
    ["access", "error", "log", "logs", "stdout", "stderr", "out", "err", "output", "app", "application", "main", "server", "service", "messages", "message", "current", "console", "debug", "info", "warn", "warning", "trace", "all", "combined", "daemon", "default", "json", "text", "container", "data", "var", "tmp"]
)
_POD = re.compile(r"-[0-9a-f]{8,10}-[a-z0-9]{5}$")


@dataclass(frozen=True, slots=True)
class Survey:
    """How a file is to be read."""

    file: SourceFile
    wrapper: Wrapper | None
    first_day: date | None  # of the first stamp, where stamps leave out year or date
    offset: timedelta  # how far its clock was ahead of UTC, where stamps leave out the zone
    timezone: str  # the zone of its stamps, and by which rule where it is assumed
    first: datetime | None  # first stamp, for the order of files
    service: str | None  # from the file's or folder's name


@dataclass(frozen=True, slots=True)
class _Look:
    """What the beginning and the end of a file show."""

    file: SourceFile
    wrapper: Wrapper | None
    zoned: bool
    yearless: bool
    dateless: bool
    span: Span | None  # stamps as read with day 1 January 2000 and UTC where they leave something out


def survey_files(
    files: Sequence[SourceFile], reader: FormatReader, wrappers: tuple[Wrapper, ...]
) -> tuple[Survey, ...]:
    """Return one survey per file, rotated sets in order of their content's time."""
    looks = [_look_at(file, reader, wrappers) for file in files]
    dated = _join_spans([look.span for look in looks if look.span and not (look.yearless or look.dateless)])
    zoned = _join_spans([look.span for look in looks if look.span and look.zoned])
    surveys = [_decide(look, dated, zoned) for look in looks]
    return tuple(
        sorted(surveys, key=lambda found: (found.file.stream, found.first or found.file.mtime, found.file.shown))
    )


def name_service(shown: str) -> str | None:
    """Return the service that a path is named for: by the file, else by its nearest telling folder; without replica marks."""
    path = PurePath(shown)
    for name in (path.name.split(".")[0], *reversed(path.parent.parts)):
        words = re.split(r"[-_.]", _POD.sub("", name.lower()))
        telling = [word for word in words if word not in _GENERIC_NAMES and not word.isdigit() and word.isalnum()]
        if telling:
            return "-".join(telling)
    return None


def _look_at(file: SourceFile, reader: FormatReader, wrappers: tuple[Wrapper, ...]) -> _Look:
    head = _read_some(file, FILE_START)
    wrapper = find_wrapper(pl.read_lines(head).to_series(), wrappers) if head else None
    far = file.bytes > 2 * SURVEY_BYTES and is_plain(file)
    tail = _read_some(file, Mark(1, file.bytes - SURVEY_BYTES)).partition(b"\n")[2] if far else b""
    stamps = _read_stamps(head, wrapper, reader) + _read_stamps(tail, wrapper, reader)
    form = find_time_format(stamps)
    if form is None:
        return _Look(file, wrapper, zoned=False, yearless=False, dateless=False, span=None)
    times = parse_times(pl.Series(stamps, dtype=pl.String), form, _ANY_DAY, timedelta(0)).drop_nulls()
    span = Span(times.min(), times.max()) if len(times) else None  # type: ignore[arg-type]
    return _Look(file, wrapper, form.zoned, form.core.yearless, form.core.dateless, span)


def _read_some(file: SourceFile, start: Mark) -> bytes:
    try:
        blocks = read_blocks(file, lambda _: None, SURVEY_BYTES, start)
        return next((block.text for block in blocks), b"")
    except OSError:
        return b""


def _read_stamps(text: bytes, wrapper: Wrapper | None, reader: FormatReader) -> list[str]:
    if not text:
        return []
    lines = unwrap_lines(text, 1, wrapper).lines
    step = max(len(lines) // SURVEY_LINES, 1)
    stamps = []
    for line, outer in lines.select("text", "time").gather_every(step).iter_rows():
        reading = reader.read(line)
        stamp = (reading.time if reading else None) or outer
        if stamp:
            stamps.append(stamp)
    return stamps


def _decide(look: _Look, dated: Span | None, zoned: Span | None) -> Survey:
    """Apply the policy of `clock` to one file."""
    file, span = look.file, look.span
    reference = dated.first if dated else None
    first_day, rules = None, []
    if look.yearless and span:
        year, rule = choose_year(span.first.month, span.first.day, file.path.name, file.mtime, reference)
        first_day = date(year, 1, 1)
        rules.append(f"year {year} {rule}")
    elif look.dateless:
        first_day, rule = choose_day(file.path.name, file.mtime, reference)
        rules.append(f"day {first_day} {rule}")
    offset = timedelta(0)
    if span and not look.zoned and not (look.yearless or look.dateless):
        offset = choose_offset(span, zoned)
    if span and not look.zoned:
        rules.insert(0, f"UTC{_sign(offset)} assumed: stamps carry no zone")
    return Survey(
        file=file,
        wrapper=look.wrapper,
        first_day=first_day,
        offset=offset,
        timezone="; ".join(rules) or ("as stamped" if span else "no stamps"),
        first=None if span is None or look.yearless or look.dateless else span.first - offset,
        service=name_service(file.shown),
    )


def _sign(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return "" if not minutes else f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _join_spans(spans: Sequence[Span]) -> Span | None:
    return Span(min(span.first for span in spans), max(span.last for span in spans)) if spans else None
