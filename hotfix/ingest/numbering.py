"""Numbers names and masked messages in order of first sight: strings come in, codes for columns of lines go out."""

from itertools import islice

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.schema import PATTERNS
from hotfix.core.settings import PATTERNS_KEPT

NONE = -1
"""Code of no name."""


class Names:
    """Numbers strings densely, in order of first sight."""

    def __init__(self) -> None:
        """Start with no name."""
        self._codes: dict[str, int] = {}

    def code(self, name: str | None) -> int:
        """Return the number of ``name``; NONE for None."""
        return NONE if name is None else self._codes.setdefault(name, len(self._codes))

    def text(self, code: int) -> str:
        """Return the name of a number that `code` gave."""
        return next(islice(self._codes, code, None))

    def series(self, codes: NDArray[np.signedinteger]) -> pl.Series:
        """Return the names of an array of codes; NONE and PER_LINE become null."""
        first = int(codes[0]) if len(codes) else NONE
        if (codes == first).all():
            name = self.text(first) if first >= 0 else None
            return pl.Series([name], dtype=pl.String).new_from_index(0, len(codes))
        known = pl.Series([None, *self._codes], dtype=pl.String)
        return known.gather(pl.Series(np.maximum(codes, NONE) + 1, dtype=pl.UInt32))


class Patterns:
    """The distinct masked messages that each format read in a run, with a sample and a count each."""

    def __init__(self) -> None:
        """Start with no pattern."""
        self._codes: dict[tuple[str, str], int] = {}  # by masked message and format
        self._samples: list[tuple[str, str, int, int]] = []
        self._counts = np.zeros(0, dtype=np.uint64)

    def code(self, text: str, sample: tuple[str, str, int, int]) -> int:
        """Return the number of a masked message; ``sample`` is (format, message, file_id, line).

        Beyond PATTERNS_KEPT distinct messages, new ones share one pattern per first word and format.
        """
        key = text, sample[0]
        if key not in self._codes and len(self._codes) >= PATTERNS_KEPT:
            key = f"{text.split(' ', 1)[0][:80]} <*>", sample[0]
        code = self._codes.setdefault(key, len(self._codes))
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
                "text": [text for text, _ in self._codes],
                "sample": messages,
                "count": counts,
                "file_id": files,
                "line": lines,
            },
            schema=PATTERNS,
        )
        return frame.filter(pl.col("count") > 0)
