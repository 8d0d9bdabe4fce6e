"""The times that a user writes on the command line."""

from datetime import UTC, datetime

import pytest

from hotfix.core.errors import UsageError
from hotfix.ingest.window import parse_time

LAST = datetime(2026, 1, 15, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-14T14:30Z", datetime(2026, 1, 14, 14, 30, tzinfo=UTC)),
        ("2026-01-14T14:30+02:00", datetime(2026, 1, 14, 12, 30, tzinfo=UTC)),
        ("2026-01-14 14:30", datetime(2026, 1, 14, 14, 30, tzinfo=UTC)),
        ("2026-01-14T14:30:07.250Z", datetime(2026, 1, 14, 14, 30, 7, 250_000, tzinfo=UTC)),
        ("2026-01-14", datetime(2026, 1, 14, tzinfo=UTC)),
        ("14:30", datetime(2026, 1, 15, 14, 30, tzinfo=UTC)),
        ("9:05Z", datetime(2026, 1, 15, 9, 5, tzinfo=UTC)),
    ],
)
def test_time_is_read(text: str, expected: datetime) -> None:
    """A minute needs no seconds, whatever its zone; without a zone it is UTC, without a date of the last day."""
    assert parse_time("--since", text, LAST) == expected


@pytest.mark.parametrize("text", ["", "soon", "25:00", "2026-13-01", "14:30 tomorrow", "1850-01-01T00:00Z"])
def test_what_is_no_time_is_told(text: str) -> None:
    """A text that is no time is refused with the name of the option and an example."""
    with pytest.raises(UsageError, match=r"^--since: expected a time such as 2026-01-15T14:30Z or 14:30, found "):
        parse_time("--since", text, LAST)


def test_nothing_said_is_no_time() -> None:
    """An option that was not given does not limit."""
    assert parse_time("--since", None, LAST) is None
