"""Parses each distinct stack trace of a run once: records with several lines come in, exception and own frame go out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.settings import TRACES_KEPT
from hotfix.ingest.traces import parse_trace

_Parsed = tuple[str | None, str | None]
_NOTHING: _Parsed = (None, None)


class TraceBook:
    """Remembers what was read from each distinct trace."""

    def __init__(self) -> None:
        """Start with no trace."""
        self._parsed: dict[int, _Parsed] = {}

    def read_text(self, text: str) -> _Parsed:
        """Return the root exception's class and the top own frame of a trace; None where there is none."""
        return self._look_up(hash(text), text)

    def read_records(self, lines: pl.Series, patterns: NDArray[np.int32], starts: NDArray[np.int64]) -> pl.DataFrame:
        """Return `row`, `exception`, `trace` for each record of more than one line that holds a stack trace.

        Args:
            lines: all lines of a block, records one after the other.
            patterns: pattern of each line; stands for the wording of a record's first line.
            starts: position of each record's first line.
        """
        ends = np.append(starts[1:], len(lines))
        several = np.flatnonzero(ends - starts > 1)
        keys = _hash_records(lines, patterns, starts) if len(several) else np.zeros(0, dtype=np.uint64)
        found: list[tuple[int, str | None, str | None]] = []
        for row in several.tolist():
            start, end = int(starts[row]), int(ends[row])
            key = int(keys[row])
            parsed = self._parsed.get(key)
            if parsed is None:
                parsed = self._look_up(key, "\n".join(lines.slice(start, end - start)))
            if parsed is not _NOTHING:
                found.append((row, *parsed))
        return pl.DataFrame(found, schema={"row": pl.UInt32, "exception": pl.String, "trace": pl.String}, orient="row")

    def _look_up(self, key: int, text: str) -> _Parsed:
        if key not in self._parsed:
            if len(self._parsed) >= TRACES_KEPT:
                self._parsed.clear()
            self._parsed[key] = _parse(text)
        return self._parsed[key]


def _parse(text: str) -> _Parsed:
    trace = parse_trace(text)
    if trace is None:
        return _NOTHING
    top = trace.top
    return trace.exception, None if top is None else f"{top.file}:{top.line} in {top.function}"


def _hash_records(lines: pl.Series, patterns: NDArray[np.int32], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash each record's lines in order; of its first line only the wording, which leaves its time out."""
    hashes = lines.hash().to_numpy().copy()
    hashes[starts] = patterns[starts].astype(np.uint64)
    sizes = np.diff(np.append(starts, len(lines)))
    position = np.arange(len(lines)) - np.repeat(starts, sizes)
    return np.add.reduceat(hashes * (2 * position.astype(np.uint64) + 1), starts)
