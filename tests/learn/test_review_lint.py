"""The lints over whole reviews: every planted fault is found, and nothing in the good ones."""

import tomllib
from pathlib import Path

import pytest

from hotfix.learn.lint.check import lint_review

_REVIEWS = Path(__file__).parent / "reviews"
_GOOD = sorted(_REVIEWS.glob("*/good/*.md"))
_BAD = sorted(_REVIEWS.glob("*/bad/*.toml"))


def find_unseen(path: Path) -> list[str]:
    """Return the planted faults of a bad review that the lint does not tell on their line."""
    case = tomllib.loads(path.read_text("utf-8"))
    text = (path.parents[1] / "good" / f"{case['base']}.md").read_text("utf-8")
    for fault in case["fault"]:
        assert text.count(fault["old"]) == 1, fault["old"]
        text = text.replace(fault["old"], fault["new"])
    lines, found = text.splitlines(), lint_review(text)
    return [
        f"{fault['kind']}: {fault['at'] or fault['old'][:30]}"
        for fault in case["fault"]
        if not any(one.kind == fault["kind"] and fault["at"] in lines[one.line - 1] for one in found)
    ]


@pytest.mark.parametrize("path", _GOOD, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_good_review(path: Path) -> None:
    """A review that blames nobody and lacks nothing passes, whatever its style."""
    assert lint_review(path.read_text("utf-8")) == ()


@pytest.mark.parametrize("path", _BAD, ids=lambda path: path.stem)
def test_every_planted_fault_is_found(path: Path) -> None:
    """Each fault is told with its kind and its line."""
    assert find_unseen(path) == []


def test_set_is_as_large_as_promised() -> None:
    """There are at least eight good reviews and twelve bad ones."""
    assert (len(_GOOD) >= 8, len(_BAD) >= 12) == (True, True)
