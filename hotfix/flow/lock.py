"""Keeps two runs of the whole way from working on one incident at once.

The lock is on the folder itself: no file is left behind, and the kernel ends it with its process, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotfix.core.errors import HotfixError, UsageError


class AtWorkError(HotfixError):
    """Another run works on this incident."""

    exit_code = 1


@contextmanager
def hold_incident(folder: Path) -> Iterator[None]:
    """Hold the incident of a folder; drafts of files that a killed process left there are removed.

    Raises:
        AtWorkError: another run holds it.
        UsageError: the folder cannot be opened.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"expected a folder that can be opened at {folder}, found: {error.strerror}") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AtWorkError(
                f"expected nobody else to go the way of {folder.name}, found another hotfix run at it; "
                "let it end, or stop it, and run this again"
            ) from None
        _clear_drafts(folder)
        yield
    finally:
        os.close(handle)


def _clear_drafts(folder: Path) -> None:
    """Remove what `write_whole` had begun for a process that is gone."""
    for path in folder.glob(".*.part"):
        number = path.name.split(".")[-2]
        if number.isdigit() and not Path("/proc", number).exists():
            path.unlink(missing_ok=True)
