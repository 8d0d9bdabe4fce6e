"""Text from logs becomes harmless: everything is seen, nothing is obeyed."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfix.core.plain import tame
from hotfix.report.plain import clip_block, first_line, shorten, shorten_start, tame_lines

ANY_TEXT = st.text(alphabet=st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, größe, 漢字, 🙂", "plain words, größe, 漢字, 🙂"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J", "\\x9b2J"),
        ("user \u202egnp.exe", "user \\u202egnp.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("a\r\nb\x00", "a\\x0d\\x0ab\\x00"),
        ("\ttab", "    tab"),
        ("half \ud83d", "half \\ud83d"),
        ("tag \U000e0041", "tag \\U000e0041"),
    ],
)
def test_what_is_obeyed_becomes_visible(text: str, shown: str) -> None:
    """Control characters, escapes, overrides and surrogates are written as escapes; letters of any script stay."""
    assert tame(text) == shown


@settings(deadline=None)
@given(ANY_TEXT)
def test_harmless_text_holds_nothing_that_acts(text: str) -> None:
    """No character of a tamed text controls anything, and taming again changes nothing."""
    tamed = tame(text)
    assert {unicodedata.category(one) for one in tamed} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert (tame(tamed), tamed.encode("utf-8").decode("utf-8")) == (tamed, tamed)


def test_lines_of_either_end_are_split() -> None:
    """Line ends of Unix and Windows are taken off; the lines between stay."""
    assert tame_lines("a\r\n\tb\n\nc\n") == ["a", "    b", "", "c"]


@pytest.mark.parametrize(
    ("text", "line"), [("\n  \n x \ny", " x"), ("[\n  {\n  a: 1", "  a: 1"), ("{\n}", "{"), (" \n", "(empty)")]
)
def test_first_line_is_the_first_that_says_something(text: str, line: str) -> None:
    """Empty lines and brackets before the text are passed over; a text without any is called empty."""
    assert first_line(text) == line


def test_long_block_keeps_both_ends_and_says_what_is_left_out() -> None:
    """Of a long text its beginning and its end are shown, with the number of lines between."""
    assert clip_block("\n".join(map(str, range(9))), 3, 80) == "0\n1\n… (6 lines left out)\n8"


def test_long_line_is_cut_at_the_end_and_a_path_at_its_beginning() -> None:
    """A shortened sentence keeps its beginning, a shortened place its file and line."""
    assert (shorten("abcdef", 4), shorten_start("/srv/logs/a.log:12", 9)) == ("abc…", "…a.log:12")


@pytest.mark.parametrize(
    ("text", "columns", "cut"),
    [
        ("one two three", 13, "one two three"),
        ("failed for customer 17956106463", 28, "failed for customer…"),
        ("failed for customer 17956106463", 20, "failed for customer…"),
        ("a 17956106463179561064631795", 12, "a 179561064…"),
        ("x", 0, "…"),
    ],
)
def test_long_text_is_cut_between_words(text: str, columns: int, cut: str) -> None:
    """No half of a number or a name stands at the end, unless a word is as long as the room itself."""
    assert shorten(text, columns) == cut
