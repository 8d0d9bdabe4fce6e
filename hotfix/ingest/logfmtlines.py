"""Reads logfmt: lines that are nothing but ``key=value`` pairs, values in double quotes where they hold blanks."""

import json
import re
from collections.abc import Sequence

from hotfix.ingest.formatfiles import Format, Kind
from hotfix.ingest.layouts import Reading
from hotfix.ingest.structured import Layouts, Leaf, Shape, read_leaves

_PAIR = r'[A-Za-z_@][\w.@/-]*=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)'
_LINE = re.compile(rf"{_PAIR}(?:\s+(?:{_PAIR}|[\w.@/-]+))+\s*")
_PAIRS = re.compile(r'(?:^|(?<=\s))([A-Za-z_@][\w.@/-]*)=(?:("(?:[^"\\]|\\.)*")|([^\s"]*))(?=\s|$)')
_NEEDED = frozenset({"time", "level"})


class LogfmtLines:
    """Reads lines of ``key=value`` pairs."""

    def __init__(self, formats: Sequence[Format], first_ident: int) -> None:
        """Try ``formats`` (most specific first)."""
        self._shapes = [Shape(found, None) for found in formats if found.kind is Kind.LOGFMT]
        self._layouts = Layouts(first_ident, build_logfmt_regexes)

    def read(self, line: str) -> Reading | None:
        """Return what the pairs say, or None when the line holds anything else or neither time nor level."""
        if _LINE.fullmatch(line) is None:
            return None
        leaves = _split_pairs(line)
        for shape in self._shapes:
            chosen = shape.choose(leaves)
            if all(key in leaves for key in shape.requires) and not _NEEDED.isdisjoint(chosen):
                return read_leaves(leaves, chosen, self._layouts.find(line, shape, chosen))
        return None


def build_logfmt_regexes(_path: str, leaf: Leaf) -> list[str]:
    """Return the regex (Rust and Python) whose one group is the value of the leaf's key in a line of logfmt."""
    value = r'"([^"\\]*)"' if leaf.quoted else r'([^\s"]+)'
    return [rf"(?:^|\s){re.escape(leaf.key)}={value}"]


def _split_pairs(line: str) -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for key, quoted, bare in _PAIRS.findall(line):
        text = _unquote(quoted) if quoted else bare
        leaves.setdefault(key.lower(), Leaf(key, text, quoted=bool(quoted)))
    return leaves


def _unquote(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return quoted[1:-1].replace('\\"', '"')
