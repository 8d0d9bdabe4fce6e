"""A first look at every file before reading: its wrapper, the day and zone of its stamps, the service it is named for.

Source files come in, one `Survey` each goes out, in the order in which they are to be read.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from hotfix.core.settings import SERVICES_MOST, SURVEY_BYTES, SURVEY_LINES
from hotfix.ingest.cleaning import Mark
from hotfix.ingest.clock import Span, choose_day, choose_offset, choose_year
from hotfix.ingest.discovery import STDIN_SHOWN, SourceFile
from hotfix.ingest.formats import FormatReader, Wrapper
from hotfix.ingest.naming import SourceName, name_sources
from hotfix.ingest.sources import is_plain, read_blocks
from hotfix.ingest.timestamps import TimeFormat, find_time_format, is_plausible, parse_times, tell_day_first
from hotfix.ingest.unwrap import find_wrapper, unwrap_lines

_ANY_DAY = date(2000, 1, 1)
_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True, slots=True)
class Survey:
    """How a file is to be read."""

    file: SourceFile
    wrapper: Wrapper | None
    first_day: date  # of the first stamp, where stamps leave out year or date
    offset: timedelta  # how far its clock was ahead of UTC, where stamps leave out the zone
    day_first: bool | None  # whether 01/02 is 1 February; None when no stamp tells
    timezone: str  # the zone of its stamps, and by which rule where something is assumed
    first: datetime | None  # first stamp, for the order of files
    service: str | None  # from the file's or folder's name
    host: str | None  # likewise
    many_services: bool  # its field of services names something else: too many values


@dataclass(frozen=True, slots=True)
class _Look:
    """What the beginning and the end of a file show."""

    file: SourceFile
    wrapper: Wrapper | None
    services: int  # different ones that fields name
    stamps: tuple[str, ...]
    forms: tuple[TimeFormat, ...]  # of the stamps, most frequent first
    zoned: Span | None  # of the stamps with a zone
    naive: Span | None  # of the stamps with a date and no zone, read as UTC
    partial: Span | None  # of the stamps without year or date, read as of the year 2000 or its first day

    @property
    def dated(self) -> Span | None:
        return join_spans([span for span in (self.zoned, self.naive) if span])


def survey_files(
    files: Sequence[SourceFile], reader: FormatReader, wrappers: tuple[Wrapper, ...]
) -> tuple[Survey, ...]:
    """Return one survey per file, rotated sets in order of their content's time."""
    looks = [_look_at(file, reader, wrappers) for file in files]
    dated = join_spans([look.dated for look in looks if look.dated])
    zoned = join_spans([look.zoned for look in looks if look.zoned])
    names = name_sources([file.stream for file in files]) if files else []
    surveys = [_decide(look, name, dated, zoned) for look, name in zip(looks, names, strict=True)]
    return tuple(
        sorted(surveys, key=lambda found: (found.file.stream, found.first or found.file.mtime, found.file.shown))
    )


def place_partial(partial: Span, first_day: date) -> Span:
    """Return a span of stamps without year or date, put where the first day says."""
    if partial.first.date() == _ANY_DAY:
        shift = first_day - _ANY_DAY
        return replace(partial, first=partial.first + shift, last=partial.last + shift)
    first, last = (_put_in_year(moment, first_day.year) for moment in (partial.first, partial.last))
    return replace(partial, first=first, last=last)


def _put_in_year(moment: datetime, year: int) -> datetime:
    """Return the same day and time of another year; 29 February becomes 1 March where there is none."""
    month = moment.replace(day=1)
    return month.replace(year=year) + (moment - month)


def join_spans(spans: Sequence[Span]) -> Span | None:
    """Return the span from the first to the last instant of all spans, or None when there is none."""
    if not spans:
        return None
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return Span(first, last, whole=all(span.whole for span in spans))


def _look_at(file: SourceFile, reader: FormatReader, wrappers: tuple[Wrapper, ...]) -> _Look:
    head, whole = _read_head(file)
    wrapper = find_wrapper(pl.read_lines(head).to_series(), wrappers) if head else None
    tail = b"" if whole or not is_plain(file) else _read_tail(file)
    sampled = [_sample_lines(text, wrapper, reader) for text in (head, tail)]
    stamps = [stamp for stamp, _ in (*sampled[0], *sampled[1]) if stamp]
    services = {service for _, service in (*sampled[0], *sampled[1]) if service}
    forms, whole = _find_forms(stamps), whole or bool(tail)
    return _Look(
        file,
        wrapper,
        len(services),
        tuple(stamps),
        forms,
        zoned=_find_span(stamps, [form for form in forms if form.zoned], whole=whole),
        naive=_find_span(stamps, [form for form in forms if not (form.zoned or form.partial)], whole=whole),
        partial=_find_span(stamps, [form for form in forms if form.partial and not form.zoned], whole=whole),
    )


