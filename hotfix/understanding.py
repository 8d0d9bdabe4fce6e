"""How each record of one file was understood: what ``hotfix formats explain`` shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.facts import InputFile, Place, Skipped
from hotfix.ingest.discovery import Sources
from hotfix.ingest.messages import MessageReader
from hotfix.ingest.reading import Reading, read_records
from hotfix.signal.masks import mask_messages
from hotfix.signal.templates import assign_templates, mine_templates


@dataclass(frozen=True, slots=True)
class UnderstoodRecord:
    """One record: where it stands and what was read from it; None where it says nothing."""

    line: int
    line_count: int
    format: str
    time: datetime | None
    level: str | None
    service: str | None
    host: str | None
    message: str
    exception: str | None
    template_id: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """One file and its records, in order of lines."""

    files: tuple[InputFile, ...]
    skipped: tuple[Skipped, ...]
    records: Iterator[UnderstoodRecord]


def explain_records(sources: Sources) -> Understanding:
    """Return how every record of the files is understood; records are read as they are asked for."""
    reading = read_records(sources.files, sources.side_files, mask_messages, lambda _file, _bytes: None)
    return Understanding(reading.files, (*sources.skipped, *reading.skipped), _list_records(reading, sources))


def _list_records(reading: Reading, sources: Sources) -> Iterator[UnderstoodRecord]:
    formats = reading.patterns.select("pattern", "format")
    mined = mine_templates(reading.patterns)
    rows = (
        assign_templates(reading.records, mined)
        .join(formats.lazy(), on="pattern", how="left", maintain_order="left")
        .select(
            "file_id", "line", "line_count", "format", "time", "level", "service", "host", "exception", "template_id"
        )
        .sort("file_id", "line")
        .collect(engine="streaming")
    )
    reader = MessageReader()
    for file_id, line, line_count, *columns in rows.iter_rows():
        text = reading.opener.open(Place(sources.files[file_id].shown, line, line + line_count - 1))
        form, time, level, service, host, exception, template = columns
        message = reader.read(text, form).text
        yield UnderstoodRecord(line, line_count, form, time, level, service, host, message, exception, template)
