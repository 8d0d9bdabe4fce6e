"""The clock on the wall: the one place of the flow that reads it."""

from datetime import UTC, datetime


def tell_time() -> datetime:
    """Return what time it is, to the millisecond."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
