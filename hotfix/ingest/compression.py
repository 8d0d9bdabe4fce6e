"""Tells stored bytes apart by how they begin, and takes compression off as they stream. Decodes no text."""

import bz2
import codecs
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from hotfix.core.settings import BINARY_NUL_SHARE, BINARY_SHARE, SNIFF_BYTES

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError, zstd.ZstdError)
"""What reading a file may raise: it is gone, forbidden, cut off or corrupt."""

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_MAGIC: tuple[tuple[bytes, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b", lambda raw: cast("BinaryIO", gzip.GzipFile(fileobj=raw))),
    (b"\x28\xb5\x2f\xfd", lambda raw: cast("BinaryIO", zstd.ZstdFile(raw))),
    (b"BZh", lambda raw: cast("BinaryIO", bz2.BZ2File(raw))),
    (b"\xfd7zXZ\x00", lambda raw: cast("BinaryIO", lzma.LZMAFile(raw))),  # noqa: SIM115  # its owner closes it
)
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
_TAR_MARK = slice(257, 262)
_JOURNAL = b"LPKSHHRH"
_BINARIES = (
    b"\x7fELF",
    b"\x89PNG",
    b"SQLite format 3\0",
    b"%PDF",
    b"\xca\xfe\xba\xbe",
    b"GIF8",
    b"GGUF",
    b"PAR1",
)
_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\r\f\v\x1b\x08"))


def open_stream(raw: BinaryIO) -> BinaryIO:
    """Return a stream of the decompressed bytes of a buffered file; the file itself when not compressed."""
    head = raw.peek(6)  # type: ignore[attr-defined]  # of every buffered reader
    opener = next((opener for magic, opener in _MAGIC if head.startswith(magic)), None)
    return raw if opener is None else opener(raw)


def peek_head(stream: BinaryIO) -> bytes:
    """Return the first bytes of a buffered stream, SNIFF_BYTES at most, without moving it."""
    return bytes(stream.peek(SNIFF_BYTES)[:SNIFF_BYTES])  # type: ignore[attr-defined]  # as above


def read_head(path: Path) -> bytes:
    """Return the first decompressed bytes of a file, SNIFF_BYTES at most; none when it cannot be read."""
    try:
        with path.open("rb", buffering=SNIFF_BYTES) as raw:
            return peek_head(open_stream(raw))
    except DAMAGE:
        return b""


def is_plain_text(head: bytes) -> bool:
    """Tell whether a file that begins with ``head`` is stored as UTF-8, so that offsets are places in it."""
    return not head.startswith((*(magic for magic, _ in _MAGIC), *UTF16))


def find_binary(head: bytes) -> str | None:
    """Return why a file is no text, judged by its first decompressed bytes, or None when it is text."""
    if head.startswith(UTF16):
        return None
    if head.startswith(_ARCHIVES) or head[_TAR_MARK] == b"ustar":
        return "an archive; unpack it first"
    if head.startswith(_JOURNAL):
        return "a binary journal; export it first: journalctl --file FILE -o json > journal.json"
    nuls = head.count(b"\0")
    controls = len(head) - nuls - len(head.translate(None, _CONTROLS + b"\0"))
    noisy = nuls > BINARY_NUL_SHARE * len(head) or controls > BINARY_SHARE * max(len(head) - nuls, 1)
    return "not a log: binary, not text" if noisy or head.startswith(_BINARIES) else None
