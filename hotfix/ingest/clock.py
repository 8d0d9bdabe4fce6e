"""The written policy for stamps that leave something out: what is known comes in; a year, a day, an offset goes out.

- *No year*: the year that puts the file's first stamp nearest to the stamps with a year in the same input; without such
  stamps the year in the file's name; else the latest year in which the first stamp is not after the file's
  modification time plus a day. Where stamps jump back by half a year, a new year has begun.
- *No date*: the day in the file's name, else the first day of the dated stamps in the same input, else the day of the
  modification time. Where stamps jump back by half a day, a new day has begun.
- *No zone*: UTC, but for two cases in which the clock is taken to be ahead by a whole number of quarter hours. The file
  does not overlap the stamps with a zone in the same input at all, and so shifted it does. Or it overlaps them, but so
  shifted, by half an hour or more, it begins and ends with them. Where the end of a file is not known, as of a long
  compressed one, nothing is shifted that might agree as it stands.

Never the present time, and no time is changed once it is read. Each assumption is a sentence in the report.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hotfix.core.settings import (
    ZONE_FIT_S,
    ZONE_FIT_SHARE,
    ZONE_FIT_STEPS,
    ZONE_SHIFT_LARGEST_H,
    ZONE_SHIFT_LEAST_MIN,
    ZONE_STEP_MIN,
)

_STEP = timedelta(minutes=ZONE_STEP_MIN)
_NAMED_DAY = re.compile(r"(?<!\d)(20\d\d|19\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last instant of something."""

    first: datetime
    last: datetime
    whole: bool = True  # False: more may follow behind `last`, which was not looked at


def find_named_day(name: str) -> date | None:
    """Return the day that a file name carries, or None."""
    for found in _NAMED_DAY.finditer(name):
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            continue
    return None


def choose_year(month: int, day: int, name: str, mtime: datetime, reference: datetime | None) -> tuple[int, str]:
    """Return the year of a stamp that has none, and the rule that chose it.

    Args:
        month: of the file's first stamp.
        day: likewise.
        name: of the file.
        mtime: when the file was last written.
        reference: an instant from stamps with a year in the same input.
    """
    if reference is not None:
        years = (reference.year - 1, reference.year, reference.year + 1)
        return min(years, key=lambda year: abs(_day(year, month, day) - reference)), "nearest to the dated stamps"
    named = find_named_day(name)
    if named is not None:
        return named.year, "from the file's name"
    latest = mtime + timedelta(days=1)
    return (
        latest.year if _day(latest.year, month, day) <= latest else latest.year - 1
    ), "from the file's modification time"


def choose_day(name: str, mtime: datetime, reference: datetime | None) -> tuple[date, str]:
    """Return the day of stamps that have only a time of day, and the rule that chose it."""
    named = find_named_day(name)
    if named is not None:
        return named, "from the file's name"
    if reference is not None:
        return reference.date(), "the first day of the dated stamps"
    return mtime.date(), "from the file's modification time"


def choose_offset(naive: Span, zoned: Span | None) -> timedelta:
    """Return how far the clock of stamps without a zone was ahead of UTC: zero but for the two cases of the policy.

    Args:
        naive: first and last stamp of the file, read as UTC.
        zoned: first and last instant of the stamps with a zone in the same input.
    """
    if zoned is None:
        return timedelta(0)
    shift = round((naive.first - zoned.first) / _STEP) * _STEP
    fits = _agree if _overlap(naive, zoned, timedelta(0)) else _overlap
    small_enough = abs(shift) <= timedelta(hours=ZONE_SHIFT_LARGEST_H)
    return shift if small_enough and fits(naive, zoned, shift) else timedelta(0)


def _overlap(naive: Span, zoned: Span, shift: timedelta) -> bool:
    """Tell whether a shifted file and the zoned ones have some time in common, as far as is known."""
    begins_inside = naive.first - shift <= zoned.last or not zoned.whole
    return begins_inside and (naive.last - shift >= zoned.first or not naive.whole)


def _agree(naive: Span, zoned: Span, shift: timedelta) -> bool:
    """Tell whether a file begins and ends with the zoned ones once it is shifted, and only then."""
    if abs(shift) < timedelta(minutes=ZONE_SHIFT_LEAST_MIN) or not (naive.whole and zoned.whole):
        return False
    near = max(timedelta(seconds=ZONE_FIT_S), ZONE_FIT_SHARE * (zoned.last - zoned.first))
    apart = max(abs(naive.first - shift - zoned.first), abs(naive.last - shift - zoned.last))
    return apart <= min(near, ZONE_FIT_STEPS * _STEP)


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC) + timedelta(days=day - 1)
