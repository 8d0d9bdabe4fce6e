"""Understands each distinct line once: lines come in, what was learned of each line's key goes out.

The key of a line is the line without its digits; where that was never seen, the line without its long hexadecimal
words as well. All lines of one key share format, wording, level name and service name, so only the first of them is
understood. What digits can change is read from every line, in `columns`.
"""

import re
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.facts import Level
from hotfix.core.settings import COARSE_SHARE, KEYS_KEPT
from hotfix.ingest.formats import FormatReader, Layout, Reading
from hotfix.ingest.hexwords import VARYING, drop_digits, drop_ids
from hotfix.ingest.numbering import NONE, Names, Patterns
from hotfix.ingest.severity import guess_level
from hotfix.ingest.traces import LineRole, classify_line
from hotfix.ingest.unwrap import join_lines

KEY = np.dtype(
    [
        ("layout", "i4"),  # Layout.ident, or NONE when no format reads the line
        ("role", "i1"),  # LineRole of a line that no format reads
        ("pattern", "i4"),
        ("level", "i1"),  # position in Level, NONE or PER_LINE
        (
            "guess",
            "i1",
        ),  # the level that the wording speaks of, where no field tells; position in Level, NONE or PER_LINE
        ("service", "i4"),  # code in `names`, NONE or PER_LINE
        ("host", "i4"),
        ("exception", "i4"),
        ("stamp_from", "i2"),  # characters before the time, when digits do not change them
        ("stamp_after", "i4"),  # else code in `names` of the character whose first place is just before the time
        ("stamp_width", "u1"),  # characters of the time; 0 when it cannot be found by its place
        ("alone", "?"),  # must be read one by one: its columns cannot be cut out by a regex
        ("continues", "?"),  # a format reads it, but it belongs to the record above
        ("opens", "?"),  # only a head: level and message stand in the next line
    ]
)
"""What is known of a key; one row of this type per line."""

PER_LINE = -2
"""Code of a field whose text holds digits, so that every line must be asked."""

UNPARSED = "unparsed"
LEVELS = list(Level)
_DIGIT = re.compile("[0-9]+")


