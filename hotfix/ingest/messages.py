"""Reads the message of one record from its line, as the record was read: text in, `Message` out."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hotfix.ingest.formats import FormatReader, load_wrappers
from hotfix.ingest.keys import UNPARSED
from hotfix.ingest.unwrap import unwrap_lines

_PAIR = re.compile(r'([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|\S+)')


@dataclass(frozen=True, slots=True)
class Message:
    """What a record says: its words, and the named fields of a structured line."""

    text: str
    fields: Mapping[str, str]
    lines: int  # physical lines that it takes


class MessageReader:
    """Reads lines one at a time; wrappers come off as they did when the file was read."""

    def __init__(self) -> None:
        """Read with every packaged format and wrapper."""
        self._formats = FormatReader()
        self._wrappers = tuple((wrapper, re.compile(wrapper.pattern)) for wrapper in load_wrappers())

    def read(self, text: str, form: str) -> Message:
        """Return the message of a record's first lines.

        Args:
            text: the lines as they stand in the file, the first of them the record's.
            form: ident of the format that read the record, "unparsed" when none did.
        """
        head, _, rest = text.partition("\n")
        for line in self._peel(head):
            reading = self._formats.read(line)
            if reading is not None and reading.opens and rest:
                return Message(self._read_second(rest.partition("\n")[0]), {}, 2)
            if (reading.layout.format if reading else UNPARSED) == form:
                return Message(reading.message if reading else line, _read_fields(line), 1)
        return Message(head, {}, 1)

    def _read_second(self, text: str) -> str:
        """Return the message that stands in the line below its head."""
        *_, line = self._peel(text)
        reading = self._formats.read(line)
        return reading.message if reading else line

    def _peel(self, line: str) -> Iterator[str]:
        """Yield the line, then what is inside each wrapper that fits it."""
        yield line
        for wrapper, pattern in self._wrappers:
            if pattern.search(line):
                lines = unwrap_lines(f"{line}\n".encode(), 1, wrapper).lines
                yield from lines["text"].to_list()


def flatten(value: dict[str, object], prefix: str = "", depth: int = 3) -> Iterator[tuple[str, str]]:
    """Yield the texts of an object with their names; names of inner objects are joined by dots."""
    for name, member in value.items():
        if isinstance(member, dict):
            if depth:
                yield from flatten(member, f"{prefix}{name}.", depth - 1)
        elif isinstance(member, bool):
            yield f"{prefix}{name}", "true" if member else "false"
        elif isinstance(member, str | int | float):
            yield f"{prefix}{name}", str(member)


def _read_fields(line: str) -> Mapping[str, str]:
    if line.startswith("{"):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return {}
        return dict(flatten(value)) if isinstance(value, dict) else {}
    return {name: value.strip('"') for name, value in _PAIR.findall(line)}
