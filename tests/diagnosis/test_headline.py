"""The one line that a record is quoted by: its message, the reason behind it, its exception."""

import pytest

from hotfix.diagnosis.headline import add_reasons, find_headline

_TRACE = 'Traceback (most recent call last):\n  File "app.py", line 3, in run\nValueError: bad total'


@pytest.mark.parametrize(
    ("said", "exception", "headline"),
    [
        (f"cannot bill order 17\n{_TRACE}", "ValueError", "cannot bill order 17: ValueError: bad total"),
        (_TRACE, "ValueError", "ValueError: bad total"),
        ("bad total\nValueError: bad total", "ValueError", "ValueError: bad total"),
        (f"{'a long tale ' * 13}\nValueError: bad total", "ValueError", "ValueError: bad total"),
        ("no space left", None, "no space left"),
    ],
)
def test_message_and_exception_are_told_together_where_both_fit(
    said: str, exception: str | None, headline: str
) -> None:
    """The message comes before the exception, unless both say the same or are too long together."""
    assert find_headline(said, exception) == headline


def test_reason_in_a_field_is_told_behind_the_message() -> None:
    """What only a field says of the reason belongs to the message; words it holds already and bare codes do not."""
    fields = {"error.reason": "token expired 36 s ago", "error": "call refused", "cause": "E17", "path": "/a b"}
    assert add_reasons("call refused", fields) == "call refused: token expired 36 s ago"
