"""Reads parts of logs with the program's own reading: parts come in, records with their place go out.

Formats, wrappers, zones and stack traces are found as `hotfix analyze` finds them; nothing is asked for.
"""

import re
from collections import ChainMap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from hotfix.core.facts import Skipped
from hotfix.ingest.cleaning import Block, LineCleaner, Mark
from hotfix.ingest.columns import ColumnReader
from hotfix.ingest.discovery import SourceFile, name_stream, show_path
from hotfix.ingest.formats import FormatReader, load_wrappers
from hotfix.ingest.keys import KeyTable
from hotfix.ingest.records import FileReader
from hotfix.ingest.sources import read_blocks
from hotfix.ingest.stamps import StampReader
from hotfix.ingest.survey import Survey, survey_files
from hotfix.ingest.tally import Tally
from hotfix.ingest.tracebook import TraceBook
from hotfix.ingest.unwrap import find_wrapper
from hotfix.rollout.monitor.follow import WHOLE, Part, read_bytes
from hotfix.rollout.monitor.limits import BLOCK_BYTES, BLOCKS_KEPT
from hotfix.signal.masks import mask_messages

_FIRST_LINE = 1


class PartReader:
    """Reads parts of logs; what was learned of one line's form holds for all parts."""

    def __init__(self) -> None:
        """Start with what the program knows of formats."""
        self._formats = FormatReader()
        self._table = KeyTable(self._formats, mask_messages)
        self._traces = TraceBook()
        self.skipped: list[Skipped] = []

    def open(self, part: Part, day_s: float, pattern: re.Pattern[bytes] | None = None) -> "OpenPart":
        """Return a part, ready to be read; stamps without a day are of that of a Unix time."""
        path = part.file.path
        end = 0 if part.end == WHOLE else part.end
        mtime = datetime.fromtimestamp(part.file.mtime, UTC)
        shown = show_path(str(path))
        source = SourceFile(0, path, shown, end, name_stream(shown), mtime)
        survey = survey_files([source], self._formats, load_wrappers())[0]
        local = datetime.fromtimestamp(day_s, UTC) + survey.offset
        blocks = read_blocks(source, self.skipped.append, BLOCK_BYTES, Mark(_FIRST_LINE, part.begin))
        return OpenPart(part, pattern, self._start(replace(survey, first_day=local.date())), blocks)

    def read_text(self, text: str) -> pl.DataFrame:
        """Return the RECORDS of some lines that stand alone."""
        cleaner, content = LineCleaner("", self.skipped.append), text.encode(errors="replace")
        blocks = list(cleaner.clean(iter([content]), Mark(_FIRST_LINE, 0)))
        lines = pl.Series(content.decode().splitlines(), dtype=pl.String)
        now = datetime.now(UTC)
        source = SourceFile(0, Path(), "", len(text), "", now)
        wrapper = find_wrapper(lines, load_wrappers()) if len(lines) else None
        survey = Survey(source, wrapper, now.date(), timedelta(0), None, "", None, None, None, many_services=False)
        return pl.concat(self._start(survey).read(iter(blocks)))

    def list_texts(self) -> dict[int, str]:
        """Return the masked messages of all records so far, by the number in their column `pattern`."""
        return dict(self._table.patterns.frame().select("pattern", "text").iter_rows())

    def _start(self, survey: Survey) -> FileReader:
        stamps = StampReader(survey.first_day, survey.offset, survey.day_first)
        return FileReader(survey, ColumnReader(self._table, self._formats, stamps), self._traces, Tally(survey))


@dataclass(slots=True)
class OpenPart:
    """A part that is being read once, block by block."""

    part: Part
    pattern: re.Pattern[bytes] | None  # its group is the version that a line names
    _reader: FileReader
    _blocks: Iterator[Block]
    _starts: list[Mark] = field(default_factory=list)
    _names: list[dict[int, bytes]] = field(default_factory=list)  # by line, of the last blocks
    _stopped: bool = False

    def read(self) -> Iterator[pl.DataFrame]:
        """Yield RECORDS; line 1 is the first of the part. A container's streams come each in order of lines."""
        yield from (records for records in self._reader.read(self._follow()) if len(records))

    def stop(self) -> None:
        """Read no further block; what was begun is still given."""
        self._stopped = True

    def find_names(self, records: pl.DataFrame) -> list[bytes | None]:
        """Return the version that each of the records that were just given names on the first line that names one."""
        known = ChainMap(*self._names)
        lines = records.select("line", "line_count").iter_rows()
        return [next((known[at] for at in range(line, line + count) if at in known), None) for line, count in lines]

    def find_offset(self, line: int) -> int:
        """Return where a line begins, bytes from the begin of the file."""
        start = [mark for mark in self._starts if mark.first_line <= line][-1]
        left, offset = line - start.first_line, start.offset
        if not left:
            return offset
        for chunk in read_bytes(self.part.file.path, offset):
            ends = chunk.count(b"\n")
            if ends >= left:
                return offset + _find_end(chunk, left)
            left, offset = left - ends, offset + len(chunk)
        return offset

    def _follow(self) -> Iterator[Block]:
        for block in self._blocks:
            if self._stopped:
                return
            self._starts.append(Mark(block.first_line, block.offset))
            if self.pattern:
                self._names = [_find_names(self.pattern, block), *self._names[: BLOCKS_KEPT - 1]]
            yield block


def _find_names(pattern: re.Pattern[bytes], block: Block) -> dict[int, bytes]:
    found = ((line, pattern.search(text)) for line, text in enumerate(block.text.split(b"\n"), block.first_line))
    return {line: match[1] for line, match in found if match and match[1] is not None}


def _find_end(chunk: bytes, count: int) -> int:
    """Return the place after the given number of line ends."""
    place = 0
    for _ in range(count):
        place = chunk.index(b"\n", place) + 1
    return place
