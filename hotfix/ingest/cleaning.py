r"""Makes clean lines of raw bytes: chunks of any size in, blocks out. Flat memory, however long the lines.

A line is cut, decoded and stripped by itself alone, so its text is the same in whichever block it comes.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hotfix.core.facts import Skipped
from hotfix.core.settings import BLOCK_BYTES, MAX_LINE_BYTES

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_BAD_UNIT = "\udcff"  # becomes the byte FF, which UTF-8 never holds: it is counted and replaced


@dataclass(frozen=True, slots=True)
class Block:
    r"""Some whole lines: each ends in ``\n``, no carriage return before it, is valid UTF-8 and holds no NUL."""

    text: bytes
    first_line: int  # number of the first line, 1-based
    offset: int  # of the first line in the decompressed file, bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where reading can start again: the beginning of a block."""

    first_line: int
    offset: int


FILE_START = Mark(1, 0)


@dataclass(frozen=True, slots=True)
class _Piece:
    raw: bytes  # ends at a line's end, but for the last piece of a file
    length: int  # bytes of the file it stands for
    lost: int = 0  # bytes of its only line that were dropped


@dataclass(slots=True)
class LineCleaner:
    """Cleans the bytes of one file; tells ``on_skip`` of each line cut, and at the end of all other dirt."""

    shown: str
    on_skip: Callable[[Skipped], None]
    block_bytes: int = BLOCK_BYTES
    _invalid_lines: int = 0
    _nul_bytes: int = 0

    def clean(self, chunks: Iterator[bytes], start: Mark) -> Iterator[Block]:
        """Yield blocks of the chunks, the first of which begins at ``start``."""
        line, offset = start.first_line, start.offset
        for piece in _cut_pieces(chunks, self.block_bytes):
            text = self._shorten_lines(_end_line(piece.raw), line, piece.lost)
            text = self._clean_text(text.removeprefix(codecs.BOM_UTF8) if offset == 0 else text)
            yield Block(text, line, offset)
            line += text.count(b"\n")
            offset += piece.length
        self._tell()

    def _shorten_lines(self, text: bytes, line: int, lost: int) -> bytes:
        """Cut lines longer than MAX_LINE_BYTES; looks at one byte in MAX_LINE_BYTES where there is none."""
        kept: list[bytes] = []
        begin = at = 0
        while len(text) - at > MAX_LINE_BYTES + 1:
            end = text.rfind(b"\n", at, at + MAX_LINE_BYTES + 1) + 1
            if end:
                at = end
                continue
            end = text.index(b"\n", at + MAX_LINE_BYTES)
            self._tell_cut(line + text.count(b"\n", 0, at), end - at + lost)
            kept += (text[begin:at], _cut_line(text[at:end]), b"\n")
            begin = at = end + 1
        return b"".join([*kept, text[begin:]]) if kept else text

    def _clean_text(self, text: bytes) -> bytes:
        if b"\0" in text:
            self._nul_bytes += text.count(b"\0")
            text = text.replace(b"\0", b"")
        if b"\r" in text and b"\r\n" in text:
            text = text.replace(b"\r\n", b"\n")
            if b"\r\n" in text:
                text = b"\n".join(line.rstrip(b"\r") for line in text.split(b"\n"))
        return text if text.isascii() else self._decode(text)

    def _decode(self, text: bytes) -> bytes:
        try:
            text.decode()
        except UnicodeDecodeError:
            lines = [line if line.isascii() else self._decode_line(line) for line in text.split(b"\n")]
            return b"\n".join(lines)
        return text

    def _decode_line(self, line: bytes) -> bytes:
        decoded = line.decode(errors="replace").encode()
        self._invalid_lines += decoded != line
        return decoded

    def _tell_cut(self, line: int, length: int) -> None:
        reason = f"a line of {length:,} bytes; only its first {MAX_LINE_BYTES:,} are read"
        self.on_skip(Skipped(f"{self.shown}:{line}", reason))

    def _tell(self) -> None:
        if self._invalid_lines:
            lines = "1 line is" if self._invalid_lines == 1 else f"{self._invalid_lines:,} lines are"
            self.on_skip(Skipped(self.shown, f"{lines} not valid text; bad bytes show as {_REPLACEMENT}"))
        if self._nul_bytes:
            self.on_skip(Skipped(self.shown, f"{self._nul_bytes:,} NUL bytes were removed"))


def decode_utf16(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield UTF-8 for chunks of UTF-16 with a byte order mark; a bad unit becomes a byte that is no UTF-8."""
    codecs.register_error("hotfix-bad-unit", _mark_bad_unit)
    decoder = codecs.getincrementaldecoder("utf-16")(errors="hotfix-bad-unit")
    for chunk in chunks:
        yield decoder.decode(chunk).encode(errors="surrogateescape")
    yield decoder.decode(b"", final=True).encode(errors="surrogateescape")


def _mark_bad_unit(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return _BAD_UNIT, error.end
    raise error


def _cut_pieces(chunks: Iterator[bytes], block_bytes: int) -> Iterator[_Piece]:
    """Yield whole lines, about ``block_bytes`` at a time; of a longer line only the beginning is held."""
    held: list[bytes] = []
    size = lost = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if lost and b"\n" in chunk:
            raw = b"".join(held)
            cut = raw.index(b"\n") + 1
            yield _Piece(raw[:cut], cut + lost, lost)
            held, size, lost = [raw[cut:]], len(raw) - cut, 0
        if size < block_bytes:
            continue
        rest = held.pop()
        end = rest.rfind(b"\n") + 1
        if end and not lost:
            yield _Piece(b"".join([*held, rest[:end]]), size - len(rest) + end)
            held, size = [rest[end:]], len(rest) - end
            continue
        raw = b"".join([*held, rest])
        cut = 0 if lost else raw.rfind(b"\n") + 1
        if cut:
            yield _Piece(raw[:cut], cut)
        kept = raw[cut:] if cut else raw[: MAX_LINE_BYTES + 1]  # one byte too many, so that it still counts as too long
        lost += size - cut - len(kept)
        held, size = [kept], len(kept)
    if size:
        yield _Piece(b"".join(held), size + lost, lost)


def _end_line(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\n") else raw + b"\n"


def _cut_line(line: bytes) -> bytes:
    """Return the first MAX_LINE_BYTES of a line, without a character that would be cut in two."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    start = line[:MAX_LINE_BYTES]
    decoder.decode(start)
    return start[: len(start) - len(decoder.getstate()[0])]
