"""Finds the line on which a key of a TOML file stands: Python's reader does not tell.

Tables are found by their headers, written in full. A key that stands elsewhere (in a dotted or an inline table) is told
by its file alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(r"\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}")


@dataclass(frozen=True, slots=True)
class Places:
    """The lines of one file."""

    path: str
    text: str = ""

    def find(self, table: str, key: str, index: int = 0) -> str:
        """Return ``path:line`` of a key, else of its table, else the path.

        Args:
            table: its name in full, as in ``deploy.phase``; empty for the top of the file.
            key: in this table; empty for the table itself.
            index: of the table, where there are several of this name (``[[…]]``), from 0.
        """
        own, found = re.compile(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]"), self.path
        below = f"{table}.{key}".strip(".")
        for line, words, current in self._walk():
            if current == (table, index) and ((table and found == self.path) or (key and own.match(words))):
                found = f"{self.path}:{line}"
                if own.match(words):
                    return found
            if _HEADER.match(words) and f"{current[0]}.".startswith(f"{below}."):
                return f"{self.path}:{line}"
        return found

    def _walk(self) -> Iterator[tuple[int, str, tuple[str, int]]]:
        """Yield each line's number, its text, and the table with its index among those of its name."""
        name, seen = "", dict[str, int]()
        for line, raw in enumerate(self.text.splitlines(), start=1):
            words = raw.strip()
            if header := _HEADER.match(words):
                name = re.sub(r"[\s\"']", "", header[1])
                seen[name] = seen.get(name, -1) + 1
            yield line, words, (name, seen.get(name, 0))
