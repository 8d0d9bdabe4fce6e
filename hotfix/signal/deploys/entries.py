"""Reads lists that people and other programs write (CSV, JSON, JSON lines): a text comes in, its entries go out.

Which of the three it is, the text says and not its name. What cannot be read becomes a `Skipped` with its line. Nothing
here knows what the fields of an entry mean.
"""

import csv
import io
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hotfix.core.facts import Skipped
from hotfix.signal.deploys.objects import walk_objects

_DECODER = json.JSONDecoder()
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its lines, 1-based and inclusive."""

    line: int
    end_line: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is expected to hold."""

    thing: str  # as in "change"
    times: str  # names that a time may have, for whom none was found
    knows_time: Callable[[list[str]], bool]  # whether one of these names holds a time
    count_known: Callable[[list[str]], int]  # how many of these names are known


def list_entries(text: str, shown: str, wanted: Wanted) -> Iterator[Entry | Skipped]:
    """Yield the entries of a list, and what of it cannot be read.

    Args:
        text: CSV with a header, a JSON array (or an object that holds one), or one JSON object per line.
        shown: how messages name the file.
        wanted: what it is expected to hold.
    """
    start = text.lstrip()
    if start.startswith(("[", "{")):
        yield from (_list_lines if _is_json_lines(text) else _list_json)(text, shown, wanted)
    elif start:
        yield from _list_csv(text, shown, wanted)


def _is_json_lines(text: str) -> bool:
    """Tell whether the first line is a whole object and another line follows it."""
    first, _, rest = text.lstrip().partition("\n")
    if not first.startswith("{") or not rest.strip():
        return False
    try:
        _DECODER.decode(first.strip())
    except (ValueError, RecursionError):
        return first.rstrip().endswith("}") and rest.lstrip().startswith("{")
    return True


def _list_lines(text: str, shown: str, wanted: Wanted) -> Iterator[Entry | Skipped]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                value = _DECODER.decode(line.strip())
            except (ValueError, RecursionError) as error:
                yield Skipped(f"{shown}:{number}", f"expected a JSON object: {error}")
            else:
                yield _to_entry(value, (number, number), shown, wanted)


def _list_json(text: str, shown: str, wanted: Wanted) -> Iterator[Entry | Skipped]:
    ends = [place.start() for place in re.finditer("\n", text)]
    at = 0
    try:
        for begin, end, value in walk_objects(text):
            at = end
            lines = bisect_right(ends, begin - 1) + 1, bisect_right(ends, end - 2) + 1
            yield _to_entry(value, lines, shown, wanted)
    except (ValueError, IndexError, RecursionError) as error:
        line = bisect_right(ends, len(text) - len(text[at:].lstrip(", \t\r\n")) - 1) + 1
        yield Skipped(f"{shown}:{line}", f"the JSON is broken from here on: {error}")


def _to_entry(value: object, lines: tuple[int, int], shown: str, wanted: Wanted) -> Entry | Skipped:
    line, end_line = lines
    if not isinstance(value, dict):
        found = f"{str(value)[:60]!r}"
        return Skipped(f"{shown}:{line}", f"expected a JSON object that tells of one {wanted.thing}, found {found}")
    return Entry(line, max(line, end_line), value)


def _list_csv(text: str, shown: str, wanted: Wanted) -> Iterator[Entry | Skipped]:
    header = next(line for line in text.split("\n") if line.strip())
    delimiter = max(_DELIMITERS, key=lambda mark: wanted.count_known(header.split(mark)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    names: Sequence[str] = []
    line = 1
    try:
        for cells in reader:
            if not names and any(cells):
                names = cells
                if not wanted.knows_time(cells):
                    where, found = f"{shown}:{line}", f"{header[:60]!r}"
                    yield Skipped(where, f"expected a header with a time ({wanted.times}), found {found}")
                    return
            elif any(cells):
                yield Entry(line, reader.line_num, dict(zip(names, cells, strict=False)))
            line = reader.line_num + 1
    except csv.Error as error:
        yield Skipped(f"{shown}:{line}", f"the CSV is broken from here on: {error}")
