"""Finds the log files that the user meant: paths, folders, globs and standard input in, source files out."""

import atexit
import glob
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from hotfix.core.errors import InputError, did_you_mean
from hotfix.core.facts import Skipped
from hotfix.ingest.compression import read_head

STDIN = "-"
STDIN_SHOWN = "standard input"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read. Its bytes are opened in `sources` only."""

    file_id: int
    path: Path
    shown: str  # the path as users see it
    bytes: int  # size on disk
    stream: str  # the rotated set it belongs to: its shown path without rotation marks
    mtime: datetime


@dataclass(frozen=True, slots=True)
class Sources:
    """What was found: logs, files that tell of changes in the world, and what was left out."""

    files: tuple[SourceFile, ...]
    side_files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]


_NOT_LOGS = frozenset(
    f".{name}"
    for names in (
        "md rst toml yaml yml ini html css pdf tex ipynb lock pid sock swp",
        "py pyc pyi so o a jar war class java js ts go rs rb php c h cpp exe dll whl deb rpm map",
        "png jpg jpeg gif svg ico webp mp3 mp4 woff woff2 ttf",
        "db sqlite sqlite3 db-wal db-shm parquet arrow npy npz pkl gguf",
    )
    for name in names.split()
)
_ARCHIVES = (
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.xz",
    ".txz",
    ".tar.bz2",
    ".tbz2",
    ".tar.zst",
    ".zip",
    ".7z",
    ".rar",
)
_SIDE = re.compile(
    r"(?i)^(?:deploys|changes)\.(?:csv|json|jsonl)$|^dpkg\.log|^apt[-_.]?history\.log|^yum\.log|^dnf[\w.]*\.log"
)
_APT_HISTORY = re.compile(r"^history\.log")
_APT_MARK = b"Start-Date:"  # begins every entry of apt's history; other programs' history.log are logs
_COMPRESSED = r"(?:\.(?:gz|zst|bz2|xz))?"
_DATE = r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:[-_T.]?\d{2,6})*"
_ROTATION = re.compile(rf"(?:\.(?:old|bak|\d{{1,4}})|[-._]{_DATE}(?:\.\d{{1,3}})?)?{_COMPRESSED}$")
_DATED = re.compile(rf"[-._]{_DATE}(?:\.\d{{1,3}})?(\.[A-Za-z]\w*)$")


def find_sources(paths: Sequence[str], stdin: BinaryIO | None) -> Sources:
    """Return the files to read, in order of their shown path; each inode once.

    A file that is named is read whatever its extension; in folders and globs, what is no log is left out.

    Args:
        paths: files, folders (recursive), globs, or ``-`` for standard input.
        stdin: where ``-`` reads from; spooled to a temporary file so that its lines can be opened again.

    Raises:
        InputError: a path does not exist.
    """
    search = _Search(stdin)
    for path in paths:
        search.add(path)
    return search.result()


def find_file(path: Path) -> SourceFile:
    """Return one file that the user named for another purpose than to be read as a log; its id is no log's.

    Raises:
        InputError: the file does not exist or cannot be looked at.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"expected a file at {show_path(str(path))}: {error.strerror}{_suggest(path)}") from error
    mtime = datetime.fromtimestamp(status.st_mtime, UTC)
    return SourceFile(-1, path, show_path(str(path)), status.st_size, str(path), mtime)


def name_stream(shown: str) -> str:
    """Return the rotated set of a path: ``app.log`` for ``app.log.2.gz`` and for ``app-20260115.log``."""
    return _DATED.sub(r"\1", _ROTATION.sub("", shown, count=1))


