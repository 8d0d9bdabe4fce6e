"""Writes a file whole or not at all, and reads one that others may have put there."""

import errno
import os
import shutil
import stat
from pathlib import Path

from hotfix.core.errors import InputError, MissingError


def write_whole(path: Path, content: str | bytes, *, like: Path | None = None) -> None:
    """Write a file so that a reader sees the old file or the whole new one, even after a crash.

    Args:
        path: where it is to lie.
        content: all of it; text is written as UTF-8.
        like: a file whose mode, owner, group and extended attributes the new one gets, before it can be seen.

    Raises:
        OSError: the folder or the file cannot be written, or not with such an owner; nothing is left behind.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
            file.flush()
            os.fsync(file.fileno())
        if like is not None:
            _take_after(draft, like)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def read_regular(path: Path, most: int) -> bytes:
    """Return what a file holds, up to so many bytes and one more; no link is followed, and no pipe waited for.

    Raises:
        OSError: it cannot be read, or is no plain file.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(handle)


def read_start(path: Path, most: int, what: str) -> bytes:
    """Return the same of a file that others may have put there.

    Args:
        path: of the file.
        most: bytes that are wanted of it; one more is returned where it has more.
        what: is expected there, for the error: "a journal".

    Raises:
        MissingError: nothing is there.
        InputError: it cannot be read, or is no plain file.
    """
    try:
        return read_regular(path, most)
    except OSError as error:
        kind = MissingError if isinstance(error, FileNotFoundError) else InputError
        found = error.strerror or type(error).__name__
        raise kind(f"expected {what} that can be read at {path}, found: {found}") from None


def read_all(path: Path, most: int, what: str) -> bytes:
    """Return all that such a file holds.

    Raises:
        MissingError: nothing is there.
        InputError: it cannot be read, is no plain file, or has more than `most` bytes.
    """
    data = read_start(path, most, what)
    if len(data) > most:
        raise InputError(f"expected {what} of at most {most:,} bytes at {path}, found more")
    return data


def read_utf8(path: Path, what: str) -> str:
    """Return the text of a file that people write.

    Args:
        path: of the file.
        what: is expected there, for the error.

    Raises:
        InputError: it cannot be read, or is not UTF-8; the message names the line.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: expected {what}, found: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(f"{path}:{line}: expected UTF-8, found the byte {error.object[error.start]:#04x}") from None


def _take_after(path: Path, like: Path) -> None:
    """Give a file the rights of another; the owner first, for a change of owner takes some of the mode away."""
    mine, wanted = path.stat(), like.stat()
    if (mine.st_uid, mine.st_gid) != (wanted.st_uid, wanted.st_gid):
        os.chown(path, wanted.st_uid, wanted.st_gid)
    shutil.copystat(like, path)
    os.utime(path)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder itself survive a crash.

    Raises:
        OSError: the folder cannot be opened, or the disk fails.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
