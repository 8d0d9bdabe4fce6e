"""Understands lines by the data files of `rules/formats`: a line comes in, a `Reading` goes out.

The most specific format that matches wins, whatever lines were read before. Joining lines to records, parsing times and
mapping levels are not done here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from hotfix.ingest.formatfiles import Format, Kind, Sample, load_formats
from hotfix.ingest.jsonlines import JsonLines
from hotfix.ingest.layouts import Field, Layout, Reading
from hotfix.ingest.logfmtlines import LogfmtLines
from hotfix.ingest.textlines import TextLines, build_text_patterns
from hotfix.ingest.wrappers import Wrapper, load_wrappers

__all__ = [
    "Field",
    "Format",
    "FormatReader",
    "FormatSummary",
    "Kind",
    "Layout",
    "Reading",
    "Sample",
    "Wrapper",
    "list_formats",
    "load_formats",
    "load_wrappers",
]

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_BLOCK = 1_000_000
"""Layout numbers set aside for each way of reading; twins of coloured lines follow at ten blocks."""


class FormatReader:
    """Reads lines with a set of formats."""

    def __init__(self, formats: Sequence[Format] | None = None) -> None:
        """Read with ``formats``, most specific first; by default with every packaged one."""
        chosen = load_formats() if formats is None else formats
        self._text = _load_text_lines() if formats is None else _build_text_lines(chosen)
        self._json = JsonLines(chosen, _BLOCK)
        self._logfmt = LogfmtLines(chosen, 2 * _BLOCK)

    def read(self, line: str) -> Reading | None:
        """Return what the most specific format that matches reads in ``line`` (no line end), or None."""
        if "\x1b" in line:
            return self._read_coloured(line)
        if line.startswith("{"):
            reading = self._json.read(line)
            if reading is not None:
                return reading
        elif -1 < line.find("=") < line.find(" "):
            reading = self._logfmt.read(line)
            if reading is not None:
                return reading
        return self._text.read(line)

    def _read_coloured(self, line: str) -> Reading | None:
        reading = self.read(_ANSI.sub("", line).replace("\x1b", ""))
        if reading is None:
            return None
        layout = replace(reading.layout, ident=reading.layout.ident + 10 * _BLOCK, exact=False)
        return replace(reading, layout=layout)


def _build_text_lines(formats: Sequence[Format]) -> TextLines:
    return TextLines(build_text_patterns([found for found in formats if found.kind is Kind.TEXT], 0))


@cache
def _load_text_lines() -> TextLines:
    """Return the packaged text formats; hundreds of regexes that need no second compilation."""
    return _build_text_lines(load_formats())


@dataclass(frozen=True, slots=True)
class FormatSummary:
    """A row of ``hotfix formats list``."""

    ident: str
    title: str
    kind: Kind
    url: str
    order: int
    samples: int


def list_formats() -> tuple[FormatSummary, ...]:
    """Return one summary per packaged format, by ident.

    Raises:
        RuleError: a data file breaks the contract.
    """
    found = sorted(load_formats(), key=lambda entry: entry.ident)
    return tuple(
        FormatSummary(entry.ident, entry.title, entry.kind, entry.url, entry.order, len(entry.samples))
        for entry in found
    )