def show_path(path: str) -> str:
    """Return a path that can be printed: undecodable bytes and control characters become U+FFFD."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path)


@dataclass(slots=True)
class _Search:
    stdin: BinaryIO | None
    files: list[SourceFile] = field(default_factory=list)
    side_files: list[SourceFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def add(self, path: str) -> None:
        if path == STDIN:
            self._add_pipe(self.stdin, STDIN_SHOWN)
        elif _is_folder(Path(path)):
            self._add_folder(Path(path))
        elif _is_pipe(Path(path)):
            with Path(path).open("rb") as pipe:
                self._add_pipe(pipe, path)
        elif os.path.lexists(path):
            self._add_file(Path(path), named=True)
        else:
            self._add_glob(path)

    def result(self) -> Sources:
        logs = sorted(self.files, key=lambda file: file.shown)
        sides = sorted(self.side_files, key=lambda file: file.shown)
        ordered = [replace(file, file_id=ident) for ident, file in enumerate([*logs, *sides])]
        return Sources(tuple(ordered[: len(logs)]), tuple(ordered[len(logs) :]), tuple(self.skipped))

    def _add_glob(self, pattern: str) -> None:
        found = glob.glob(pattern, recursive=True) if glob.has_magic(pattern) else []  # noqa: PTH207
        if not found:
            raise InputError(
                f"expected a file, folder or glob, found nothing at {show_path(pattern)}{_suggest(Path(pattern))}"
            )
        for path in sorted(found):
            if _is_folder(Path(path)):
                self._add_folder(Path(path))
            else:
                self._add_file(Path(path))

    def _add_folder(self, folder: Path) -> None:
        if not self._enter(folder):
            return
        empty = True
        for path in self._walk(folder):
            empty = False
            self._add_file(path)
        if empty:
            self._skip(folder, "the folder holds no file")

    def _walk(self, folder: Path) -> Iterator[Path]:
        """Yield the files below a folder, sorted; folders that are hidden or already seen are told."""
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            self._skip(folder, f"cannot be listed: {error.strerror}")
            return
        for path in entries:
            if not _is_folder(path):
                yield path
            elif path.name.startswith("."):
                self._skip(path, "a hidden folder; name it to have it read")
            elif self._enter(path):
                yield from self._walk(path)

    def _enter(self, folder: Path) -> bool:
        try:
            new = self._is_new(folder.stat())
        except OSError as error:
            self._skip(folder, f"cannot be opened: {error.strerror}")
            return False
        if not new:
            self._skip(folder, "already read by another path (a link, or a loop of links)")
        return new

    def _is_new(self, status: os.stat_result) -> bool:
        identity = (status.st_dev, status.st_ino)
        new = identity not in self.seen
        self.seen.add(identity)
        return new

    def _add_file(self, path: Path, *, named: bool = False) -> None:
        try:
            status = path.stat()
            reason = _refuse(path, named=named)
        except OSError as error:
            reason = f"cannot be opened: {error.strerror}"
        if reason is not None:
            self._skip(path, reason)
        elif self._is_new(status):
            self._keep(path, show_path(str(path)), status)

    def _add_pipe(self, pipe: BinaryIO | None, shown: str) -> None:
        """Keep what a pipe says in a temporary file, until the program ends."""
        with tempfile.NamedTemporaryFile(prefix="hotfix-pipe-", delete=False) as spool:
            path = Path(spool.name)
            atexit.register(path.unlink, missing_ok=True)
            if pipe is not None:
                shutil.copyfileobj(pipe, spool)
        self._keep(path, shown, path.stat())

    def _keep(self, path: Path, shown: str, status: os.stat_result) -> None:
        mtime = datetime.fromtimestamp(status.st_mtime, UTC)
        found = SourceFile(0, path, shown, status.st_size, name_stream(shown), mtime)
        (self.side_files if _tells_changes(path) else self.files).append(found)

    def _skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(show_path(str(path)), reason))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no right to look, a name too long: whoever opens it will say so
        return False


def _is_pipe(path: Path) -> bool:
    try:
        return path.is_fifo()
    except OSError:
        return False


def _refuse(path: Path, *, named: bool) -> str | None:
    name = path.name.lower()
    if not path.is_file():
        return "not a regular file"
    if name.endswith(_ARCHIVES):
        return "an archive; unpack it first"
    if name.endswith((".journal", ".journal~")):
        return f"a binary journal; export it first: journalctl --file {path.name} -o json > journal.json"
    return "not a log" if path.suffix.lower() in _NOT_LOGS and not named else None


def _tells_changes(path: Path) -> bool:
    return bool(_SIDE.search(path.name) or (_APT_HISTORY.search(path.name) and _APT_MARK in read_head(path)))


def _suggest(path: Path) -> str:
    """Return a near name for the first part of a path that does not exist."""
    try:
        missing = next((part for part in (*reversed(path.parents), path) if not part.exists()), path)
        return did_you_mean(missing.name, sorted(known.name for known in missing.parent.iterdir()))
    except OSError:
        return ""
