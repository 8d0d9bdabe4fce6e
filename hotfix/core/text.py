"""Writes single values the one way in which every stage and report shows them."""

from datetime import UTC, datetime


def format_time(time: datetime) -> str:
    """Return an instant as ISO 8601 in UTC with ``Z``; microseconds only when there are any."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
