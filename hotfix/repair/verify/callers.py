"""Tells what a generated reproduction cannot: whether a patch helps that acts elsewhere. Values to values."""

from collections.abc import Sequence

from hotfix.repair.contract import Edit, SourceFrame
from hotfix.repair.fixers import UNSEEN
from hotfix.repair.reproduce.contract import Reproduction
from hotfix.repair.source import Source

AT_CALLER = "the test calls the function that failed, and the patch handles its error where it is called"

OTHER_VALUES = (
    "the test has stand-ins for the values that failed, or asks what ran out before: it fails with the patch too"
)


def is_unseen(rung: str, reproduction: Reproduction | None) -> bool:
    """Tell whether a generated test cannot show that the patch of a rung helps."""
    return rung in UNSEEN and reproduction is not None and reproduction.source == "generated"


def acts_at_caller(edits: Sequence[Edit], frames: Sequence[SourceFrame], reproduction: Reproduction | None) -> bool:
    """Tell whether a patch leaves what failed as it is, while a generated test calls nothing but that.

    Args:
        edits: the files that the patch changes.
        frames: the places that evidence names, at the base.
        reproduction: the test.
    """
    if reproduction is None or reproduction.source != "generated":
        return False
    changed = {edit.path: edit for edit in edits}
    return all(
        _take_lines(changed[frame.path].before, frame) in "\n".join(Source("", changed[frame.path].after or b"").lines)
        for frame in frames
        if frame.depth == 0 and frame.path in changed
    )


def _take_lines(content: bytes | None, frame: SourceFrame) -> str:
    return "\n".join(Source("", content or b"").lines[frame.first_line - 1 : frame.last_line])
