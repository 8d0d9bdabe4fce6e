"""Reads stamps of every common form as columns: texts come in, instants go out; what fits no form is null.

A form is a core (the date and the time of day) with an optional fraction and an optional zone. Which one a set of
stamps has is decided by vote over a sample; polars' own inference is not used (it reads 01/02 as 1 February).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import polars as pl

from hotfix.core.schema import TIME
from hotfix.core.settings import EARLIEST_YEAR, LATEST_YEAR

ZONE_OFFSETS_H = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "KST": 9,
}  # fmt: skip
"""Zone names that are read, hours ahead of UTC (the North American meaning of CST; IST has three and is not read)."""

_ZONE = rf"(?: ?(?:Z|[+-]\d\d:?\d\d|{'|'.join(ZONE_OFFSETS_H)})|[+-]\d{{3}})?"
_FRACTION = r"(?:[.,]\d{1,9})?"
_FIXED = (3, 6, 9)
"""Digits of a fraction that polars reads fast, when all stamps have just as many."""
_ANY_DIGITS = -1
_CLOCK = r"\d\d?:\d\d:\d\d"
_MONTH = r"[A-Z][a-z]{2}"


@dataclass(frozen=True, slots=True)
class Core:
    """A date and time of day without fraction and zone."""

    name: str
    regex: str
    strptime: str  # chrono's format; the fraction, where the form has one, stands at %S
    yearless: bool = False
    dateless: bool = False
    strip: str | None = None  # regex of a part that says nothing more (a weekday)
    unit: float = 0.0  # microseconds per unit of a number since 1970; 0: not such a number
    year_last: bool = False  # the fraction stands before the year


CORES = (
    Core("iso T", rf"\d{{4}}-\d\d?-\d\d?T{_CLOCK}", "%Y-%m-%dT%H:%M:%S"),
    Core("iso", rf"\d{{4}}-\d\d?-\d\d? {_CLOCK}", "%Y-%m-%d %H:%M:%S"),
    Core("iso _", rf"\d{{4}}-\d\d?-\d\d?_{_CLOCK}", "%Y-%m-%d_%H:%M:%S"),
    Core("basic T", r"\d{8}T\d{6}", "%Y%m%dT%H%M%S"),
    Core("ras", r"\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d", "%Y-%m-%d-%H.%M.%S"),
    Core("slashes", rf"\d{{4}}/\d\d?/\d\d? {_CLOCK}", "%Y/%m/%d %H:%M:%S"),
    Core("slashes -", rf"\d{{4}}/\d\d?/\d\d?-{_CLOCK}", "%Y/%m/%d-%H:%M:%S"),
    Core("dots", rf"\d{{4}}\.\d\d\.\d\d {_CLOCK}", "%Y.%m.%d %H:%M:%S"),
    Core("clf", rf"\d\d?/{_MONTH}/\d{{4}}:{_CLOCK}", "%d/%b/%Y:%H:%M:%S"),
    Core("tomcat", rf"\d\d-{_MONTH}-\d{{4}} {_CLOCK}", "%d-%b-%Y %H:%M:%S"),
    Core("django", rf"\d\d?/{_MONTH}/\d{{4}} {_CLOCK}", "%d/%b/%Y %H:%M:%S"),
    Core("rabbitmq", rf"\d\d?-{_MONTH}-\d{{4}}::{_CLOCK}", "%d-%b-%Y::%H:%M:%S"),
    Core("redis", rf"\d{{1,2}} {_MONTH} \d{{4}} {_CLOCK}", "%d %b %Y %H:%M:%S"),
    Core("redis yearless", rf"\d{{1,2}} {_MONTH} {_CLOCK}", "%d %b %H:%M:%S", yearless=True),
    Core("mail", rf"{_MONTH}, \d{{1,2}} {_MONTH} \d{{4}} {_CLOCK}", "%d %b %Y %H:%M:%S", strip=r"^\w{3}, "),
    Core(
        "ctime",
        rf"{_MONTH} {_MONTH} [ \d]\d {_CLOCK}(?:\.\d{{1,9}})? \d{{4}}",
        "%b %e %H:%M:%S%.f %Y",
        strip=r"^\w{3} ",
        year_last=True,
    ),
    Core("syslog year", rf"{_MONTH} [ \d]\d \d{{4}} {_CLOCK}", "%b %e %Y %H:%M:%S"),
    Core("jul", rf"{_MONTH} \d{{1,2}}, \d{{4}},? \d{{1,2}}:\d\d:\d\d [AP]M", "%b %d, %Y %I:%M:%S %p", year_last=True),
    Core("syslog", rf"{_MONTH} [ \d]\d {_CLOCK}", "%b %e %H:%M:%S", yearless=True),
    Core("month day", rf"\d\d-\d\d {_CLOCK}", "%m-%d %H:%M:%S", yearless=True),
    Core("klog", rf"\d{{4}} {_CLOCK}", "%m%d %H:%M:%S", yearless=True),
    Core("klog year", rf"\d{{8}} {_CLOCK}", "%Y%m%d %H:%M:%S"),
    Core("compact", r"\d{8} \d{6}", "%Y%m%d %H%M%S"),
    Core("short compact", r"\d{6} \d{6}", "%y%m%d %H%M%S"),
    Core("old mysql", r"\d{6} [ \d]\d:\d\d:\d\d", "%y%m%d %k:%M:%S"),
    Core("month first", rf"(?:0[1-9]|1[0-2])/\d\d/\d{{4}} {_CLOCK}", "%m/%d/%Y %H:%M:%S"),
    Core("day first", rf"\d\d/(?:0[1-9]|1[0-2])/\d{{4}} {_CLOCK}", "%d/%m/%Y %H:%M:%S"),
    Core("month first :", rf"\d\d?/\d\d?/\d\d,? {_CLOCK}:\d{{3}}", "%m/%d/%y %H:%M:%S:%3f", strip=","),
    Core("day first :", rf"\d\d?/\d\d?/\d\d,? {_CLOCK}:\d{{3}}", "%d/%m/%y %H:%M:%S:%3f", strip=","),
    Core("month first -", rf"(?:0[1-9]|1[0-2])-\d\d-\d{{4}} {_CLOCK}", "%m-%d-%Y %H:%M:%S"),
    Core("day first -", rf"\d\d-(?:0[1-9]|1[0-2])-\d{{4}} {_CLOCK}", "%d-%m-%Y %H:%M:%S"),
    Core("day dots", rf"\d\d?\.\d\d?\.\d{{4}},? {_CLOCK}", "%d.%m.%Y %H:%M:%S", strip=","),
    Core("us am pm", r"\d\d?/\d\d?/\d{4},? \d\d?:\d\d:\d\d [AP]M", "%m/%d/%Y %I:%M:%S %p", strip=",", year_last=True),
    Core("short slashes", rf"\d\d/\d\d/\d\d {_CLOCK}", "%y/%m/%d %H:%M:%S"),
    Core("epoch s", r"\d{10}(?:\.\d{1,9})?", "", unit=1e6),
    Core("epoch float", r"\d\.\d+[eE]\+0?9", "", unit=1e6),
    Core("epoch ms", r"\d{13}(?:\.\d{1,6})?", "", unit=1e3),
    Core("epoch us", r"\d{16}", "", unit=1.0),
    Core("epoch ns", r"\d{19}", "", unit=1e-3),
    Core("clock", _CLOCK, "%H:%M:%S", dateless=True),
    Core("kitchen", r"\d{1,2}:\d\d[AP]M", "%I:%M%p", dateless=True, year_last=True),
)
"""Every form that is read, most specific first; the first that fits a whole stamp is its form."""


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """The form of a set of stamps."""

    core: Core
    digits: int  # of the fraction; 0: none; _ANY_DIGITS: any number
    comma: bool  # the fraction follows a comma
    zone: str  # "": none; "offset": Z or ±hh:mm; "minutes": ±mmm, as Db2 writes it; "name": one of ZONE_OFFSETS_H
    spaced: bool  # a space stands before the zone
    ambiguous: bool = False  # day and month cannot be told apart

    @property
    def zoned(self) -> bool:
        """True when the stamps say their zone; numbers since 1970 do."""
        return bool(self.zone or self.core.unit)

    @property
    def partial(self) -> bool:
        """True when the stamps leave out the year or the date."""
        return self.core.yearless or self.core.dateless


@cache
def _compile_whole(core: Core) -> re.Pattern[str]:
    return re.compile(rf"({core.regex})({'' if core.year_last or core.unit else _FRACTION})({_ZONE})")


def find_time_format(samples: Sequence[str], *, day_first: bool | None = None) -> TimeFormat | None:
    """Return the form that most samples have, or None when no sample has a known form.

    Args:
        samples: stamps.
        day_first: whether 01/02 is 1 February; None: told by a first or second number above 12 in any sample.
    """
    votes = Counter(form for sample in samples if (form := _read_form(sample)))
    if not votes:
        return None
    form = votes.most_common(1)[0][0]
    if any(_is_longer_or_shorter(other, form) for other in votes):
        form = replace(form, digits=_ANY_DIGITS)
    return _settle_order(form, samples, day_first=day_first) if form.core.name in _ORDERS else form


def _is_longer_or_shorter(one: TimeFormat, other: TimeFormat) -> bool:
    """Tell whether two forms differ in the digits of their fraction only."""
    return 0 not in {one.digits, other.digits} and one != other and replace(one, digits=other.digits) == other


def _settle_order(form: TimeFormat, samples: Sequence[str], *, day_first: bool | None) -> TimeFormat:
    """Decide between month first and day first; without a number above 12 it is month first, and ambiguous."""
    told = tell_day_first(samples) if day_first is None else day_first
    name = form.core.name.replace("month", "day") if told else form.core.name.replace("day", "month")
    return replace(form, core=next(core for core in CORES if core.name == name), ambiguous=told is None)


def tell_day_first(samples: Sequence[str]) -> bool | None:
    """Return whether stamps such as 01/02/2026 put the day first; None when none of them tells."""
    pairs = [(int(found[1]), int(found[2])) for sample in samples if (found := _ORDERED.match(sample))]
    if any(first > _MONTHS for first, _ in pairs):
        return True
    return False if any(second > _MONTHS for _, second in pairs) else None


def parse_times(texts: pl.Series, form: TimeFormat, first_day: date | None, offset: timedelta) -> pl.Series:
    """Return the instants (TIME) that stamps of one form stand for; null where a text does not fit.

    Args:
        texts: stamps.
        form: their form.
        first_day: day of the first stamp, for forms without year or date; the days after midnight and the years after
            December are the caller's to add.
        offset: how far the clock of stamps without a zone was ahead of UTC.
    """
    if form.core.unit:
        return _parse_numbers(texts, form.core)
    if (form.core.yearless or form.core.dateless) and first_day is None:
        return pl.Series([None], dtype=TIME).new_from_index(0, len(texts))
    naive = _parse_core(texts, form, first_day)
    if form.zone == "offset":
        return naive
    if form.zone == "name":
        hours = texts.str.extract(r"([A-Z]+)$").replace_strict(ZONE_OFFSETS_H, default=None, return_dtype=pl.Int64)
        ahead = (hours * 3_600_000_000).cast(pl.Duration("us"))
        return (naive - ahead).dt.replace_time_zone("UTC")
    if form.zone == "minutes":
        minutes = texts.str.extract(r"([+-]\d{3})$").cast(pl.Int64)
        return (naive - (minutes * 60_000_000).cast(pl.Duration("us"))).dt.replace_time_zone("UTC")
    return (naive - offset).dt.replace_time_zone("UTC")


def is_plausible(time: pl.Expr) -> pl.Expr:
    """Tell which instants a log can hold; a year 1 or 8304 is a broken clock or no time at all."""
    return time.dt.year().is_between(EARLIEST_YEAR, LATEST_YEAR)


_EARLIEST_US, _LATEST_US = (
    datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1e6 for year in (EARLIEST_YEAR, LATEST_YEAR + 1)
)
_ORDERS = frozenset(core.name for core in CORES if core.name.startswith(("month first", "day first")))
_ORDERED = re.compile(r"(\d\d?)[/-](\d\d?)[/-](?:\d{4} |\d\d,? \d\d?:\d\d:\d\d:)")
_MONTHS = 12


def _read_form(sample: str) -> TimeFormat | None:
    plain = sample.replace("\u202f", " ")
    for core in CORES:
        found = _compile_whole(core).fullmatch(plain)
        if found:
            zone = found[3].strip()
            kind = _name_zone(zone)
            digits = max(len(found[2]) - 1, 0)
            digits = digits if digits in {0, *_FIXED} else _ANY_DIGITS
            return TimeFormat(core, digits, found[2].startswith(","), kind, found[3].startswith(" "))
    return None


def _name_zone(zone: str) -> str:
    if zone in ZONE_OFFSETS_H:
        return "name"
    return "" if not zone else "minutes" if re.fullmatch(r"[+-]\d{3}", zone) else "offset"


def _parse_core(texts: pl.Series, form: TimeFormat, first_day: date | None) -> pl.Series:
    """Return naive datetimes, or instants when the stamps carry an offset."""
    core, written = form.core, form.core.strptime
    texts = texts.str.replace("\u202f", " ", literal=True) if core.year_last else texts
    if form.digits > 0:
        written = written.replace("%S", f"%S{',' if form.comma else '.'}%{form.digits}f", 1)
    elif form.digits:
        written = written.replace("%S", "%S%.f", 1)
        texts = texts.str.replace(",", ".", literal=True) if form.comma else texts
    if core.strip:
        texts = texts.str.replace(core.strip, "")
    if form.zone == "name":
        texts = texts.str.replace(r" ?[A-Z]+$", "")
    if form.zone == "minutes":
        texts = texts.str.replace(r"[+-]\d{3}$", "")
    if core.yearless and first_day is not None:
        texts, written = f"{first_day:%Y} " + texts, f"%Y {written}"
    if core.dateless:
        texts, written = f"{first_day} " + texts, f"%Y-%m-%d {written}"
    if form.zone == "offset":
        written += " %#z" if form.spaced else "%#z"
        return texts.str.to_datetime(written, strict=False, time_unit="us", time_zone="UTC")
    return texts.str.to_datetime(written, strict=False, time_unit="us")


def _parse_numbers(texts: pl.Series, core: Core) -> pl.Series:
    """Scale numbers since 1970 to microseconds, null where no log can be from then: it is another unit, or no time.

    Exact where they are whole, as floats where they have a fraction.
    """
    rough = (texts.cast(pl.Float64, strict=False) * core.unit).round()
    rough = rough.set(~rough.is_between(_EARLIEST_US, _LATEST_US), None).cast(pl.Int64)
    exact = texts.cast(pl.Int64, strict=False)
    scaled = exact * int(core.unit) if core.unit >= 1 else exact // int(1 / core.unit)
    times = scaled.zip_with(exact.is_not_null() & rough.is_not_null(), rough)
    return times.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
