"""Any text is inert in Markdown, as a real parser sees it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hotfix.core.plain import tame
from hotfix.report.markdown import code, escape, fence, finish

ANY_TEXT = st.text(alphabet=st.one_of(st.sampled_from("`*_[]()<>!#+-=~|&$:@. \n\t\\1a"), st.characters(codec=None)))
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _inline(text: str) -> list[Token]:
    return [child for token in PARSER.parse(text) for child in token.children or ()]


def _kinds(text: str) -> list[str]:
    return [token.type for token in PARSER.parse(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain, 0.06% of snake_case words at app/cart.py:88", "plain, 0.06% of snake_case words at app/cart.py:88"),
        ("**bold** [x](y) `c` <b> a|b", "\\*\\*bold\\*\\* \\[x\\](y) \\`c\\` \\<b\\> a\\|b"),
        ("__init__ _x", "\\_\\_init\\_\\_ \\_x"),
        ("# h", "\\# h"),
        ("- item", "\\- item"),
        ("12. item", "12\\. item"),
        ("see https://e.example www.e.example a@e.example", "see https\\://e.example www\\.e.example a\\@e.example"),
        ("$x$ &lt;", "\\$x\\$ \\&lt;"),
        ("two\nlines\x1b[31m", "two\\\\x0alines\\\\x1b\\[31m"),
        (" \n", "\\\\x0a"),
        ("", "(empty)"),
    ],
)
def test_only_what_would_be_markup_is_escaped(text: str, said: str) -> None:
    """Markup, links, mentions and mathematics are escaped; ordinary words, numbers and names stay readable."""
    assert escape(text) == said


@settings(deadline=None)
@given(ANY_TEXT)
def test_escaped_text_is_one_paragraph_of_itself(text: str) -> None:
    """A Markdown parser reads an escaped text as one paragraph that says exactly the text."""
    said = escape(text)
    assert _kinds(said) == ["paragraph_open", "inline", "paragraph_close"]
    assert {token.type for token in _inline(said)} <= {"text", "text_special"}
    read = "".join(token.content for token in _inline(said))
    assert read.split() == (tame(text).strip() or "(empty)").split()


@settings(deadline=None)
@given(ANY_TEXT)
def test_escaped_text_stays_in_its_table_cell(text: str) -> None:
    """In a table an escaped text fills one cell and adds no row or column."""
    table = f"| a | b |\n|---|---|\n| {escape(text)} | x |\n"
    assert _kinds(table).count("td_open") == 2


@settings(deadline=None)
@given(ANY_TEXT)
def test_code_span_holds_the_text(text: str) -> None:
    """A code span holds its text whatever backticks there are in it."""
    (span,) = _inline(f"x {code(text)} y")[1:-1] or [None]
    if tame(text).strip():
        assert span is not None
        assert (span.type, span.content.split()) == ("code_inline", tame(text).split())


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("`~ \na#<"), max_size=60))
def test_fence_is_longer_than_any_in_the_text(text: str) -> None:
    """A fenced block ends only where it should, whatever fences are in the text."""
    assert _kinds(f"{fence(text)}\n\nafter\n") == ["fence", "paragraph_open", "inline", "paragraph_close"]


def test_long_excerpt_says_what_it_leaves_out() -> None:
    """Of a long excerpt the number of lines left out is told."""
    assert re.findall(r"\(\d+ lines left out\)", fence("line\n" * 100)) == ["(70 lines left out)"]


def test_template_value_is_escaped_unless_it_is_markdown() -> None:
    """What a template does not mark as Markdown is escaped on its way out."""
    assert (finish("*x*"), finish(code("*x*")), finish(3)) == ("\\*x\\*", "`*x*`", "3")
