r"""The only reader of log bytes: a source file in, blocks of clean lines out; lines can be opened again.

Clean means: whole lines, valid UTF-8, one ``\n`` per line of the file, no carriage return at a line's end,
no NUL, no byte order mark, no line read beyond MAX_LINE_BYTES. What was changed or lost is told as `Skipped`.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from hotfix.core.facts import Skipped
from hotfix.core.settings import BLOCK_BYTES, BLOCKS_REMEMBERED, OPEN_BYTES, READ_BYTES, SKIP_BYTES, SNIFF_BYTES
from hotfix.ingest.cleaning import FILE_START, Block, LineCleaner, Mark, decode_utf16
from hotfix.ingest.compression import DAMAGE, UTF16, find_binary, is_plain_text, open_stream, peek_head
from hotfix.ingest.discovery import SourceFile

OnSkip = Callable[[Skipped], None]


def read_blocks(
    file: SourceFile, on_skip: OnSkip, block_bytes: int = BLOCK_BYTES, start: Mark = FILE_START
) -> Iterator[Block]:
    """Yield a file's lines in blocks of about ``block_bytes``; what is wrong with it goes to ``on_skip``.

    The text of each line does not depend on ``block_bytes`` nor on ``start``.

    Args:
        file: what to read; bytes written after it was found are left alone.
        on_skip: told of everything that could not be read as it stands.
        block_bytes: bytes handled at a time.
        start: where to begin; an offset other than 0 is only valid in files stored as plain UTF-8.
    """
    try:
        with file.path.open("rb", buffering=SNIFF_BYTES) as raw:
            stream = open_stream(raw)
            head = peek_head(stream)
            reason = find_binary(head)
            if reason is not None:
                on_skip(Skipped(file.shown, reason))
                return
            if start.offset:
                stream.seek(start.offset)
            size = file.bytes - start.offset if stream is raw else None
            chunks = _read_chunks(stream, size, min(READ_BYTES, block_bytes), file.shown, on_skip)
            text = decode_utf16(chunks) if head.startswith(UTF16) else chunks
            yield from LineCleaner(file.shown, on_skip, block_bytes).clean(text, start)
    except DAMAGE as error:
        on_skip(Skipped(file.shown, f"cannot be read: {_say(error)}"))


def read_lines_at(file: SourceFile, line: int, end_line: int, marks: Sequence[Mark]) -> str:
    """Return lines ``line`` to ``end_line`` (1-based, inclusive) as `read_blocks` gives them.

    Args:
        file: where they stand.
        line: first line.
        end_line: last line; beyond what can be read nothing is returned.
        marks: starts of blocks seen when the file was read, in order; they save reading from the beginning.
    """
    return LineReader(file, marks).read(line, end_line)


def is_plain(file: SourceFile) -> bool:
    """Tell whether a file can be read and is stored as UTF-8, so that offsets are places in it."""
    try:
        with file.path.open("rb") as raw:
            return is_plain_text(raw.read(6))
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of one block."""

    first: int
    end: int  # number of the line after the last one
    texts: Sequence[bytes]

    def cut(self, line: int, end_line: int) -> Sequence[bytes]:
        """Return those of lines ``line`` to ``end_line`` that stand here."""
        return self.texts[max(line - self.first, 0) : max(end_line - self.first + 1, 0)]


@dataclass(slots=True)
class LineReader:
    """Opens lines of one file: a plain one by a jump to the nearest mark, others by streaming on.

    From a mark on, the ends of lines are counted up to the wanted one, which is quicker than to cut all lines. The last
    BLOCKS_REMEMBERED blocks are kept, so that places near each other, or asked for in the file's order, cost one pass.
    """

    file: SourceFile
    marks: Sequence[Mark]  # in order of lines
    _recent: list[_Lines] = field(default_factory=list)
    _rest: Iterator[Block] = field(default_factory=lambda: iter(()))
    _plain: bool = field(init=False)
    _reached: Mark = FILE_START  # where counting last came to

    def __post_init__(self) -> None:
        self._plain = is_plain(self.file)

    def read(self, line: int, end_line: int) -> str:
        """Return lines ``line`` to ``end_line`` (1-based, inclusive), joined by newlines."""
        if self._recent and self._recent[-1].first <= line and end_line < self._recent[-1].end:
            found = self._recent[-1].cut(line, end_line)
        else:
            found = self._gather(line, end_line)
        return b"\n".join(found).decode()

    def _gather(self, line: int, end_line: int) -> Sequence[bytes]:
        found: list[bytes] = []
        for lines in self._lines_from(line):
            found += lines.cut(line, end_line)
            if lines.end > end_line:
                break
        return found

    def _lines_from(self, line: int) -> Iterator[_Lines]:
        if not self._is_near(line):
            start = self._approach(self._find_start(line), line)
            block_bytes = SKIP_BYTES if self._plain else OPEN_BYTES
            self._recent, self._rest = [], read_blocks(self.file, lambda _: None, block_bytes, start)
        yield from tuple(lines for lines in self._recent if lines.end > line)
        for block in self._rest:
            texts = block.text.split(b"\n")[:-1]
            lines = _Lines(block.first_line, block.first_line + len(texts), texts)
            self._recent = [*self._recent[1 - BLOCKS_REMEMBERED :], lines]
            yield lines

    def _is_near(self, line: int) -> bool:
        """Tell whether a line is in the blocks that are kept, or best reached by reading on."""
        if not self._recent or line < self._recent[0].first:
            return False
        return not self._plain or line < self._recent[-1].end + len(self._recent[-1].texts)

    def _approach(self, start: Mark, line: int) -> Mark:
        """Return a mark shortly before a line, by counting the ends of lines from a mark before it on."""
        if not self._plain:
            return start
        if start.first_line < self._reached.first_line <= line:
            start = self._reached
        try:
            with self.file.path.open("rb", buffering=0) as raw:
                self._reached = _skip_lines(raw, start, line)
        except OSError:  # gone since it was found: to read it will tell
            return start
        return self._reached

    def _find_start(self, line: int) -> Mark:
        """Return the mark at or before a line; other files than plain ones can only be read from their beginning."""
        if not self._plain:
            return FILE_START
        before = bisect_right(self.marks, line, key=lambda mark: mark.first_line)
        return self.marks[before - 1] if before else FILE_START


def _skip_lines(raw: BinaryIO, start: Mark, line: int) -> Mark:
    """Return the mark from which on less than SKIP_BYTES of whole lines, or a line longer than that, lead to a line."""
    while True:
        raw.seek(start.offset)
        chunk = raw.read(SKIP_BYTES)
        ends = chunk.count(b"\n")
        if not ends or start.first_line + ends > line:
            return start
        start = Mark(start.first_line + ends, start.offset + chunk.rfind(b"\n") + 1)


def _read_chunks(stream: BinaryIO, size: int | None, step: int, shown: str, on_skip: OnSkip) -> Iterator[bytes]:
    """Yield ``size`` bytes at most, as they come; a damaged end is told, and what came before it is kept."""
    got = 0
    try:
        while size is None or got < size:
            asked = step if size is None else min(step, size - got)
            chunk = stream.read1(asked)  # type: ignore[attr-defined]  # of every buffered reader
            if not chunk:
                break
            got += len(chunk)
            yield chunk
    except DAMAGE as error:
        on_skip(Skipped(shown, f"damaged after {got:,} bytes, the rest is lost: {_say(error)}"))
        return
    if size is not None and got < size:
        on_skip(Skipped(shown, f"became shorter while it was read: {size - got:,} bytes are gone"))


def _say(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
