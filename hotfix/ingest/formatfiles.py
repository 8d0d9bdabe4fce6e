"""Loads `rules/formats/*.toml`: files come in, checked `Format` values in order of specificity go out.

A file that breaks the contract is refused with its path, the key and what was expected. Nothing is matched here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeAlias, TypeVar

from hotfix.core.errors import RuleError, did_you_mean
from hotfix.core.facts import Level
from hotfix.core.resources import find_resource, read_table
from hotfix.ingest.layouts import LETTER_LEVELS, LEVEL_WORDS, SYSLOG_LEVELS, Field
from hotfix.ingest.patterns import expand_pattern, find_pattern_fault

_T = TypeVar("_T")


class Kind(StrEnum):
    """How a format's lines are taken apart."""

    TEXT = "text"
    JSON = "json"
    LOGFMT = "logfmt"
    WRAPPER = "wrapper"


UNIT_MS: Mapping[str, float | None] = {
    "ns": 1e-6,
    "us": 1e-3,
    "ms": 1.0,
    "s": 1e3,
    "text": None,
}
"""Milliseconds per unit; ``text`` means that the value carries its unit."""

_PINO = {
    "10": Level.TRACE,
    "20": Level.DEBUG,
    "30": Level.INFO,
    "40": Level.WARN,
    "50": Level.ERROR,
    "60": Level.FATAL,
}
_PRESETS: Mapping[str, Mapping[str, Level]] = {
    "words": LEVEL_WORDS,
    "letters": LETTER_LEVELS,
    "severity": {str(code): level for code, level in enumerate(SYSLOG_LEVELS)},
    "pri": {str(code): SYSLOG_LEVELS[code % 8] for code in range(192)},
    "pino": _PINO,
    "otel": {str(code): list(Level)[(code - 1) // 4] for code in range(1, 25)},
}
_GROUPS = frozenset({*Field, "message", "message_2", "message_3", "exception", "logger"})
_WRAPPER_GROUPS = frozenset({"inner", "time", "service", "host", "stream"})
_FIELDS = frozenset({*Field, "message", "error", "exception", "logger", "trace"}) - {"duration"}
_EXPECTED = frozenset({*_GROUPS, "duration_ms", "continues", "opens", "inner", "stream", "partial", "trace_text"})
_KEYS = frozenset({
    "title", "url", "kind", "order", "level_names", "levels", "duration_unit", "requires", "fields", "durations",
    "needs", "pattern", "whole", "escaped", "sample", "other",
})  # fmt: skip

Value: TypeAlias = str | int | float | bool
"""What a sample may expect of a field."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One regex of a format, placeholders filled in."""

    regex: str
    continues: bool
    opens: bool
    duration_to_ms: float | None
    needs: str  # a text that every line holds; spares the regex on the others


@dataclass(frozen=True, slots=True)
class Sample:
    """A line and the record that must come of it; fields that are not named must be empty."""

    line: str
    expected: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Format:
    """One data file of `rules/formats`, checked."""

    ident: str
    title: str
    url: str
    kind: Kind
    order: int  # specificity: formats with a higher order are tried first; ties by ident
    patterns: tuple[Pattern, ...]
    levels: Mapping[str, Level]
    requires: tuple[str, ...]  # keys that a JSON or logfmt line must have, lower case
    fields: Mapping[str, tuple[str, ...]]  # field → keys that hold it, best first, lower case
    durations: Mapping[str, float | None]  # key → milliseconds per unit, best first
    whole: str | None  # wrapper: a line that this regex does not match continues on the next line
    escaped: bool  # wrapper: the inner text is a JSON string
    samples: tuple[Sample, ...]
    others: tuple[str, ...]


@cache
def load_formats() -> tuple[Format, ...]:
    """Return every packaged format, most specific first (order, then ident).

    Their regexes are proven by the tests, and not again at each start: that would take longer than reading them.

    Raises:
        RuleError: a data file breaks the contract.
    """
    return read_formats(find_resource("rules", "formats"), proven=True)


def read_formats(folder: Path, *, proven: bool = False) -> tuple[Format, ...]:
    """Return the formats of a folder of ``*.toml`` files, most specific first; ``proven`` as in `read_format`.

    Raises:
        RuleError: a data file breaks the contract.
    """
    formats = [read_format(path, proven=proven) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(formats, key=lambda found: (-found.order, found.ident)))


def read_format(path: Path, *, proven: bool = False) -> Format:
    """Return the format that one data file describes.

    Args:
        path: the data file.
        proven: its regexes are known to keep the contract, so that they need not be tried.

    Raises:
        RuleError: unknown or missing key, bad regex, no sample; the message names file and key.
    """
    table = read_table(path)
    file = _File(path, table, proven)
    file.refuse_unknown(table, _KEYS, "")
    if not table.get("sample"):
        raise RuleError(f"{path}: expected at least one [[sample]] that proves the format, found none")
    return file.build()


@dataclass(frozen=True, slots=True)
class _File:
    """A parsed data file, with the errors that name it."""

    path: Path
    table: Mapping[str, object]
    proven: bool  # its regexes need not be tried

    def build(self) -> Format:
        kind = self._choice("kind", {member.value: member for member in Kind})
        return Format(
            ident=self.path.stem,
            title=self.text("title", self.table),
            url=self.text("url", self.table),
            kind=kind,
            order=self._order(),
            patterns=self._patterns(kind),
            levels=self._levels(),
            requires=self._words("requires", self.table),
            fields=self._fields(),
            durations=self._durations(),
            whole=self._whole(),
            escaped=self.table.get("escaped") is True,
            samples=tuple(self._sample(entry) for entry in self._tables("sample")),
            others=tuple(self.text("line", entry) for entry in self._tables("other")),
        )

    def fail(self, key: str, expected: str, found: object) -> RuleError:
        return RuleError(f"{self.path}: {key}: expected {expected}, found {found!r}")

    def refuse_unknown(self, table: Mapping[str, object], known: frozenset[str], where: str) -> None:
        for key in table:
            if key not in known:
                raise RuleError(f"{self.path}: unknown key {where + key!r}{did_you_mean(key, known)}")

    def text(self, key: str, table: Mapping[str, object]) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value:
            raise self.fail(key, "a text", value)
        return value

    def _choice(self, key: str, choices: Mapping[str, _T]) -> _T:
        value = self.text(key, self.table)
        if value not in choices:
            raise self.fail(key, f"one of {', '.join(choices)}{did_you_mean(value, choices)}", value)
        return choices[value]

    def _order(self) -> int:
        value = self.table.get("order")
        if not isinstance(value, int) or not 0 <= value <= 100:
            raise self.fail("order", "a whole number from 0 (generic) to 100 (unmistakable)", value)
        return value

    def _tables(self, key: str) -> list[Mapping[str, object]]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.fail(key, f"[[{key}]] tables", value)
        return value

    def _table(self, key: str) -> Mapping[str, object]:
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            raise self.fail(key, f"a [{key}] table", value)
        return value

    def _words(self, key: str, table: Mapping[str, object]) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self.fail(key, "a list of texts", value)
        return tuple(word.lower() for word in value)

    def _levels(self) -> Mapping[str, Level]:
        levels: dict[str, Level] = {}
        for name in self._words("level_names", self.table) or ("words",):
            if name not in _PRESETS:
                raise self.fail("level_names", f"some of {', '.join(_PRESETS)}{did_you_mean(name, _PRESETS)}", name)
            levels |= _PRESETS[name]
        for word, level in self._table("levels").items():
            if level not in set(Level):
                raise self.fail(f"levels.{word}", f"one of {', '.join(Level)}", level)
            levels[word.lower()] = Level(str(level))
        return levels

    def _unit(self, key: str, value: object) -> float | None:
        if not isinstance(value, str) or value not in UNIT_MS:
            raise self.fail(key, f"one of {', '.join(UNIT_MS)}", value)
        return UNIT_MS[value]

    def _fields(self) -> Mapping[str, tuple[str, ...]]:
        table = self._table("fields")
        self.refuse_unknown(table, _FIELDS, "fields.")
        return {name: self._words(name, table) for name in table}

    def _durations(self) -> Mapping[str, float | None]:
        table = self._table("durations")
        return {key.lower(): self._unit(f"durations.{key}", unit) for key, unit in table.items()}

    def _patterns(self, kind: Kind) -> tuple[Pattern, ...]:
        structured = kind in {Kind.JSON, Kind.LOGFMT}
        entries = self._tables("pattern")
        if structured == bool(entries):
            raise self.fail("pattern", "none for json and logfmt, at least one otherwise", len(entries))
        groups = _WRAPPER_GROUPS if kind is Kind.WRAPPER else _GROUPS
        return tuple(self._pattern(entry, groups) for entry in entries)

    def _pattern(self, entry: Mapping[str, object], groups: frozenset[str]) -> Pattern:
        self.refuse_unknown(entry, frozenset({"regex", "continues", "opens", "duration_unit", "needs"}), "pattern.")
        unit = entry.get("duration_unit", self.table.get("duration_unit", "ms"))
        return Pattern(
            regex=self._regex("pattern.regex", self.text("regex", entry), groups),
            continues=entry.get("continues") is True,
            opens=entry.get("opens") is True,
            duration_to_ms=self._unit("duration_unit", unit),
            needs=self._needs(entry),
        )

    def _needs(self, entry: Mapping[str, object]) -> str:
        table = entry if "needs" in entry else self.table
        return self.text("needs", table) if "needs" in table else ""

    def _regex(self, key: str, written: str, groups: frozenset[str]) -> str:
        regex = expand_pattern(written)
        fault = None if self.proven else find_pattern_fault(regex, groups)
        if fault:
            raise RuleError(f"{self.path}: {key}: {fault}: {written}")
        return regex

    def _whole(self) -> str | None:
        return self.text("whole", self.table) if "whole" in self.table else None

    def _sample(self, entry: Mapping[str, object]) -> Sample:
        self.refuse_unknown(entry, _EXPECTED | {"line"}, "sample.")
        expected = {
            key: value for key, value in entry.items() if key != "line" and isinstance(value, str | int | float)
        }
        return Sample(self.text("line", entry), expected)
