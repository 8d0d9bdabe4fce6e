"""Appends lines to a file that several processes write and that a crash may cut off."""

import fcntl
import os
from pathlib import Path

from hotfix.core.files import sync_folder


def append_line(path: Path, line: str) -> None:
    """Append one line so that it is on disk, whole, when this returns; the file is made when missing.

    Processes that append at the same time wait for each other. A last line that a crash cut off is ended first, so that
    it stays apart. What could be written only in part, on a full disk, is taken back.

    Args:
        path: the file; a symbolic link is refused.
        line: without a line feed.

    Raises:
        OSError: the file cannot be opened or written; it is as it was.
        ValueError: the line holds a line feed.
    """
    if "\n" in line:
        raise ValueError("expected one line, found a line feed in it")
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        try:
            _write_all(handle, b"\n" * torn + line.encode() + b"\n")
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)
    if size == 0:
        sync_folder(path.parent)


def _write_all(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
