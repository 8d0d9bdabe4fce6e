"""What a key leaves out: digits, and ids in hexadecimal."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotfix.ingest.hexwords import HEX_WORD, drop_digits, drop_ids

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
_PIECES = st.sampled_from([UUID, UUID[:-1], "deadbeef", "-", "\n", "é", "x", "0", "ab", "feed", "c0ffee0-", "DEADBEEF"])


@given(st.lists(_PIECES).map("".join))
@example("")
@example(f"{UUID}a")
@example(f"a{UUID}")
@example(f"{UUID}-d9cb-469f-a165-70867728950e")
def test_ids_are_what_their_regex_matches(text: str) -> None:
    """Digits go and so does every word of eight hexadecimal digits or more, wherever it stands; nothing else does."""
    expected = re.sub("[0-9]", "", re.sub(HEX_WORD, "", text))
    assert drop_ids(text.encode()).decode() == expected


@pytest.mark.parametrize(("text", "key"), [("took 12 ms", "took  ms"), ("ref=deadbeef1", "ref=deadbeef"), ("", "")])
def test_digits_are_dropped_alone(text: str, key: str) -> None:
    """Where only digits go, the letters of an id stay."""
    assert drop_digits(text.encode()).decode() == key
