"""Guards of patterns: they save time and change nothing."""

import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.core.guarded import Guarded
from hotfix.diagnosis import addresses, features

_GUARDED = {
    f"{module.__name__}.{name}": value
    for module in (addresses, features)
    for name, value in vars(module).items()
    if isinstance(value, Guarded)
}
_SAMPLES = Path(__file__).parents[2] / "sample_logs"


def _read_lines() -> list[str]:
    lines = []
    for path in sorted(_SAMPLES.glob("*/logs/**/*.log")):
        with path.open(encoding="utf-8", errors="replace") as file:
            lines += [line.rstrip("\n") for line in islice(file, 0, 2000, 40)]
    return lines


@pytest.mark.parametrize("name", _GUARDED)
def test_guard_is_in_every_match(name: str) -> None:
    """On recorded lines, and on every end of each, guarded and bare patterns find the same."""
    guarded = _GUARDED[name]
    for line in _read_lines():
        for text in (line, line[len(line) // 2 :]):
            assert guarded.findall(text) == guarded.bare.findall(text)


@given(st.text(alphabet="ab1 .:/=-_@[](){},;#\"'`GETPOSTHost:portclient", max_size=60))
def test_guard_is_in_every_match_of_odd_texts(text: str) -> None:
    """On texts of the characters that patterns look for as well."""
    for guarded in _GUARDED.values():
        assert guarded.findall(text) == guarded.bare.findall(text)
        assert guarded.sub("*", text) == guarded.bare.sub("*", text)


def test_search_finds_what_the_bare_pattern_finds() -> None:
    """Without the guard nothing is looked for."""
    guarded = Guarded(r"\bname=(\w+)", guard="=")
    found = guarded.search("a name=value")
    assert found is not None
    assert found[1] == "value"
    assert guarded.search("a name: value") is None
    assert isinstance(guarded.bare, re.Pattern)
