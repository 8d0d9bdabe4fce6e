"""Reads all files of a run: source files come in; records, patterns and what is known of each file go out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from hotfix.core.facts import InputFile, Place, Skipped
from hotfix.core.settings import BLOCK_BYTES
from hotfix.ingest.cleaning import Block, Mark
from hotfix.ingest.columns import ColumnReader
from hotfix.ingest.discovery import SourceFile
from hotfix.ingest.formats import FormatReader, load_wrappers
from hotfix.ingest.keys import KeyTable
from hotfix.ingest.memory import keep_freed_memory
from hotfix.ingest.records import FileReader
from hotfix.ingest.sources import LineReader, read_blocks, read_lines_at
from hotfix.ingest.stamps import StampReader
from hotfix.ingest.store import RecordStore
from hotfix.ingest.survey import survey_files
from hotfix.ingest.tally import Tally
from hotfix.ingest.tracebook import TraceBook

Mask = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class PlaceOpener:
    """Opens places again: keeps where the blocks of each file begin."""

    files: Mapping[str, SourceFile]  # by shown path
    marks: Mapping[int, Sequence[Mark]]  # by file_id

    def open(self, place: Place) -> str:
        """Return the verbatim text of the lines at a place, as they were read."""
        file = self.files[place.file]
        return read_lines_at(file, place.line, place.end_line, self.marks.get(file.file_id, ()))

    def open_many(self, places: Sequence[Place]) -> list[str]:
        """Return the text of each place; quickest when they come in order of file and line."""
        readers: dict[str, LineReader] = {}
        texts = []
        for place in places:
            if place.file not in readers:
                file = self.files[place.file]
                readers[place.file] = LineReader(file, self.marks.get(file.file_id, ()))
            texts.append(readers[place.file].read(place.line, place.end_line))
        return texts


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read in one run."""

    records: pl.LazyFrame  # RECORDS
    patterns: pl.DataFrame  # PATTERNS
    files: tuple[InputFile, ...]
    skipped: tuple[Skipped, ...]
    opener: PlaceOpener
    store: RecordStore  # holds what `records` reads, for as long as this value lives


def read_records(
    files: Sequence[SourceFile],
    side_files: Sequence[SourceFile],
    mask: Mask,
    on_progress: Callable[[SourceFile, int], None],
    block_bytes: int = BLOCK_BYTES,
) -> Reading:
    """Return the records of all files; a file that cannot be read becomes a `Skipped` and stops nothing.

    Args:
        files: logs to read.
        side_files: files that are not read as logs, but whose lines may be opened.
        mask: turns messages into masked messages, column to column.
        on_progress: told of every block: the file and the bytes of text it held.
        block_bytes: bytes of text handled at a time; what is read does not depend on it.
    """
    keep_freed_memory()
    reader = FormatReader()
    table = KeyTable(reader, mask)
    store, traces = RecordStore(), TraceBook()
    skipped: list[Skipped] = []
    marks: dict[int, list[Mark]] = {}
    summaries: list[InputFile] = []
    for survey in survey_files(files, reader, load_wrappers()):
        stamps = StampReader(survey.first_day, survey.offset, survey.day_first)
        file = FileReader(survey, ColumnReader(table, reader, stamps), traces, Tally(survey))
        places = marks.setdefault(survey.file.file_id, [])
        before = len(skipped)
        blocks = read_blocks(survey.file, skipped.append, block_bytes)
        for records in file.read(_follow(survey.file, blocks, places, on_progress)):
            store.add(records)
        if file.tally.records or len(skipped) == before:
            summaries.append(file.tally.summarise())
    known = {file.shown: file for file in (*files, *side_files)}
    return Reading(
        records=store.scan(),
        patterns=table.patterns.frame(),
        files=tuple(sorted(summaries, key=lambda file: file.path)),
        skipped=tuple(skipped),
        opener=PlaceOpener(known, marks),
        store=store,
    )


def _follow(
    file: SourceFile, blocks: Iterator[Block], places: list[Mark], on_progress: Callable[[SourceFile, int], None]
) -> Iterator[Block]:
    """Yield a file's blocks, noting where each begins."""
    for block in blocks:
        places.append(Mark(block.first_line, block.offset))
        yield block
        on_progress(file, len(block.text))
