"""The one line that a record is quoted by: its exception or its message, and the reason behind it."""

import pytest

from hotfix.diagnosis.headline import add_reasons, find_context, find_headline

_TRACE = 'Traceback (most recent call last):\n  File "app.py", line 3, in run\nValueError: bad total'


@pytest.mark.parametrize(
    ("said", "exception", "headline", "context"),
    [
        (f"cannot bill order 17:\n{_TRACE}", "ValueError", "ValueError: bad total", "cannot bill order 17"),
        (_TRACE, "ValueError", "ValueError: bad total", ""),
        ("bad total\nValueError: bad total", "ValueError", "ValueError: bad total", ""),
        ("no space left", None, "no space left", ""),
    ],
)
def test_exception_leads_and_message_that_says_more_stands_apart(
    said: str, exception: str | None, headline: str, context: str
) -> None:
    """What failed is told first; the message beside it is kept, unless both say the same."""
    assert (find_headline(said, exception), find_context(said, exception)) == (headline, context)


def test_reason_in_a_field_is_told_behind_the_message() -> None:
    """What only a field says of the reason belongs to the message; words it holds already and bare codes do not."""
    fields = {"error.reason": "token expired 36 s ago", "error": "call refused", "cause": "E17", "path": "/a b"}
    assert add_reasons("call refused", fields) == "call refused: token expired 36 s ago"
