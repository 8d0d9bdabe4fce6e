"""Writes single values the one way in which every stage and report shows them."""

from datetime import UTC, datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def format_time(time: datetime) -> str:
    """Return an instant as ISO 8601 in UTC with ``Z``; milli- or microseconds only when there are any."""
    finest = "seconds" if not time.microsecond else "microseconds" if time.microsecond % 1000 else "milliseconds"
    return time.astimezone(UTC).isoformat(timespec=finest).replace("+00:00", "Z")


def say_span(seconds: float) -> str:
    """Return a span of time in its two largest units, for example ``18 min 53 s``; below 10 s with one decimal."""
    seconds = abs(seconds)
    if seconds < 0.05:
        return f"{seconds * 1000:.2g} ms" if seconds else "0 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    rest, said = round(seconds), list[str]()
    for unit, name in _UNITS:
        count, left = divmod(rest, unit)
        if count or said:
            said.append(f"{count} {name}" if count else "")
            rest = left
    return " ".join(part for part in said[:2] if part)
