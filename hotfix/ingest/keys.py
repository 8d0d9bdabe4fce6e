"""Understands each distinct line once: lines come in, what was learned of each line's key goes out.

The key of a line is the line without its digits. All lines of one key share format, wording, level name and
service name, so only the first of them is understood. What digits can change is read from every line, in `columns`.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Level
from hotfix.core.schema import PATTERNS
from hotfix.core.settings import KEYS_KEPT, PATTERNS_KEPT
from hotfix.ingest.formats import FormatReader, Layout, Reading
from hotfix.ingest.severity import guess_level
from hotfix.ingest.traces import LineRole, classify_line

KEY = np.dtype(
    [
        ("layout", "i4"),  # Layout.ident, or NONE when no format reads the line
        ("role", "i1"),  # LineRole of a line that no format reads
        ("pattern", "i4"),
        ("level", "i1"),  # position in Level, NONE or PER_LINE
        ("guess", "i1"),  # the level that the wording speaks of, where no field tells; position in Level or NONE
        ("service", "i4"),  # code in `names`, NONE or PER_LINE
        ("host", "i4"),
        ("exception", "i4"),
        ("alone", "?"),  # must be read one by one: its columns cannot be cut out by a regex
        ("continues", "?"),  # a format reads it, but it belongs to the record above
        ("opens", "?"),  # only a head: level and message stand in the next line
    ]
)
"""What is known of a key; one row of this type per line."""

NONE = -1
PER_LINE = -2
"""Code of a field whose text holds digits, so that every line must be asked."""

UNPARSED = "unparsed"
LEVELS = list(Level)
_DIGITS = b"0123456789"


class Names:
    """Numbers strings densely, in order of first sight."""

    def __init__(self) -> None:
        """Start with no name."""
        self._codes: dict[str, int] = {}

    def code(self, name: str | None) -> int:
        """Return the number of ``name``; NONE for None."""
        return NONE if name is None else self._codes.setdefault(name, len(self._codes))

    def series(self, codes: NDArray[np.signedinteger]) -> pl.Series:
        """Return the names of an array of codes; NONE and PER_LINE become null."""
        index = pl.Series(np.maximum(codes, NONE), dtype=pl.Int64)
        return pl.Series(list(self._codes), dtype=pl.String).gather(index.replace(NONE, None))


class Patterns:
    """The distinct masked messages of a run, with a sample and a count each."""

    def __init__(self) -> None:
        """Start with no pattern."""
        self._codes: dict[str, int] = {}
        self._samples: list[tuple[str, str, int, int]] = []
        self._counts = np.zeros(0, dtype=np.uint64)

    def code(self, text: str, sample: tuple[str, str, int, int]) -> int:
        """Return the number of a masked message; ``sample`` is (format, message, file_id, line).

        Beyond PATTERNS_KEPT distinct messages, new ones share one pattern per first word.
        """
        if text not in self._codes and len(self._codes) >= PATTERNS_KEPT:
            text = f"{text.split(' ', 1)[0][:80]} <*>"
        code = self._codes.setdefault(text, len(self._codes))
        if code == len(self._samples):
            self._samples.append(sample)
        return code

    def count(self, codes: NDArray[np.signedinteger]) -> None:
        """Add one record for each code."""
        seen = np.bincount(codes, minlength=len(self._codes)).astype(np.uint64)
        seen[: len(self._counts)] += self._counts
        self._counts = seen

    def frame(self) -> pl.DataFrame:
        """Return PATTERNS, without the patterns of lines that never began a record."""
        counts = np.zeros(len(self._codes), dtype=np.uint64)
        counts[: len(self._counts)] = self._counts
        formats, messages, files, lines = zip(*self._samples, strict=True) if self._samples else ((), (), (), ())
        frame = pl.DataFrame(
            {
                "pattern": np.arange(len(counts)),
                "format": formats,
                "text": list(self._codes),
                "sample": messages,
                "count": counts,
                "file_id": files,
                "line": lines,
            },
            schema=PATTERNS,
        )
        return frame.filter(pl.col("count") > 0)


class KeyTable:
    """Everything learned about lines so far; shared by all files of a run."""

    def __init__(self, reader: FormatReader, mask: Callable[[pl.Series], pl.Series]) -> None:
        """Read representatives with ``reader`` and mask their messages with ``mask`` (column to column)."""
        self.layouts: dict[int, Layout] = {}
        self.names = Names()
        self.patterns = Patterns()
        self._reader = reader
        self._mask = mask
        self._ids: dict[int, int] = {}
        self._rows = np.zeros(1024, dtype=KEY)

    def look_up(self, lines: pl.Series, text: bytes, numbers: NDArray[np.int64], file_id: int) -> NDArray[np.void]:
        """Return one KEY row per line, learning the keys that were never seen.

        Args:
            lines: text of each line, without line ends.
            text: the same lines as bytes, each ended by a newline.
            numbers: line number of each line in its file.
            file_id: the file, for the samples of new patterns.
        """
        if len(self._ids) > KEYS_KEPT:
            self._ids.clear()
        distinct, first, inverse = np.unique(_hash_keys(text), return_index=True, return_inverse=True)
        known = np.array([self._ids.get(key, NONE) for key in distinct.tolist()], dtype=np.int64)
        new = np.flatnonzero(known == NONE)
        if len(new):
            rows = self._learn(lines.gather(first[new]), numbers[first[new]], file_id)
            known[new] = self._append(rows)
            self._ids.update(zip(distinct[new].tolist(), known[new].tolist(), strict=True))
        return self._rows[known][inverse]

    def _append(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        start = len(self._ids)
        while len(self._rows) < start + len(rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[start : start + len(rows)] = rows
        return np.arange(start, start + len(rows))

    def _learn(self, lines: pl.Series, numbers: NDArray[np.int64], file_id: int) -> NDArray[np.void]:
        texts = lines.to_list()
        readings = [self._reader.read(text) for text in texts]
        messages = [text if reading is None else reading.message for text, reading in zip(texts, readings, strict=True)]
        masked = self._mask(pl.Series(messages, dtype=pl.String)).to_list()
        rows = np.zeros(len(texts), dtype=KEY)
        for index, (text, reading) in enumerate(zip(texts, readings, strict=True)):
            format_name = UNPARSED if reading is None else reading.layout.format
            sample = (format_name, messages[index], file_id, int(numbers[index]))
            pattern = self.patterns.code(masked[index], sample)
            rows[index] = self._describe_unread(text, pattern) if reading is None else self._describe(reading, pattern)
        return rows

    def _describe_unread(self, text: str, pattern: int) -> tuple[int | bool, ...]:
        return (NONE, classify_line(text), pattern, NONE, _guess(text), NONE, NONE, NONE, False, False, False)

    def _describe(self, reading: Reading, pattern: int) -> tuple[int | bool, ...]:
        layout = reading.layout
        self.layouts[layout.ident] = layout
        return (
            layout.ident,
            LineRole.HEADER,
            pattern,
            _code_level(reading.level, layout),
            _guess(reading.message) if reading.level is None and reading.status is None else NONE,
            self._code_name(reading.service),
            self._code_name(reading.host),
            self.names.code(reading.exception),
            not layout.exact or reading.trace_text is not None,
            reading.continues,
            reading.opens,
        )

    def _code_name(self, name: str | None) -> int:
        return PER_LINE if name is not None and _has_digit(name) else self.names.code(name)


def _code_level(text: str | None, layout: Layout) -> int:
    if text is None:
        return NONE
    if _has_digit(text):
        return PER_LINE
    level = layout.levels.get(text.lower())
    return NONE if level is None else LEVELS.index(level)


def _guess(message: str) -> int:
    level = guess_level(message)
    return NONE if level is None else LEVELS.index(level)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _hash_keys(text: bytes) -> NDArray[np.uint64]:
    return pl.read_lines(text.translate(None, _DIGITS)).to_series().hash().to_numpy()
