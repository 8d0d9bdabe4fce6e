"""Numbers and places in the words of a report."""

import pytest

from hotfix.core.facts import Metric, Place
from hotfix.report.words import list_words, say_count, say_number, say_place, say_share, say_value


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0%"), (1, "100%"), (0.312, "31.2%"), (0.0006, "0.06%"), (0.99995, "99.99%"), (0.5, "50%"), (0.1, "10%")],
)
def test_share_has_the_digits_that_it_needs(share: float, said: str) -> None:
    """A share is in percent with one decimal, more only beside none and all."""
    assert say_share(share) == said


@pytest.mark.parametrize(("number", "said"), [(1550.2, "1,550"), (312.4, "312"), (5.333, "5.33"), (0.0, "0")])
def test_number_has_three_digits_that_matter(number: float, said: str) -> None:
    """A number has three digits that matter, and thousands are whole."""
    assert say_number(number) == said


def test_value_carries_its_unit() -> None:
    """Each metric is shown with its unit."""
    said = [say_value(metric, 0.25) for metric in Metric]
    assert said == ["25%", "0.25/min", "0.25/min", "0.25 ms"]


def test_place_is_one_line_or_a_range() -> None:
    """A place is file:line, with the last line when there are several."""
    assert [say_place(Place("a.log", 3, 3)), say_place(Place("a.log", 3, 7))] == ["a.log:3", "a.log:3-7"]


def test_counts_and_lists_read_as_words() -> None:
    """One is singular, and of many names the rest is counted."""
    assert (say_count(1, "file"), say_count(2_000, "file")) == ("1 file", "2,000 files")
    assert list_words(("a", "b", "c"), 2) == "a, b and 1 more"