class KeyTable:
    """Everything learned about lines so far; shared by all files of a run."""

    def __init__(self, reader: FormatReader, mask: Callable[[pl.Series], pl.Series]) -> None:
        """Read representatives with ``reader`` and mask their messages with ``mask`` (column to column)."""
        self.layouts: dict[int, Layout] = {}
        self.names = Names()
        self.patterns = Patterns()
        self._reader = reader
        self._mask = mask
        self._keys = np.zeros(0, dtype=np.uint64)  # sorted
        self._ids = np.zeros(0, dtype=np.int64)  # row of each key
        self._coarse: set[int] = set()  # files most of whose lines hold hexadecimal words
        self._rows = np.zeros(1024, dtype=KEY)

    def look_up(self, lines: pl.Series, text: bytes, numbers: NDArray[np.uint32], file_id: int) -> NDArray[np.void]:
        """Return one KEY row per line, learning the keys that were never seen.

        Args:
            lines: text of each line, without line ends, in order of lines.
            text: the same lines as bytes, each ended by a newline.
            numbers: line number of each line in its file.
            file_id: the file, for the samples of new patterns.
        """
        if len(self._ids) > KEYS_KEPT:
            self._keys, self._ids = self._keys[:0], self._ids[:0]
        if not len(lines):
            return self._rows[:0]
        if file_id in self._coarse:
            return self._rows.take(self._look_up_coarsely(lines, text, numbers, file_id))
        distinct, inverse = np.unique(_hash_lines(drop_digits(text)), return_inverse=True)
        known = self._get(distinct)
        ids = known.take(inverse)
        unknown = np.flatnonzero(ids == NONE)
        if len(unknown):
            rest = lines.gather(unknown)
            ids[unknown] = self._look_up_coarsely(rest, join_lines(rest), numbers.take(unknown), file_id)
            finer, coarser = int((known == NONE).sum()), len(np.unique(ids[unknown]))
            if finer - coarser > COARSE_SHARE * len(lines):
                self._coarse.add(file_id)
        return self._rows.take(ids)

    def _look_up_coarsely(
        self, lines: pl.Series, text: bytes, numbers: NDArray[np.uint32], file_id: int
    ) -> NDArray[np.int64]:
        """Return the row of each line's key without hexadecimal words; new keys are learned in order of lines."""
        distinct, first, inverse = np.unique(_hash_lines(drop_ids(text)), return_index=True, return_inverse=True)
        ids = self._get(distinct)
        new = np.flatnonzero(ids == NONE)
        if len(new):
            new = new[np.argsort(first[new])]
            ids[new] = self._append(self._learn(lines.gather(first[new]), numbers[first[new]], file_id))
            new.sort()
            places = np.searchsorted(self._keys, distinct[new])
            self._keys = np.insert(self._keys, places, distinct[new])
            self._ids = np.insert(self._ids, places, ids[new])
        return ids.take(inverse)

    def _get(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the row of each key, NONE where it was never seen; quickest when the keys are sorted."""
        if not len(self._keys):
            return np.full(len(keys), NONE)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[places] == keys, self._ids[places], NONE)

    def _append(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        start = len(self._ids)
        while len(self._rows) < start + len(rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[start : start + len(rows)] = rows
        return np.arange(start, start + len(rows))

    def _learn(self, lines: pl.Series, numbers: NDArray[np.uint32], file_id: int) -> NDArray[np.void]:
        texts = lines.to_list()
        readings = [self._reader.read(text) for text in texts]
        messages = [text if reading is None else reading.message for text, reading in zip(texts, readings, strict=True)]
        masked = self._mask(pl.Series(messages, dtype=pl.String)).to_list()
        rows = []
        for text, reading, message, mask, number in zip(
            texts, readings, messages, masked, numbers.tolist(), strict=True
        ):
            format_name = UNPARSED if reading is None else reading.layout.format
            pattern = self.patterns.code(mask, (format_name, message, file_id, number))
            rows.append(_describe_unread(text, pattern) if reading is None else self._describe(text, reading, pattern))
        return np.array(rows, dtype=KEY)

    def _describe(self, text: str, reading: Reading, pattern: int) -> tuple[int | bool, ...]:
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
            *self._place_stamp(text, reading.time),
            not layout.exact or reading.trace_text is not None,
            reading.continues,
            reading.opens,
        )

    def _code_name(self, name: str | None) -> int:
        return PER_LINE if name is not None and VARYING.search(name) else self.names.code(name)

    def _place_stamp(self, text: str, time: str | None) -> tuple[int, int, int]:
        """Return where the time stands, in a way that holds for every line of the key."""
        if time is None or len(time) > _WIDEST or text.count(time) != 1:
            return NONE, NONE, 0
        start = text.index(time)
        if start <= _FARTHEST and not VARYING.search(text, 0, start):
            return start, NONE, len(time)
        before = text[start - 1]
        if text.index(before) == start - 1 and not before.isalnum():
            return NONE, self.names.code(before), len(time)
        return NONE, NONE, 0


_WIDEST = 255
_FARTHEST = 1000
"""Longest time, and most characters before it, that are looked up by their place."""


def _describe_unread(text: str, pattern: int) -> tuple[int | bool, ...]:
    return (NONE, classify_line(text), pattern, NONE, _guess(text), *[NONE] * 5, 0, False, False, False)


def _guess(message: str) -> int:
    """Return the level of a message; PER_LINE when it depends on a number (0 errors, 3 errors)."""
    level = guess_level(message)
    if _DIGIT.search(message) and guess_level(_DIGIT.sub("0", message)) != guess_level(_DIGIT.sub("3", message)):
        return PER_LINE
    return NONE if level is None else LEVELS.index(level)


def _code_level(text: str | None, layout: Layout) -> int:
    if text is None:
        return NONE
    if VARYING.search(text):
        return PER_LINE
    level = layout.levels.get(text.lower())
    return NONE if level is None else LEVELS.index(level)


def _hash_lines(text: bytes) -> NDArray[np.uint64]:
    return pl.read_lines(text).to_series().hash().to_numpy()
