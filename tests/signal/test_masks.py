"""What the mask takes for a value, and what it leaves alone."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.signal.masks import mask_messages


def _mask(*messages: str) -> list[str]:
    return mask_messages(pl.Series(messages, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    "value",
    [
        "42",
        "-7",
        "0.25",
        "12ms",
        "3.5KB/s",
        "4.1 KB",
        "10.0.0.7",
        "10.0.0.7:8080",
        "2001:db8::7",
        "2001:db8:0:0:0:0:0:7",
        "52:54:00:ab:cd:ef",
        "0x1f",
        "3d0a",
        "deadbeefdeadbeef",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "x7Ab9Qz",
        "2026-01-15",
        "2026-01-15T14:32:01.123Z",
        "2026-01-15 14:32:01,123",
        "15/Jan/2026:14:32:01 +0000",
        "Thu Jan 15 14:32:01 2026",
        "https://shop.example/cart?id=9",
        "ada@shop.example",
        "1, 2, 3",
    ],
)
def test_each_sort_of_value_becomes_one_wildcard(value: str) -> None:
    """A value of any sort that the docstring names leaves one wildcard, in a sentence and after a sign of equality."""
    assert _mask(f"saw {value} again", f"v={value}") == ["saw <*> again", "v=<*>"]


@pytest.mark.parametrize(
    "words",
    [
        "add a bad face",
        "cafe deaf decade facade",
        "std::bad_alloc in Cache::add",
        "GET /api/orders",
        'Cannot invoke "Address.city()"',
        "java.lang.NullPointerException: null",
        "worker-pool is read-only",
        "用户 张三 登录失败",
        "",
    ],
)
def test_words_are_no_values(words: str) -> None:
    """Words that hex digits could spell, names, paths, quoted words and other scripts stay as they are."""
    assert _mask(words) == [words]


def test_digits_inside_a_word_leave_the_word() -> None:
    """What a number belongs to stays readable."""
    assert _mask("blk_-7714 on node-12 via eth0, ssh2") == ["blk_<*> on node-<*> via eth<*>, ssh<*>"]


def test_white_space_is_one_blank() -> None:
    """Messages that differ only in their white space are one pattern."""
    assert _mask("  took \t 5 ms\n", "took 5 ms") == ["took <*> ms", "took <*> ms"]


def test_an_unknown_message_stays_unknown() -> None:
    """A null is no empty message."""
    assert mask_messages(pl.Series([None, ""], dtype=pl.String)).to_list() == [None, ""]


def test_no_message_gives_no_pattern() -> None:
    """An empty column stays an empty column."""
    assert _mask() == []


_MESSAGES = st.lists(st.text(st.sampled_from("0123456789abcdefxyzGET .:/-_=,()[]\"'@é用\n\t"), max_size=60), max_size=8)


@given(_MESSAGES)
def test_a_message_is_masked_the_same_in_any_company(messages: list[str]) -> None:
    """What a message becomes does not depend on the others, however it is batched."""
    assert _mask(*messages) == [_mask(message)[0] for message in messages]


@given(
    st.lists(st.integers(0, 10**12), min_size=3, max_size=3), st.lists(st.integers(0, 10**12), min_size=3, max_size=3)
)
def test_messages_that_differ_in_numbers_are_one_pattern(numbers: list[int], others: list[int]) -> None:
    """Numbers of any length leave the same pattern, so that the first message of a line key speaks for all."""
    text = "order {} of customer-{} shipped from 10.0.0.{}"
    assert _mask(text.format(*numbers)) == _mask(text.format(*others))
