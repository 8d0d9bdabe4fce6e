"""Appends lines to a file that several processes write and that a crash may cut off, and reads them back."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hotfix.core.errors import InputError, MissingError
from hotfix.core.facts import Skipped
from hotfix.core.files import read_all, sync_folder

_Entry = TypeVar("_Entry")


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


def read_lines(path: Path, most: int) -> list[str]:
    """Return the lines of a journal with their ends; none where the file is missing.

    Raises:
        InputError: it is there and cannot be read, or is larger than `most` bytes.
    """
    try:
        data = read_all(path, most, "a journal")
    except MissingError:
        return []
    return [line.decode("utf-8", "replace") for line in data.splitlines(keepends=True)]


def read_entries(
    path: Path, most: int, parse: Callable[[str, str], _Entry]
) -> tuple[tuple[_Entry, ...], tuple[Skipped, ...]]:
    """Return the entries of a journal in their order, and what of it is none, each with its place and the reason.

    Args:
        path: the file; one that is missing has no entries.
        most: bytes that it may have.
        parse: returns the entry of a line, given its text and its place, or raises InputError.

    Raises:
        InputError: as for `read_lines`.
    """
    entries, skipped = list[_Entry](), list[Skipped]()
    for number, line in enumerate(read_lines(path, most), start=1):
        where = f"{path.name}:{number}"
        try:
            if line.strip():
                entries.append(parse(line, where))
        except InputError as error:
            torn = not line.endswith("\n")
            skipped.append(Skipped(where, "cut off while it was written" if torn else str(error)))
    return tuple(entries), tuple(skipped)


def _write_all(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
