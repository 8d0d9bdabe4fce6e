"""Opens the records that a mechanism wants to read, and finds in their text the message and the named fields.

Rows of RECORDS come in, `Entry` values go out. It does not know what the messages mean.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from hotfix.core.facts import Place
from hotfix.core.settings import ENTRY_CHARACTERS, MESSAGE_CHARACTERS
from hotfix.diagnosis.case import Case
from hotfix.signal.masks import WILDCARD

COLUMNS = ("time", "service", "host", "template_id", "file_id", "line", "line_count")
"""What a frame of records needs so that its records can be opened."""

_HEAD_LINES = 3
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One record that was opened."""

    time: datetime
    service: str
    host: str | None
    template_id: str
    text: str  # as it stands in the log
    message: str  # what it says in one line, without the header where that could be told
    fields: Mapping[str, str]  # the other named values of a JSON record; empty for others
    place: Place


def open_entries(case: Case, rows: pl.DataFrame) -> list[Entry]:
    """Return the records of a frame with at least COLUMNS, in order of time."""
    ordered = rows.select(COLUMNS).with_columns(pl.col("service", "host").cast(pl.String)).sort("file_id", "line")
    places = [case.place(*row) for row in ordered.select("file_id", "line", "line_count").iter_rows()]
    texts = [text[:ENTRY_CHARACTERS] for text in case.open_texts(places)]
    heads = ordered.select("time", "service", "host", "template_id").iter_rows()
    entries = [
        Entry(time, service, host, ident, text, *_read_text(text, case.templates[ident].text), place)
        for (time, service, host, ident), text, place in zip(heads, texts, places, strict=True)
    ]
    return sorted(entries, key=lambda entry: entry.time)


def _read_text(text: str, template: str) -> tuple[str, Mapping[str, str]]:
    fields = read_fields(text)
    for name, value in fields.items():
        line = " ".join(value.split())
        if len(value) > 1 and cut_message(line, template) == line:
            return line, {other: kept for other, kept in fields.items() if other != name}
    return find_message(text, template), fields


def read_fields(text: str) -> Mapping[str, str]:
    """Return the values of the JSON object in a text by name, inner names joined by dots; empty without one."""
    start = text.find("{")
    if start < 0 or not text.rstrip().endswith("}"):
        return {}
    try:
        return dict(_flatten(json.loads(text[start:]), "", 0))
    except (ValueError, RecursionError):
        return {}


def _flatten(value: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _flatten(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif path and isinstance(value, str | int | float | bool):
        yield path, str(value)


def find_message(text: str, template: str) -> str:
    """Return the part of a text that its template describes, in one line; the first line when none fits."""
    lines = [" ".join(line.split()) for line in text[:MESSAGE_CHARACTERS].split("\n")[:_HEAD_LINES]]
    for line in (*lines, " ".join(lines)):
        found = cut_message(line, template)
        if found:
            return found
    return lines[0]


def cut_message(line: str, template: str) -> str | None:
    """Return the last part of a line that fits a template, or None; what varies at its begin is one word."""
    parts = template.split(WILDCARD)
    end = len(line) if template.endswith(WILDCARD) else line.rfind(parts[-1]) + len(parts[-1])
    at = len(line) + 1 if template.endswith(WILDCARD) else end
    for part in reversed(parts):
        at = line.rfind(part, 0, at)
        if at < 0:
            return None
    if template.startswith(WILDCARD):
        at = line.rfind(" ", 0, at) + 1
    return line[at:end]


def words_of(texts: Sequence[str]) -> frozenset[str]:
    """Return the words of texts in lower case, camelCase and snake_case taken apart."""
    return frozenset(word for text in texts for word in split_words(text))


def split_words(text: str) -> list[str]:
    """Return the words of a text in order and in lower case, camelCase and snake_case taken apart."""
    apart = "".join(f" {char}" if char.isupper() and before.islower() else char for before, char in _pairs(text))
    return "".join(char.lower() if char.isalpha() else " " for char in apart).split()


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return zip(f" {text}", text, strict=False)
