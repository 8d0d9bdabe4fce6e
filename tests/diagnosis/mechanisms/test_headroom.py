"""Errors that call space exhausted are held against what the records told of it; other errors are not looked at."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.headroom import find_headroom
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0
_FULL = "could not write upload: [Errno 28] No space left on device"

Tell = Callable[[Site, float], str]


def find(folder: Path, tell: Tell, error: str = _FULL) -> list[Clue]:
    """Return the clues of a service that tells of space with each upload until the onset."""
    site = Site(seed=4)
    for moment in site.ticks(1):
        site.python("upload", moment, "INFO", f"GET /files/{site.rng.randrange(9999)} served")
    for moment in site.ticks(0.4, 60, ONSET):
        site.python("upload", moment, "INFO", tell(site, moment))
    for moment in site.ticks(1, ONSET):
        site.python("upload", moment, "ERROR", error)
    return list(find_headroom(make_scene(site.save(folder), site.at(ONSET))))


_PLENTY: dict[str, Tell] = {
    "bytes that hardly fall": lambda _, moment: f"stored part, {900_000 - int(moment) * 4} KiB free",
    "a share that stands": lambda site, _: f"stored part of {site.rng.randrange(99)} KB, disk usage 41%",
    "a field": lambda _, moment: f"stored part free_bytes={52_000_000_000 - int(moment) * 4096}",
    "inodes that ran out": lambda _, moment: f"stored part, inodes used {min(int(moment * 13), 8388)} of 8388",
    "no inode left": lambda _, moment: f"stored part, {max(0, 640 - int(moment))} free inodes",
}
_NOTHING: dict[str, Tell] = {
    "bytes that fall to nothing": lambda _, moment: f"stored part, {max(0, int((ONSET - moment) * 120))} KiB free",
    "a share that rises to all": lambda _, moment: f"stored part, volume {min(100, moment / 7):.0f}% used",
    "memory": lambda _, moment: f"stored part, heap memory {900_000 - int(moment) * 4} KiB free",
    "inodes that are left": lambda _, moment: (
        f"stored part, {max(0, int((ONSET - moment) * 9))} KiB free, inodes 4% used"
    ),
    "no space at all": lambda site, _: f"stored part {site.rng.randrange(9999)}",
}


@pytest.mark.parametrize("case", _PLENTY)
def test_space_that_would_have_lasted_is_told(case: str, tmp_path: Path) -> None:
    """Free space far from its end, or files at theirs, stands against an error that says no space is left."""
    clues = find(tmp_path, _PLENTY[case])
    assert [(clue.service, clue.strength >= 0.6) for clue in clues] == [("upload", True)]


@pytest.mark.parametrize("case", _NOTHING)
def test_space_that_ran_out_or_is_not_told_is_silent(case: str, tmp_path: Path) -> None:
    """Space that fell to nothing proves the error right; memory and other numbers say nothing of it."""
    assert find(tmp_path, _NOTHING[case]) == []


def test_other_errors_are_not_held_against_space(tmp_path: Path) -> None:
    """Free space says nothing of an error that does not call it exhausted."""
    assert find(tmp_path, _PLENTY["bytes that hardly fall"], "could not write upload: permission denied") == []
