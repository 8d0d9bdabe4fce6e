"""Chooses the test files that speak of changed files, for when there is no time for all of them. Texts to paths."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath


def choose_tests(changed: Sequence[str], tests: Mapping[str, str]) -> tuple[str, ...]:
    """Return the test files, in order, that name a changed file or its module; none when nothing names them.

    Args:
        changed: paths of the files that a patch changes.
        tests: path → text of every test file.
    """
    names = {PurePosixPath(path).stem for path in changed} | {
        PurePosixPath(path).parent.name for path in changed if PurePosixPath(path).stem == "__init__"
    }
    wanted = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(names)))})(?![^\W_])") if names else None
    return tuple(
        sorted(path for path, text in tests.items() if wanted and (wanted.search(text) or wanted.search(path)))
    )
