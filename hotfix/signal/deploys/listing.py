"""Reads lists of changes that people and pipelines write: a file comes in, sightings go out.

A row that cannot be read becomes a `Skipped` with its line.
"""

from datetime import datetime

from hotfix.core.facts import Place, Skipped
from hotfix.core.settings import DEPLOYS_FILE_BYTES
from hotfix.ingest.discovery import SourceFile
from hotfix.ingest.messages import flatten
from hotfix.ingest.sources import read_blocks
from hotfix.signal.deploys.contract import Origin, Sighted, Sighting
from hotfix.signal.deploys.entries import Entry, Wanted, list_entries
from hotfix.signal.deploys.fields import Row, count_known, knows_time, read_row
from hotfix.signal.deploys.stamps import read_times

_EXAMPLES = "time, timestamp, at, deployed_at"
_WANTED = Wanted("change", _EXAMPLES, knows_time, count_known)


def read_listing(file: SourceFile, reference: datetime | None) -> Sighted:
    """Return the changes that a list of deploys holds.

    Args:
        file: CSV with a header, a JSON array (or an object that holds one), or one JSON object per line.
        reference: an instant of the logs, for times without a year or a day.
    """
    skipped: list[Skipped] = []
    text = _read_text(file, skipped)
    entries: list[Entry] = []
    for item in list_entries(text, file.shown, _WANTED):
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            entries.append(item)
    rows = [read_row(dict(flatten(dict(entry.fields)))) for entry in entries]
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
