"""Follows logs through rotation: what was read of them comes in, what is still to be read goes out.

A file is known by its inode, and where that changed by how it begins: by rename, by copy and truncation, compressed or
not, each byte is read once. Lines are not looked at here.
"""

import glob
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from hotfix.ingest.compression import DAMAGE, is_plain_text, open_stream
from hotfix.ingest.discovery import name_stream
from hotfix.rollout.monitor.limits import FILES_MOST, HEAD_BYTES, LINE_BYTES_MOST

WHOLE = 2**62
"""Offset of a compressed file that was read to its end."""

_STEP = 64 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """How far one file was read."""

    path: str
    inode: str  # with its device
    offset: int  # bytes, decompressed, of whole lines
    head: str  # hash of the first `head_bytes` bytes
    head_bytes: int
    live: bool  # it is written to, as far as its name tells


@dataclass(frozen=True, slots=True)
class Part:
    """What of one file is to be read: whole lines."""

    file: "LogFile"
    begin: int
    end: int  # WHOLE for a compressed file

    def see(self, offset: int) -> Seen:
        """Return what the next window needs to know once the part was read up to an offset."""
        head = self.file.head[:offset]
        return Seen(str(self.file.path), self.file.inode, offset, _hash(head), len(head), self.file.live)

    def is_there(self) -> bool:
        """Tell whether the file still lies there as it was listed, and not another one in its place."""
        try:
            now = _look_at(self.file.path, live=self.file.live)
        except DAMAGE:
            return False
        return now is not None and now.inode == self.file.inode and now.holds(self.see(min(self.end, self.file.size)))


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file as it was found."""

    path: Path
    inode: str
    size: int
    mtime: float
    plain: bool
    live: bool
    head: bytes  # decompressed, HEAD_BYTES at most

    def holds(self, seen: Seen) -> bool:
        """Tell whether it begins as that file did, and goes as far."""
        far = not self.plain or self.size >= seen.offset
        head = self.head[: seen.head_bytes]
        return far and len(head) == seen.head_bytes and _hash(head) == seen.head

    def is_copy(self, other: "LogFile") -> bool:
        """Tell whether it begins as the other, as a copy of it does, or what is just being compressed."""
        return len(self.head) > 0 and other.head.startswith(self.head)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of some logs."""

    parts: tuple[Part, ...]  # what is still to be read, oldest first
    missing: tuple[Seen, ...]  # what was read of files that are not found now
    faults: Mapping[Path, str]  # why logs cannot be read

    @property
    def newest_s(self) -> float:
        """When one of the files was last written to; 0 where there is none."""
        return max((part.file.mtime for part in self.parts), default=0.0)

    @property
    def lost(self) -> tuple[str, ...]:
        """The paths of logs that are gone with what was written to them last."""
        return tuple(one.path for one in self.missing if one.live and one.offset and Path(one.path) not in self.faults)


def find_all(patterns: Sequence[str], others: Collection[Path] = ()) -> Found:
    """Return some logs, each as a part that is whole.

    Args:
        patterns: paths and globs of the logs; what was rotated away beside them is found by its name.
        others: paths that are of other logs, whatever their names.

    Raises:
        OSError: a log was taken away at this moment.
    """
    files, faults = _list_files(patterns, others)
    return Found(tuple(_make_part(file, 0) for file in files), (), faults)


def find_parts(patterns: Sequence[str], others: Collection[Path], seen: Sequence[Seen], since_s: float) -> Found:
    """Return what is still to be read of some logs.

    Args:
        patterns: as in `find_all`.
        others: likewise.
        seen: what was read before; none of it is found again, and of copies one.
        since_s: unknown files that were last written to before this are older than all that counts.

    Raises:
        OSError: as `find_all`.
    """
    files, faults = _list_files(patterns, others)
    before = _match_files(files, seen)
    read = [file for file in files if file.inode in before]
    unknown = [file for file in files if file.inode not in before and file.mtime >= since_s]
    for file in sorted(unknown, key=lambda file: (not file.plain, -len(file.head))):
        if not any(file.is_copy(one) for one in read):
            read.append(file)
    parts = [
        _make_part(file, before[file.inode].offset if file.inode in before else 0)
        for file in sorted(read, key=lambda file: file.mtime)
    ]
    found = {past.inode for past in before.values()}
    return Found(tuple(parts), tuple(one for one in seen if one.inode not in found), faults)


