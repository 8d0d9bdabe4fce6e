"""Shapes of texts: what patterns find in a shape, they find at the same places of the text."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.diagnosis import addresses, features, requests
from hotfix.diagnosis.mechanisms import repetition
from hotfix.diagnosis.textshape import find_shape

_SHAPED = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module, names in (
        (features, "_PAIR _LABELLED _QUOTED _NUMBERED _REQUEST _AGENT _BALANCED _ADDRESS"),
        (addresses, "_URL _HOST_PORT _TOLD_PORT _TOLD_HOST _PAIR _RESOLVED _OTHERS _ASKER"),
        (requests, "_HEXADECIMAL _NAMED"),
        (repetition, "_TOKEN"),
    )
    for name in names.split()
}
_SAMPLES = Path(__file__).parents[2] / "sample_logs"


def _read_lines() -> Iterator[str]:
    for path in sorted(_SAMPLES.glob("*/logs/**/*.log")):
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in islice(file, 0, 4000, 40):
                yield line.rstrip("\n")


@pytest.mark.parametrize("name", _SHAPED)
def test_patterns_match_shapes_where_they_match_texts(name: str) -> None:
    """On recorded lines, and on the second half of each."""
    pattern = _SHAPED[name]
    for line in _read_lines():
        for text in (line, line[len(line) // 2 :]):
            assert _find_spans(pattern, find_shape(text)) == _find_spans(pattern, text)


def _find_spans(pattern: re.Pattern[str], text: str) -> list[tuple[tuple[int, int], ...]]:
    return [found.regs for found in pattern.finditer(text)]


@given(st.text(alphabet="abcdef019 .:/=-_@[](){},;#\"'`GETPOSThostportclient", max_size=60))
def test_shape_has_the_same_length_and_words(text: str) -> None:
    """Only digits and long numbers with letters change, each into its own kind."""
    shape = find_shape(text)
    assert len(shape) == len(text)
    assert find_shape(shape) == shape
    assert [mark for mark in shape if not mark.isalnum()] == [mark for mark in text if not mark.isalnum()]


def test_records_of_one_message_share_a_shape() -> None:
    """Numbers and ids do not part them."""
    lines = {f"GET /orders/{n} 200 in {n}.5 ms rid={n * 7919:016x}a0" for n in range(1000, 9999)}
    assert len({find_shape(line) for line in lines}) == 1
