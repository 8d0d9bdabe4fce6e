"""Values are cut out by the texts around them: where that is done, it finds what the regex would have found."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.ingest.between import Between, cut_between, learn_between

_TOOK = r'"took"\s*:\s*(-?[0-9][0-9.eE+-]*)'
_IDENT = r'"id"\s*:\s*"([^"\\]*)"'
_SHARD = r'(?:^|\s)shard=([^\s"]+)'


@given(
    st.sampled_from(
        [
            (_TOOK, '{{"pid": {0}, "took": {1}, "id":"{2}"}}'),
            (_TOOK, '{{"id":"{2}","took":{0}.{1}}}'),
            (_IDENT, '{{"id":"{2}-{0}","took":{1}}}'),
            (_SHARD, "level=info took={0}ms shard={1} trace={2}"),
            (_SHARD, "trace={2} shard={0}.{1}"),
        ]
    ),
    st.lists(st.tuples(st.integers(0), st.integers(0), st.from_regex("[0-9a-f]{8,12}", fullmatch=True)), min_size=1),
)
def test_texts_find_what_the_regex_finds(shape: tuple[str, str], values: list[tuple[int, int, str]]) -> None:
    """Texts learned from one line cut the same value as the regex out of every line that differs in digits and ids."""
    regex, form = shape
    lines = [form.format(*value) for value in values]
    between = learn_between(lines[0], re.compile(regex))
    assert between is not None
    assert cut_between(pl.Series(lines), between).to_list() == pl.Series(lines).str.extract(regex).to_list()


@pytest.mark.parametrize(
    ("line", "regex"),
    [
        ('{"a":1}', _TOOK),
        ('{"who":"Zoé","took":1}', _TOOK),
        ("took=no took=5 ", r"took=([0-9]+)"),
        ("x1y=5 ", r"x[0-9]y=([0-9]+)"),
        ("took=5s", r"took=([0-9]+)"),
        ("5 items", r"^([0-9]+)"),
    ],
    ids=["no value", "not ASCII", "same text elsewhere", "digits before", "a letter behind", "nothing before"],
)
def test_other_values_are_left_to_the_regex(line: str, regex: str) -> None:
    """No texts are learned where those around the value might not be the same, or not tell it, in all like lines."""
    assert learn_between(line, re.compile(regex)) is None


def test_line_without_the_text_before_has_no_value() -> None:
    """Where the text before is missing nothing is cut; where that behind is, the value ends with the line."""
    cut = cut_between(pl.Series(["took=5;", "took=5", "gave=5;"]), Between("took=", ";"))
    assert cut.to_list() == ["5", "5", None]
