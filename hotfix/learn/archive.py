"""Packs the folder of an incident into one file to carry to another host, and reads such a file without trusting it.

A file is a tar archive, compressed by gzip: first the manifest, then each file that it names. What is read is held in
memory, as much as an archive may hold at most.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import InputError, UsageError
from hotfix.core.facts import Skipped
from hotfix.core.files import read_start, write_whole
from hotfix.core.settings import ARCHIVE_BYTES_MOST, ARCHIVE_OVERHEAD_BYTES
from hotfix.learn.manifest import MANIFEST, Manifest, check_path, check_size, describe_file, read_manifest

_DAMAGE = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError)
_PLAIN = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE})


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of an incident's folder."""

    files: Mapping[str, bytes]  # by path inside the folder, in order
    left_out: tuple[Skipped, ...] = ()  # links and whatever else is no plain file


def read_contents(folder: Path) -> Contents:
    """Return all files of a folder but hidden ones, which are drafts.

    Raises:
        InputError: one cannot be read, or they are more than an archive may hold.
    """
    files, left_out = dict[str, bytes](), list[Skipped]()
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        try:
            check_path(name, str(folder))
        except InputError as error:
            left_out.append(Skipped(name, str(error)))
            continue
        if name == MANIFEST:
            left_out.append(Skipped(name, "the archive has its own"))
            continue
        if path.is_symlink() or not path.is_file():
            left_out.append(Skipped(name, "a link or no plain file"))
            continue
        files[name] = read_start(path, ARCHIVE_BYTES_MOST, "a file")
        check_size([len(content) for content in files.values()], str(folder))
    return Contents(files, tuple(left_out))


def write_archive(target: Path, manifest: bytes, contents: Contents) -> None:
    """Write an archive; the same manifest and files give the same bytes.

    Raises:
        UsageError: there is something at `target` already, or it cannot be written.
    """
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as out, tarfile.open(fileobj=out, mode="w|") as tar:
        for name, content in {MANIFEST: manifest, **contents.files}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    if target.exists() or target.is_symlink():
        raise UsageError(f"expected no file at {target}, found one; name another with --out")
    try:
        write_whole(target, packed.getvalue())
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(f"expected a file that can be written at {target}, found: {found}") from None


def read_archive(source: Path) -> tuple[Manifest, Contents]:
    """Return what an archive says it holds and what it does hold: exactly that, with these sizes and hashes.

    Raises:
        InputError: it cannot be read, is damaged, holds too much, or anything but the plain files that it names.
    """
    where = str(source)
    try:
        with source.open("rb") as raw, gzip.GzipFile(fileobj=raw) as unpacked:
            limited = _Limited(unpacked, where)
            with tarfile.open(fileobj=limited, mode="r|") as tar:  # type: ignore[call-overload]  # only `read` is used
                return _read_members(tar, where)
    except FileNotFoundError:
        raise InputError(f"expected an archive of an incident at {where}, found none") from None
    except _DAMAGE as error:
        raise InputError(f"expected an archive of hotfix incidents export at {where}, found: {error}") from None


class _Limited:
    """Reads no more bytes of a stream than an archive may hold: a small file can unpack to any size."""

    def __init__(self, stream: gzip.GzipFile, where: str) -> None:
        self._stream, self._where = stream, where
        self._left = ARCHIVE_BYTES_MOST + ARCHIVE_OVERHEAD_BYTES

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise InputError(f"expected at most {ARCHIVE_BYTES_MOST} bytes in {self._where}, found more")
        return data


def _read_members(tar: tarfile.TarFile, where: str) -> tuple[Manifest, Contents]:
    members = _read_plain(tar, where)
    name, content = next(members, ("nothing", b""))
    if name != MANIFEST:
        raise InputError(f"expected {MANIFEST} first in {where}, found {name!r}")
    manifest, files = read_manifest(content, where), dict[str, bytes]()
    for name, content in members:
        if name not in manifest.files or name in files:
            raise InputError(f"expected each file that {MANIFEST} names once in {where}, found {name!r}")
        if describe_file(content) != manifest.files[name]:
            raise InputError(f"expected {name} in {where} as {MANIFEST} describes it, found another size or hash")
        files[name] = content
    if missing := sorted(set(manifest.files) - set(files)):
        raise InputError(f"expected {missing[0]} in {where}, found none, though {MANIFEST} names it")
    return manifest, Contents(files)


def _read_plain(tar: tarfile.TarFile, where: str) -> Iterator[tuple[str, bytes]]:
    """Yield the archive's files; anything but a plain one, as a link out of the folder, ends it."""
    sizes = list[int]()
    for member in tar:
        check_path(member.name, where)
        if member.type not in _PLAIN or member.sparse is not None:
            raise InputError(f"expected plain files in {where}, found {member.name!r}, which is none")
        check_size([*sizes, member.size], where)
        sizes.append(member.size)
        file = tar.extractfile(member)
        yield member.name, file.read() if file else b""


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder and below, in order of names; hidden names are passed by."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path
