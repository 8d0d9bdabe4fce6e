"""The reproduction that a user gives, and the error that an incident states."""

from collections.abc import Sequence

from hotfix.repair.contract import SourceFrame
from hotfix.repair.reproduce.contract import Reproduction
from hotfix.repair.verify.contract import Expected


def expect_error(frames: Sequence[SourceFrame]) -> Expected | None:
    """Return the error of the first frame where something was raised, or None when the incident names none."""
    found = next((frame for frame in frames if frame.depth == 0 and frame.exception), None)
    if found is None:
        return None
    return Expected(found.exception, found.path, found.function, found.first_line, found.last_line)


def use_given(command: str, expected: Expected | None) -> Reproduction:
    """Return the reproduction that is a command of the user's."""
    return Reproduction("given", command, expected)
