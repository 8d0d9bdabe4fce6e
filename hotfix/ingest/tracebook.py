"""Parses each distinct stack trace of a run once: records of several lines come in, exception and own frame go out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hotfix.core.settings import TRACES_KEPT
from hotfix.ingest.joining import Stretch
from hotfix.ingest.traces import LineRole, parse_trace

_Parsed = tuple[str | None, str | None]
_NOTHING: _Parsed = (None, None)
_TELLING = (LineRole.FRAME, LineRole.PYTHON, LineRole.CALL, LineRole.PANIC)
_IDENT = r"([\s'\"(\[=,])(?:[\w-]*\d|[0-9a-f-]{8,})\b"
"""A number or an id as messages quote them: a word that ends with a digit, or hexadecimal. Behind the first colon of a
line no exception is named so: there they stand behind their package, or end with a word such as Error."""
_HEAD, _MESSAGE = r"^(.*?: )", r"^.*?:( .*)$"


class TraceBook:
    """Remembers what was read from each distinct trace."""

    def __init__(self) -> None:
        """Start with no trace."""
        self._parsed: dict[int, _Parsed] = {}

    def read_text(self, text: str) -> _Parsed:
        """Return the root exception's class and the top own frame of a trace; None where there is none."""
        return self._look_up(hash(text), text)

    def read_records(self, stretch: Stretch) -> pl.DataFrame:
        """Return `row`, `exception`, `trace` for each record of more than one line that holds a stack trace."""
        records = _find_candidates(stretch)
        keys = _hash_records(stretch, records)
        found: list[tuple[int, str | None, str | None]] = []
        for row, key in zip(records.tolist(), keys.tolist(), strict=True):
            parsed = self._parsed.get(key)
            if parsed is None:
                start, end = int(stretch.starts[row]), int(stretch.ends[row])
                parsed = self._look_up(key, "\n".join(stretch.lines["text"].slice(start, end - start).to_list()))
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
    return trace.exception, None if trace.top is None else trace.top.describe()


def _find_candidates(stretch: Stretch) -> NDArray[np.int64]:
    """Return the records of several lines that hold a line which only traces have."""
    telling = np.concatenate([[0], np.cumsum(np.isin(stretch.rows["role"], _TELLING))])
    several = stretch.ends - stretch.starts > 1
    return np.flatnonzero(several & (telling[stretch.ends] > telling[stretch.starts]))


def _hash_records(stretch: Stretch, records: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash the lines of records in order; of the first line only the wording, which leaves its time out.

    Ids in the message of an exception are left out, too: they change neither its class nor its frames.
    """
    starts, sizes = stretch.starts[records], (stretch.ends - stretch.starts)[records]
    if not len(records):
        return np.zeros(0, dtype=np.uint64)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    position = np.arange(sizes.sum()) - np.repeat(first, sizes)
    hashes = _hash_lines(stretch, np.repeat(starts, sizes) + position)
    hashes[first] = stretch.rows["pattern"][starts].astype(np.uint64)
    return np.add.reduceat(hashes * (2 * position.astype(np.uint64) + 1), first)


def _hash_lines(stretch: Stretch, lines: NDArray[np.int64]) -> NDArray[np.uint64]:
    texts = stretch.lines["text"].gather(lines)
    hashes = texts.hash().to_numpy().copy()
    speaks = texts.str.contains(": ", literal=True) & ~texts.str.contains(" in /", literal=True)  # as PHP
    messages = np.flatnonzero(speaks.to_numpy() & ~np.isin(stretch.rows["role"][lines], _TELLING))
    said = texts.gather(messages)
    hashes[messages] = (said.str.extract(_HEAD) + said.str.extract(_MESSAGE).str.replace_all(_IDENT, "$1#")).hash()
    return hashes
