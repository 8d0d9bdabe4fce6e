"""What becomes of the bytes of a file: clean lines, everything lost told, every line found again."""

import bz2
import gzip
import lzma
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotfix.core.facts import Skipped
from hotfix.core.settings import MAX_LINE_BYTES
from hotfix.ingest.cleaning import Block, Mark
from hotfix.ingest.discovery import SourceFile, find_sources
from hotfix.ingest.sources import LineReader, read_blocks, read_lines_at

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BAD = "\N{REPLACEMENT CHARACTER}"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gz": gzip.compress,
    "zst": zstd.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def find(path: Path, content: bytes) -> SourceFile:
    """Write a file and return it as a source."""
    path.write_bytes(content)
    return find_sources([str(path)], None).files[0]


def read(file: SourceFile, block_bytes: int = 1 << 20) -> tuple[bytes, list[str]]:
    """Return the whole clean text of a file, and the reasons of all that was skipped."""
    skipped: list[Skipped] = []
    text = b"".join(block.text for block in read_blocks(file, skipped.append, block_bytes))
    return text, [skip.reason for skip in skipped]


@pytest.mark.parametrize("packer", PACKERS)
def test_compression_is_told_by_content(tmp_path: Path, packer: str) -> None:
    """gz, zst, bz2 and xz are unpacked whatever the file is called; several members are one text."""
    pack = PACKERS[packer]
    file = find(tmp_path / "app.log", pack(b"one\nt") + pack(b"wo\n"))
    assert read(file) == (b"one\ntwo\n", [])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"one\r\ntwo\r\n", b"one\ntwo\n"),
        (b"one\r\r\ntwo\r", b"one\ntwo\n"),
        (b"a\rb\vc\fd\xe2\x80\xa8e\xc2\x85f\n", b"a\rb\vc\fd\xe2\x80\xa8e\xc2\x85f\n"),
        (b"\xef\xbb\xbfone\n", b"one\n"),
        (b"\n\nlast", b"\n\nlast\n"),
        (b"", b""),
        ("één\r\nzwei\n".encode("utf-16"), "één\nzwei\n".encode()),
        (b"\xfe\xff" + "één\n".encode("utf-16-be"), "één\n".encode()),
    ],
    ids=[
        "crlf",
        "more returns",
        "no line ends",
        "bom",
        "blank lines",
        "empty",
        "utf-16",
        "utf-16 big endian",
    ],
)
def test_lines_are_cleaned_without_a_word(tmp_path: Path, content: bytes, text: bytes) -> None:
    r"""Line ends become \n, byte order marks go; only \n ends a line."""
    assert read(find(tmp_path / "app.log", content)) == (text, [])


