"""Terms say what a text speaks of and, apart from it, how it speaks."""

import pytest

from hotfix.model.terms import list_levels, read_terms


def test_frames_are_not_read() -> None:
    """The encoder is shown the words of an error, those of its root cause first, and no stack frames."""
    trace = "ServiceException: failed\n\tat com.shop.Cart.total(Cart.java:41)\nCaused by: TimeoutException: no answer"
    assert read_terms(trace).words == "caused by timeout exception no answer service exception failed"


def test_beginnings_are_terms() -> None:
    """Words that begin alike share a term."""
    assert {*read_terms("evicted").matter} & {*read_terms("evictions").matter} >= {"evict*"}


def test_concepts_are_terms() -> None:
    """Two words for one thing share the concept that the rules name."""
    assert "{certificate}" in {*read_terms("x509 lapsed").matter} & {*read_terms("keystore is bad").matter}


def test_exception_is_read() -> None:
    """The class of the exception counts when the text does not hold it."""
    assert read_terms("no answer", "PoolTimeout").words == "no answer pool timeout"


@pytest.mark.parametrize("text", ["no expired tokens", "without expired tokens", "0 expired tokens"])
def test_denied_words_are_terms(text: str) -> None:
    """What is denied is told from what is said."""
    assert ("no_expired" in read_terms(text).manner, "no_expired" in read_terms("expired tokens").manner) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("50 of 50 connections", ["#full", "#some", "#some"]),
        ("12/50 connections", ["#part", "#some", "#some"]),
        ("0 out of 50", ["#none", "#0", "#some"]),
        ("disk at 97%", ["#full%", "#some"]),
        ("disk at 12 percent", ["#low%", "#some"]),
        ("4 restarts", ["#few"]),
        ("90210 evictions", ["#many"]),
        ("version 1.2.3", []),
        ("3 / 0", ["#few", "#0"]),
    ],
)
def test_numbers_are_levels(text: str, levels: list[str]) -> None:
    """A number counts by how full or how many it says that something is, and not by its digits."""
    assert list_levels(text) == levels


def test_manner_does_not_name_the_matter() -> None:
    """Two sentences of one build have one manner, whatever they speak of."""
    left, right = "no tokens were refused.", "no threads were starved."
    shared = {term for term in read_terms(left).manner if not term.startswith(("no_", "{"))}
    assert shared == {term for term in read_terms(right).manner if not term.startswith(("no_", "{"))}


def test_nothing_said() -> None:
    """A text without a word has no words and only an empty frame."""
    assert (read_terms("...").words, read_terms("...").matter, read_terms("...").manner) == (
        "",
        (),
        ("^", "$", "^_$", "."),
    )
