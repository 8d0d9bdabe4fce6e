"""Reads lists of changes that people and pipelines write (CSV, JSON, JSON lines): a file comes in, sightings go out.

Which of the three it is, its text says and not its name. A row that cannot be read becomes a `Skipped` with its line.
"""

import csv
import io
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.facts import Place, Skipped
from hotfix.core.settings import DEPLOYS_FILE_BYTES
from hotfix.ingest.discovery import SourceFile
from hotfix.ingest.messages import flatten
from hotfix.ingest.sources import read_blocks
from hotfix.signal.deploys.contract import Origin, Sighted, Sighting
from hotfix.signal.deploys.fields import Row, count_known, knows_time, read_row
from hotfix.signal.deploys.objects import walk_objects
from hotfix.signal.deploys.stamps import read_times

_DECODER = json.JSONDecoder()
_DELIMITERS = ",;\t|"
_EXAMPLES = "time, timestamp, at, deployed_at"


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    end_line: int
    fields: dict[str, str]


_Item = _Entry | Skipped


def read_listing(file: SourceFile, reference: datetime | None) -> Sighted:
    """Return the changes that a list of deploys holds.

    Args:
        file: CSV with a header, a JSON array (or an object that holds one), or one JSON object per line.
        reference: an instant of the logs, for times without a year or a day.
    """
    skipped: list[Skipped] = []
    text = _read_text(file, skipped)
    entries: list[_Entry] = []
    for item in _list_items(text, file.shown):
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            entries.append(item)
    rows = [read_row(entry.fields) for entry in entries]
    times = read_times([row.time or "" for row in rows], reference)
    sightings = []
    for entry, row, at in zip(entries, rows, times.instants, strict=True):
        if at is None:
            skipped.append(Skipped(f"{file.shown}:{entry.line}", _explain_time(row)))
        else:
            sightings.append(_to_sighting(row, at, Place(file.shown, entry.line, entry.end_line)))
    notes = (f"{file.shown}: times without a zone are read as UTC",) if times.zoneless else ()
    return Sighted(tuple(sightings), tuple(skipped), notes)


def _to_sighting(row: Row, at: datetime, place: Place) -> Sighting:
    return Sighting(
        at=at,
        kind=row.kind,
        service=row.service,
        version=row.version,
        summary=row.summary,
        before=row.before,
        after=row.after,
        source=place,
        origin=Origin.FILE,
        revision=row.revision,
    )


def _explain_time(row: Row) -> str:
    if row.time is None:
        return f"expected the time of the change in a field such as {_EXAMPLES}, found none"
    return f"expected a time of day with its date, such as 2026-01-15T14:30:00Z, found {row.time[:60]!r}"


def _read_text(file: SourceFile, skipped: list[Skipped]) -> str:
    parts: list[bytes] = []
    size = 0
    for block in read_blocks(file, skipped.append):
        parts.append(block.text)
        size += len(block.text)
        if size > DEPLOYS_FILE_BYTES:
            skipped.append(Skipped(file.shown, f"longer than {DEPLOYS_FILE_BYTES:,} bytes; the rest is left out"))
            break
    return b"".join(parts).decode()


def _list_items(text: str, shown: str) -> Iterator[_Item]:
    start = text.lstrip()
    if start.startswith(("[", "{")):
        yield from _list_lines(text, shown) if _is_json_lines(text) else _list_json(text, shown)
    elif start:
        yield from _list_csv(text, shown)


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


def _list_lines(text: str, shown: str) -> Iterator[_Item]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                value = _DECODER.decode(line.strip())
            except (ValueError, RecursionError) as error:
                yield Skipped(f"{shown}:{number}", f"expected a JSON object: {error}")
            else:
                yield _to_entry(value, number, number, shown)


def _list_json(text: str, shown: str) -> Iterator[_Item]:
    ends = [place.start() for place in re.finditer("\n", text)]
    at = 0
    try:
        for begin, end, value in walk_objects(text):
            at = end
            yield _to_entry(value, bisect_right(ends, begin - 1) + 1, bisect_right(ends, end - 2) + 1, shown)
    except (ValueError, IndexError, RecursionError) as error:
        line = bisect_right(ends, len(text) - len(text[at:].lstrip(", \t\r\n")) - 1) + 1
        yield Skipped(f"{shown}:{line}", f"the JSON is broken from here on: {error}")


def _to_entry(value: object, line: int, end_line: int, shown: str) -> _Item:
    if not isinstance(value, dict):
        return Skipped(f"{shown}:{line}", f"expected a JSON object that tells of one change, found {str(value)[:60]!r}")
    return _Entry(line, max(line, end_line), dict(flatten(value)))


def _list_csv(text: str, shown: str) -> Iterator[_Item]:
    header = next(line for line in text.split("\n") if line.strip())
    delimiter = max(_DELIMITERS, key=lambda mark: count_known(header.split(mark)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    names: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not names and any(cells):
                names = cells
                if not knows_time(names):
                    yield Skipped(
                        f"{shown}:{line}", f"expected a header with a time ({_EXAMPLES}), found {header[:60]!r}"
                    )
                    return
            elif any(cells):
                yield _Entry(line, reader.line_num, dict(zip(names, cells, strict=False)))
            line = reader.line_num + 1
    except csv.Error as error:
        yield Skipped(f"{shown}:{line}", f"the CSV is broken from here on: {error}")