def test_invalid_bytes_are_replaced_and_counted_by_line(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 show as U+FFFD; one sentence counts their lines, not those of a written U+FFFD."""
    file = find(tmp_path / "app.log", b"caf\xe9 \xff\nfine\nna\xefve\n" + f"{BAD}\n".encode())
    assert read(file) == (
        f"caf{BAD} {BAD}\nfine\nna{BAD}ve\n{BAD}\n".encode(),
        [f"2 lines are not valid text; bad bytes show as {BAD}"],
    )


def test_bad_units_of_utf_16_are_counted_too(tmp_path: Path) -> None:
    """Half a surrogate pair in UTF-16 is replaced and told like a bad byte."""
    file = find(tmp_path / "app.log", b"\xff\xfea\x00\x00\xd8b\x00\n\x00")
    assert read(file) == (f"a{BAD}b\n".encode(), [f"1 line is not valid text; bad bytes show as {BAD}"])


def test_nul_bytes_are_removed_and_told_once(tmp_path: Path) -> None:
    """A block of NULs, as a crash leaves it, does not hide the lines around it."""
    file = find(tmp_path / "app.log", b"before the crash\n\0\0\0\0after it\n" + b"a normal line\n" * 10 + b"\0")
    text, reasons = read(file)
    assert text.startswith(b"before the crash\nafter it\n")
    assert reasons == ["5 NUL bytes were removed"]


@pytest.mark.parametrize("block_bytes", [1 << 16, 1 << 18, 1 << 23])
def test_long_line_is_cut_at_the_same_byte_in_every_block(tmp_path: Path, block_bytes: int) -> None:
    """A line over the limit keeps its beginning, its number and its whole characters; its length is told."""
    wide = "é".encode() * (2 * MAX_LINE_BYTES)
    exact = b"x" * MAX_LINE_BYTES
    file = find(tmp_path / "app.log", b"one\n" + b"y" + wide + b"\n" + exact + b"\nlast\n" + b"z" + exact)
    skipped: list[Skipped] = []
    text = b"".join(block.text for block in read_blocks(file, skipped.append, block_bytes))
    kept = b"y" + "é".encode() * ((MAX_LINE_BYTES - 1) // 2)
    assert text == b"one\n" + kept + b"\n" + exact + b"\nlast\nz" + exact[1:] + b"\n"
    assert skipped == [
        Skipped(f"{file.shown}:{line}", f"a line of {length:,} bytes; only its first {MAX_LINE_BYTES:,} are read")
        for line, length in ((2, len(wide) + 1), (5, MAX_LINE_BYTES + 1))
    ]


def test_memory_stays_flat_on_a_file_without_line_ends(tmp_path: Path) -> None:
    """A packed file that unpacks to one line of 200 MB is read in far less memory."""
    path = tmp_path / "app.log"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        for _ in range(200):
            packed.write(b"x" * 1_000_000)
        packed.write(b"\nthe end\n")
    file = find_sources([str(path)], None).files[0]
    tracemalloc.start()
    text, reasons = read(file, 8 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (text[MAX_LINE_BYTES:], len(reasons)) == (b"\nthe end\n", 1)
    assert reasons[0].startswith("a line of 200,000,000 bytes")
    assert peak < 40_000_000


@pytest.mark.parametrize("packer", ["gz", "zst", "bz2", "xz"])
def test_cut_off_file_gives_what_was_unpacked(tmp_path: Path, packer: str) -> None:
    """Of a compressed file that ends too soon the beginning is read, and the loss is told."""
    lines = b"".join(b"%d a line of its own\n" % (number * 7919 % 100_003) for number in range(200_000))
    whole = PACKERS[packer](lines)
    text, reasons = read(find(tmp_path / "app.log", whole[: len(whole) * 2 // 3]))
    assert lines.startswith(text[:-1])
    assert len(text) > len(lines) // 4
    assert [reason.split(" after ")[0] for reason in reasons] == ["damaged"]


def test_rubbish_after_a_compressed_text_is_told(tmp_path: Path) -> None:
    """What follows the packed text and is none is told; the text is kept."""
    text, reasons = read(find(tmp_path / "app.log", gzip.compress(b"one\n") + b"rubbish"))
    assert (text, len(reasons)) == (b"one\n", 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x7fELF\x02\x01" + bytes(200), "not a log: binary, not text"),
        (bytes(range(256)) * 20, "not a log: binary, not text"),
        (b"PK\x03\x04rest", "an archive; unpack it first"),
        (
            gzip.compress(b"app.log".ljust(257, b"\0") + b"ustar\x0000" + bytes(2000)),
            "an archive; unpack it first",
        ),
    ],
    ids=["program", "noise", "zip", "tar in gz"],
)
def test_binary_file_is_left_out_whole(tmp_path: Path, content: bytes, reason: str) -> None:
    """A file that is no text gives no line but one sentence, told by its content."""
    assert read(find(tmp_path / "app.log", content)) == (b"", [reason])


def test_terminal_colours_are_text(tmp_path: Path) -> None:
    """Escape sequences do not make a log binary."""
    content = b"\x1b[31mERROR\x1b[0m no stock\n" * 50
    assert read(find(tmp_path / "app.log", content)) == (content, [])


def test_file_that_vanishes_is_told(tmp_path: Path) -> None:
    """A file removed after it was found gives one sentence; its places open to nothing."""
    file = find(tmp_path / "app.log", b"one\n")
    file.path.unlink()
    assert read(file) == (b"", ["cannot be read: No such file or directory"])
    assert read_lines_at(file, 1, 1, ()) == ""


def test_file_that_grows_is_read_as_it_was_found(tmp_path: Path) -> None:
    """Lines written after the search are left for the next run."""
    file = find(tmp_path / "app.log", b"one\n")
    with file.path.open("ab") as log:
        log.write(b"two\n")
    assert read(file) == (b"one\n", [])


def test_file_that_shrinks_is_told(tmp_path: Path) -> None:
    """A file cut short between search and reading gives what is left, and a sentence."""
    file = find(tmp_path / "app.log", b"one\ntwo\n")
    file.path.write_bytes(b"one\n")
    assert read(file) == (b"one\n", ["became shorter while it was read: 4 bytes are gone"])


def test_lines_of_a_cut_file_end_where_they_end(tmp_path: Path) -> None:
    """A place beyond the end of a file is empty, one across it is as long as the file."""
    file = find(tmp_path / "app.log", b"one\ntwo\n")
    assert (read_lines_at(file, 2, 9, ()), read_lines_at(file, 5, 9, ())) == ("two", "")


def test_packed_file_is_opened_in_any_order(tmp_path: Path) -> None:
    """Places of a packed file open forwards and backwards alike, far apart or near."""
    lines = [b"%07d some words to fill the line" % number for number in range(600_000)]
    reader = LineReader(find(tmp_path / "app.log", gzip.compress(b"\n".join(lines), 1)), ())
    asked = [(5, 6), (300_000, 300_002), (299_000, 299_000), (1, 1), (600_000, 600_000)]
    assert [reader.read(*span).encode() for span in asked] == [
        b"\n".join(lines[first - 1 : last]) for first, last in asked
    ]


def test_plain_file_is_opened_in_any_order(tmp_path: Path) -> None:
    """Places far behind the beginning or a mark open alike, over dirt, a line too long and back again."""
    lines = [b"%07d some words to fill the line\r" % number for number in range(40_000)]
    lines[9_000], lines[20_000] = b"a\0b\xffc", b"x" * (MAX_LINE_BYTES + 9)
    file = find(tmp_path / "app.log", b"\n".join(lines))
    text, _ = read(file)
    clean = text.decode().split("\n")
    marks = [Mark(30_001, sum(len(line) + 1 for line in lines[:30_000]))]
    reader = LineReader(file, marks)
    asked = [(5, 6), (8_999, 9_003), (20_000, 20_002), (19_990, 19_990), (39_000, 40_000), (29_999, 30_002), (1, 1)]
    assert [reader.read(*span) for span in asked] == ["\n".join(clean[first - 1 : last]) for first, last in asked]


RAW = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"\n", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\xe2\x82", b"\xed\xa0\x80", b"\r", "é".encode()]),
    ),
    max_size=60,
).map(lambda parts: b"a readable beginning of some length\n" * 500 + b"".join(parts))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=RAW, packer=st.sampled_from(sorted(PACKERS)), block_bytes=st.integers(1, 200), data=st.data())
def test_every_line_opens_to_the_text_that_was_read(
    tmp_path: Path, raw: bytes, packer: str, block_bytes: int, data: st.DataObject
) -> None:
    """Whatever bytes, compression and block size: lines are clean, counted and found again as they were read."""
    file = find(tmp_path / "app.log", PACKERS[packer](raw))
    blocks = list(read_blocks(file, lambda _: None, block_bytes))
    text = b"".join(block.text for block in blocks)
    assert text == b"".join(block.text for block in read_blocks(file, lambda _: None))
    assert text.count(b"\n") == raw.count(b"\n") + (not raw.endswith(b"\n"))
    assert b"\r\n" not in text
    assert b"\0" not in text
    assert [block.first_line for block in blocks] == list(_count_lines(blocks))
    lines = text.decode().split("\n")[:-1]
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    marks = [Mark(block.first_line, block.offset) for block in blocks]
    assert read_lines_at(file, first, last, marks) == "\n".join(lines[first - 1 : last])


def _count_lines(blocks: list[Block]) -> Iterator[int]:
    line = 1
    for block in blocks:
        yield line
        line += block.text.count(b"\n")