def list_live(patterns: Sequence[str]) -> set[Path]:
    """Return the paths that patterns name, whether they are there or not."""
    return {Path(path) for pattern in patterns for path in _expand(pattern)}


def read_bytes(path: Path, offset: int) -> Iterator[bytes]:
    """Yield the decompressed bytes of a file from an offset on."""
    with path.open("rb", buffering=_STEP) as raw:
        stream = open_stream(raw)
        stream.seek(offset)
        while chunk := stream.read(_STEP):
            yield chunk


def _expand(pattern: str) -> list[str]:
    return sorted(glob.glob(pattern, recursive=True)) if glob.has_magic(pattern) else [pattern]  # noqa: PTH207  # as text


def _list_files(patterns: Sequence[str], others: Collection[Path]) -> tuple[list[LogFile], dict[Path, str]]:
    """Return the logs and what was rotated away beside them, oldest first and each inode once, and what is wrong."""
    live = list_live(patterns)
    streams = {name_stream(str(path)) for path in live}
    beside = {path for folder in {path.parent for path in live} for path in _list_folder(folder)}
    rotated = sorted(path for path in beside - live if name_stream(str(path)) in streams)
    found, faults = dict[str, LogFile](), dict[Path, str]()
    for path in (*sorted(live), *rotated):
        try:
            file = None if path in others else _look_at(path, live=path in live)
        except DAMAGE as error:
            if path in live:
                faults[path] = getattr(error, "strerror", None) or str(error)
            continue
        if file is not None:
            found.setdefault(file.inode, file)
    return sorted(found.values(), key=lambda file: file.mtime)[-FILES_MOST:], faults


def _list_folder(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # no such folder yet, or no right to list it: the logs themselves may still be read
        return []


def _look_at(path: Path, *, live: bool) -> LogFile | None:
    """Return a file; None where it is gone, or no regular file.

    Raises:
        OSError: it is there and cannot be read; damage of a compressed one is raised as it is.
    """
    if not path.is_file():
        return None
    with path.open("rb") as raw:
        status = os.fstat(raw.fileno())
        plain = is_plain_text(raw.peek(6))
        head = open_stream(raw).read(HEAD_BYTES)
    return LogFile(path, f"{status.st_dev}:{status.st_ino}", status.st_size, status.st_mtime, plain, live, head)


def _match_files(files: Sequence[LogFile], seen: Sequence[Seen]) -> dict[str, Seen]:
    """Return what was read of each file, by the inode that it has now.

    The same inode comes before the same begin; of a file that was empty the inode tells least: a new file may have it.
    """
    found: dict[str, Seen] = {}
    left = list(seen)
    for may_be in (_is_the_same, _begins_alike, _has_its_inode):
        for file in files:
            fits = (one for one in left if may_be(file, one) and file.holds(one))
            if file.inode not in found and (past := next(fits, None)):
                found[file.inode] = past
                left.remove(past)
    return found


def _is_the_same(file: LogFile, one: Seen) -> bool:
    return _begins_alike(file, one) and _has_its_inode(file, one)


def _begins_alike(_file: LogFile, one: Seen) -> bool:
    return one.head_bytes > 0  # so that `LogFile.holds` compares it


def _has_its_inode(file: LogFile, one: Seen) -> bool:
    return file.inode == one.inode


def _make_part(file: LogFile, begin: int) -> Part:
    return Part(file, begin, _find_line_end(file.path, begin, file.size) if file.plain else WHOLE)


def _find_line_end(path: Path, begin: int, size: int) -> int:
    """Return the offset after the last whole line."""
    with path.open("rb") as raw:
        end = size
        while end > max(begin, size - LINE_BYTES_MOST):
            start = max(end - _STEP, begin)
            raw.seek(start)
            place = raw.read(end - start).rfind(b"\n")
            if place >= 0:
                return start + place + 1
            end = start
    return begin if end <= begin else size


def _hash(head: bytes) -> str:
    return blake2b(head, digest_size=8).hexdigest()
