"""Reads the table `[deploy.traffic]` of `hotfix.toml`: text comes in, checked values go out, faults with their line."""

import math
import re
import shlex
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NoReturn

from hotfix.core.errors import UsageError, did_you_mean

NAME = "deploy.traffic"


class Table:
    """The keys of the table; each is asked for once with what it must be, and at the end none may be left."""

    def __init__(self, path: Path, source: str, values: Mapping[str, object]) -> None:
        self.path = path
        self._source, self._values = source, values
        self._asked: list[str] = []

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty.

        Raises:
            UsageError: it is missing without a default, or of another kind.
        """
        value = self._take(key, default)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "text", value)
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text that is not empty; None where the key is missing."""
        return self.text(key) if self._has(key) else None

    def choice(self, key: str, options: Iterable[str], default: str | None = None) -> str:
        """Return one of some words."""
        value, known = self.text(key, default), sorted(options)
        if value not in known:
            self.refuse(key, f"one of {', '.join(known)}", value, did_you_mean(value, known))
        return value

    def matching(self, key: str, pattern: re.Pattern[str], kind: str, default: str | None = None) -> str:
        """Return a text that a pattern matches as a whole; `kind` says what that is."""
        value = self.text(key, default)
        if not pattern.fullmatch(value):
            self.refuse(key, kind, value)
        return value

    def names(self, key: str, pattern: re.Pattern[str], kind: str) -> tuple[str, ...]:
        """Return one or several different texts of a kind, given as a text or as a list."""
        value = self._take(key, None)
        found = value if isinstance(value, list) else [value]
        if not found or len(set(map(repr, found))) < len(found):
            self.refuse(key, f"at least one {kind}, and each once", value)
        for name in found:
            if not isinstance(name, str) or not pattern.fullmatch(name):
                self.refuse(key, kind, name)
        return tuple(found)

    def optional_names(self, key: str, pattern: re.Pattern[str], kind: str) -> tuple[str, ...]:
        """Return texts as `names` does; none where the key is missing."""
        return self.names(key, pattern, kind) if self._has(key) else ()

    def number(self, key: str, default: float, least: float, most: float = math.inf) -> float:
        """Return a number within bounds, these included."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.refuse(key, f"a number from {least:g}" + (f" to {most:g}" if most < math.inf else ""), value)
        return float(value)

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number within bounds, these included."""
        value = self.number(key, default, least, most)
        if not value.is_integer():
            self.refuse(key, "a whole number", value)
        return int(value)

    def file(self, key: str) -> Path:
        """Return a path; one that is not absolute starts at the folder of `hotfix.toml`."""
        return self.path.parent.absolute() / Path(self.text(key)).expanduser()

    def command(self, key: str, default: str | None = None) -> tuple[str, ...]:
        """Return a command as its words, split as a shell does; no shell runs it."""
        value = self.text(key, default)
        try:
            words = tuple(shlex.split(value))
        except ValueError as error:
            self.refuse(key, "a command", value, f" ({error})".lower())
        if not words:
            self.refuse(key, "a command", value)
        return words

    def pattern(self, key: str) -> re.Pattern[bytes]:
        """Return a regular expression with one group."""
        value = self.text(key)
        try:
            pattern = re.compile(value.encode())
        except re.error as error:
            self.refuse(key, "a regular expression", value, f" ({error})")
        if pattern.groups != 1:
            self.refuse(key, "a regular expression with one group, which holds the version", value)
        return pattern

    def has(self, key: str) -> bool:
        """Tell whether a key is there; it still has to be asked for."""
        return key in self._values

    def refuse(self, key: str, wanted: str, found: object, hint: str = "") -> NoReturn:
        """Say that a key does not hold what it must.

        Raises:
            UsageError: always.
        """
        said = "none" if found is None else f"{found!r:.80}"
        raise UsageError(f"{self._place(key)}: expected {wanted} for {NAME}.{key}, found {said}{hint}")

    def refuse_shared(self, key: str, new: Collection[str], old: Collection[str]) -> None:
        """Refuse a key for the old version that names what the new one is.

        Raises:
            UsageError: there is such a name.
        """
        if both := set(new) & set(old):
            self.refuse(key, "none of what new names", min(both))

    def finish(self) -> None:
        """Refuse keys that nobody asked for.

        Raises:
            UsageError: there is one.
        """
        for key in self._values:
            if key not in self._asked:
                hint = did_you_mean(key, self._asked)
                raise UsageError(f"{self._place(key)}: unknown key {key!r} in [{NAME}]{hint}")

    def _has(self, key: str) -> bool:
        self._asked.append(key)
        return key in self._values

    def _take(self, key: str, default: object) -> object:
        self._asked.append(key)
        return self._values.get(key, default)

    def _place(self, key: str) -> str:
        line = find_line(self._source, key)
        return f"{self.path}:{line}" if line else str(self.path)


def read_table(path: Path) -> Table:
    """Return the table of a configuration file.

    Raises:
        UsageError: there is no file, it is not TOML, or it has no such table.
    """
    try:
        source = path.read_text(encoding="utf-8")
        whole = tomllib.loads(source)
    except OSError as error:
        raise UsageError(
            f"{path}: expected a configuration with a table [{NAME}], found: {error.strerror}; "
            "docs/deploy.md says what belongs there"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected TOML, found {error}") from None
    deploy = whole.get("deploy", {})
    values = deploy.get("traffic") if isinstance(deploy, dict) else None
    if not isinstance(values, dict):
        raise UsageError(
            f"{path}: expected a table [{NAME}], found {'none' if values is None else f'{values!r:.60}'}; "
            "docs/deploy.md says what belongs there"
        )
    return Table(path, source, values)


def find_line(source: str, key: str) -> int | None:
    """Return the line, from 1, of a key in the table, or of the table's head where the key has no line of its own."""
    head, inside = None, False
    for number, line in enumerate(source.splitlines(), 1):
        if re.match(r"\s*\[", line):
            inside = re.match(r"\s*\[\s*deploy\s*\.\s*traffic\s*\]", line) is not None
            head = number if inside else head
        elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return head
