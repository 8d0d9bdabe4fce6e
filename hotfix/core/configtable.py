"""A table of a configuration: keys are asked for with what they must hold, and checked values come out.

Every fault is told with the file, the line, the key, what was expected and what was found.
"""

import math
import re
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from hotfix.core.errors import UsageError, did_you_mean
from hotfix.core.places import Places


@dataclass(frozen=True, slots=True)
class TableAt:
    """Where a table stands in a file."""

    places: Places
    name: str  # in full, as in ``deploy.phase``
    index: int | None = None  # among ``[[…]]`` of this name, from 0; None: there is one

    def find(self, key: str) -> str:
        """Return the place of a key, as `Places.find`."""
        return self.places.find(self.name, key, self.index or 0)

    def __str__(self) -> str:
        return f"[{self.name}]" if self.index is None else f"[[{self.name}]]"


class Table:
    """The keys of a table; each is asked for once with what it must be, and at the end none may be left."""

    def __init__(self, at: TableAt, values: Mapping[str, object]) -> None:
        self._at, self._values = at, values
        self._asked: list[str] = []

    @property
    def folder(self) -> Path:
        """The folder of the file, from which its paths start."""
        return Path(self._at.places.path).parent.absolute()

    @property
    def keys(self) -> frozenset[str]:
        """The keys that are there."""
        return frozenset(self._values)

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
        return self.text(key) if self._ask(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one or several different texts, given as a text or as a list."""
        return self.names(key, re.compile(r"(?s).*\S.*"), "text")

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
        return self.names(key, pattern, kind) if self._ask(key) else ()

    def number(self, key: str, default: float, least: float, most: float = math.inf, *, above: bool = False) -> float:
        """Return a finite number within bounds, these included, but for the lower one where `above` says so."""
        value = self._take(key, default)
        number = _read_number(value)
        if number is None or not least <= number <= most or (above and number == least):
            self.refuse(key, _say_numbers("a number", least, most, above=above), value)
        return number

    def whole(self, key: str, default: int, least: int, most: float = math.inf) -> int:
        """Return a whole number within bounds, these included."""
        value = self._take(key, default)
        number = _read_number(value)
        if number is None or not number.is_integer() or not least <= number <= most:
            self.refuse(key, _say_numbers("a whole number", least, most), value)
        return int(number)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "true or false", value)
        return value

    def file(self, key: str) -> Path:
        """Return a path; one that is not absolute starts at the folder of the configuration."""
        return self.folder / Path(self.text(key)).expanduser()

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

    def pattern(self, key: str, holds: str) -> re.Pattern[bytes]:
        """Return a regular expression with one group, and `holds` says of what."""
        value = self.text(key)
        try:
            pattern = re.compile(value.encode())
        except re.error as error:
            self.refuse(key, "a regular expression", value, f" ({error})")
        if pattern.groups != 1:
            self.refuse(key, f"a regular expression with one group, which holds {holds}", value)
        return pattern

    def tables(self, key: str, default: Sequence[Mapping[str, object]] = ()) -> tuple["Table", ...]:
        """Return the tables ``[[name.key]]``, in order; the default where the key is missing."""
        name, value = f"{self._at.name}.{key}", self._take(key, list(default))
        if key not in self._values and not default:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            self._refuse_as(key, f"[[{name}]] tables", value)
        return tuple(Table(TableAt(self._at.places, name, index), one) for index, one in enumerate(value))

    def has(self, key: str) -> bool:
        """Tell whether a key is there; it still has to be asked for."""
        return key in self._values

    def leave(self, *keys: str) -> None:
        """Leave keys to others that read the same table."""
        self._asked += keys

    def refuse(self, key: str, wanted: str, found: object, hint: str = "") -> NoReturn:
        """Say that a key does not hold what it must.

        Raises:
            UsageError: always.
        """
        which = "" if self._at.index is None else f" of table {self._at.index + 1}"
        self._refuse_as(key, f"{wanted} for {self._at.name}.{key}{which}", found, hint)

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
                raise UsageError(f"{self._at.find(key)}: unknown key {key!r} in {self._at}{hint}")

    def _refuse_as(self, key: str, wanted: str, found: object, hint: str = "") -> NoReturn:
        raise UsageError(f"{self._at.find(key)}: expected {wanted}, found {say_value(found)}{hint}")

    def _ask(self, key: str) -> bool:
        self._asked.append(key)
        return key in self._values

    def _take(self, key: str, default: object) -> object:
        self._asked.append(key)
        return self._values.get(key, default)


def say_value(value: object) -> str:
    """Return a value as messages show it."""
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else f"{value!r:.80}"


def _read_number(value: object) -> float | None:
    """Return a finite number; None for other values."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _say_numbers(kind: str, least: float, most: float, *, above: bool = False) -> str:
    return f"{kind} {'above' if above else 'from'} {least:g}" + (f" to {most:g}" if most < math.inf else "")