def _read_head(file: SourceFile) -> tuple[bytes, bool]:
    """Return the first lines, and whether nothing follows them."""
    try:
        blocks = read_blocks(file, lambda _: None, SURVEY_BYTES)
        return next((block.text for block in blocks), b""), next(blocks, None) is None
    except OSError:
        return b"", True


def _read_tail(file: SourceFile) -> bytes:
    """Return the last whole lines of a file whose offsets are places in it."""
    start = Mark(1, max(file.bytes - SURVEY_BYTES, 0))
    try:
        blocks = read_blocks(file, lambda _: None, SURVEY_BYTES, start)
        return b"".join(block.text for block in blocks).partition(b"\n")[2]
    except OSError:
        return b""


def _sample_lines(text: bytes, wrapper: Wrapper | None, reader: FormatReader) -> list[tuple[str | None, str | None]]:
    """Return stamp and service of lines spread over a text."""
    if not text:
        return []
    lines = unwrap_lines(text, 1, wrapper).lines
    sampled: list[tuple[str | None, str | None]] = []
    for line, outer in lines.select("text", "time").gather_every(max(len(lines) // SURVEY_LINES, 1)).iter_rows():
        reading = reader.read(line)
        sampled.append((outer, None) if reading is None else (reading.time or outer, reading.service))
    return sampled


def _find_forms(stamps: Sequence[str]) -> tuple[TimeFormat, ...]:
    told = tell_day_first(stamps)
    shapes = Counter(_DIGIT.sub("1", stamp) for stamp in stamps)
    found = Counter(
        {form: count for shape, count in shapes.items() if (form := find_time_format([shape], day_first=told))}
    )
    return tuple(form for form, _ in found.most_common())


def _find_span(stamps: Sequence[str], forms: Sequence[TimeFormat], *, whole: bool) -> Span | None:
    """Return first and last instant of the stamps that have one of the forms; the first is that of the first stamp."""
    texts = pl.Series(stamps, dtype=pl.String)
    parsed = pl.DataFrame({str(n): parse_times(texts, form, _ANY_DAY, timedelta(0)) for n, form in enumerate(forms)})
    found = parsed.select(time=pl.coalesce(pl.all())).filter(is_plausible(pl.col("time"))) if forms else parsed
    if found.is_empty():
        return None
    times = found["time"].to_list()
    ordered = any(form.partial for form in forms)
    first, last = (times[0], times[-1]) if ordered else (min(times), max(times))
    return Span(first, last, whole)


def _decide(look: _Look, name: SourceName, dated: Span | None, zoned: Span | None) -> Survey:
    """Apply the policy of `clock` to one file."""
    file = look.file
    rules: list[str] = []
    first_day = _choose_first_day(look, dated, rules)
    zoneless = look.naive or (look.partial and place_partial(look.partial, first_day))
    offset = timedelta(0)
    if zoneless and not look.zoned and zoneless.first <= zoneless.last:
        offset = choose_offset(zoneless, zoned)
    if zoneless:
        rules.insert(0, f"UTC{_sign(offset)} assumed: stamps carry no zone")
    day_first = tell_day_first(look.stamps)
    if day_first is None and any(form.core.name.startswith("month first") for form in look.forms):
        rules.append("month before day assumed: no stamp tells")
    known = look.dated or zoneless
    return Survey(
        file=file,
        wrapper=look.wrapper,
        first_day=first_day,
        offset=offset,
        day_first=day_first,
        timezone="; ".join(rules) or ("as stamped" if known else "no stamps"),
        first=known.first - offset if known else None,
        service=None if file.shown == STDIN_SHOWN else name.service,
        host=None if file.shown == STDIN_SHOWN else name.host,
        many_services=look.services > SERVICES_MOST,
    )


def _choose_first_day(look: _Look, dated: Span | None, rules: list[str]) -> date:
    """Return the day of stamps without year or date, and tell by which rule it was chosen."""
    file, reference = look.file, dated.first if dated else None
    if look.partial and any(form.core.yearless for form in look.forms):
        first = look.partial.first
        year, rule = choose_year(first.month, first.day, file.path.name, file.mtime, reference)
        rules.append(f"year {year} {rule}")
        return date(year, first.month, min(first.day, 28))
    day, rule = choose_day(file.path.name, file.mtime, reference)
    if look.partial:
        rules.append(f"day {day} {rule}")
    return day


def _sign(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return "" if not minutes else f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
