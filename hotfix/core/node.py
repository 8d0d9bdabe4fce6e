"""Reads JSON that somebody else may have written: each value knows its place, so that an error can name it.

Comes in: a text, or what `json` made of it. Goes out: single values of the type that is expected, frozen.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

from hotfix.core.errors import InputError

T = TypeVar("T")

_WORD = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True, slots=True)
class Node:
    """A value, the way to it, and the schema that the whole is of. What is not as expected raises InputError."""

    value: object
    at: str
    schema: str

    @classmethod
    def parse(cls, text: str | bytes, at: str, schema: str) -> "Node":
        """Return the value that a text of JSON holds.

        Args:
            text: of it; bytes are UTF-8.
            at: where the text stands, for errors.
            schema: what it should be; `check_schema` sees whether it says so itself.

        Raises:
            InputError: it is no JSON.
        """
        try:
            return cls(json.loads(text), at, schema)
        except (ValueError, RecursionError):
            raise InputError(f"expected JSON at {at}, found other text") from None

    def check_schema(self) -> None:
        """Refuse an object that does not say that it is of the schema."""
        if (found := self.get("schema").value) != self.schema:
            raise InputError(f"expected schema {self.schema!r} at {self.at}, found {found!r:.80}")

    def get(self, key: str) -> "Node":
        """Return what an object holds under a key."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        if key not in self.value:
            raise InputError(f"expected the key {key!r} at {self.at}, found none; is this {self.schema}?")
        return Node(self.value[key], f"{self.at}.{key}", self.schema)

    def has(self, key: str) -> bool:
        """Tell whether this is an object that holds the key."""
        return isinstance(self.value, dict) and key in self.value

    def each(self, key: str) -> Iterator["Node"]:
        """Return the items of the list under a key."""
        node = self.get(key)
        if not isinstance(node.value, list):
            raise node.wrong("a list")
        return (Node(item, f"{node.at}[{index}]", self.schema) for index, item in enumerate(node.value))

    def optional(self, key: str, read: Callable[["Node"], T]) -> T | None:
        """Return what is read of the value under a key, None when that is null."""
        node = self.get(key)
        return None if node.value is None else read(node)

    def text(self) -> str:
        """Return a text."""
        if not isinstance(self.value, str):
            raise self.wrong("text")
        return self.value

    def word(self) -> str:
        """Return a text that is one short word of lower-case letters and underscores."""
        if not isinstance(self.value, str) or not _WORD.fullmatch(self.value):
            raise self.wrong("a word of lower-case letters")
        return self.value

    def number(self) -> float:
        """Return a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("a number")
        return self.value

    def whole(self) -> int:
        """Return a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong("a whole number")
        return self.value

    def truth(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def time(self) -> datetime:
        """Return an instant, in UTC."""
        try:
            time = datetime.fromisoformat(self.text())
            if time.tzinfo is not None:
                return time.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.wrong("a time as ISO 8601 with its zone")

    def one_of(self, choices: Callable[[str], T]) -> T:
        """Return a member of a StrEnum."""
        try:
            return choices(self.text())
        except ValueError:
            raise self.wrong("one of the schema's choices") from None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts under a key."""
        return tuple(node.text() for node in self.each(key))

    def mapping(self) -> Mapping[str, object]:
        """Return an object as values that nobody can change, lists as tuples."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return MappingProxyType({key: _freeze(one) for key, one in self.value.items()})

    def wrong(self, expected: str) -> InputError:
        """Return the error that says what was expected here and what was found."""
        return InputError(f"expected {expected} at {self.at}, found {self.value!r:.60}")


def _freeze(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({key: _freeze(one) for key, one in value.items()})
    return tuple(_freeze(one) for one in value) if isinstance(value, list) else value
