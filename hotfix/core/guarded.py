"""Patterns that are only tried where they can match: a cheap necessary pattern is looked for first.

A pattern that begins with an assertion or an optional part is tried at every position of a text; one that begins with
a fixed or listed character is found many times as fast. It changes no result as long as every match holds the guard.
"""

import re
from typing import Any


class Guarded:
    """A pattern behind a guard: what every one of its matches holds."""

    __slots__ = ("_guard", "bare")

    def __init__(self, pattern: str, *, guard: str) -> None:
        """Take both in the syntax of `re`; the guard should begin with a fixed or listed character.

        `bare` is the compiled pattern without its guard.
        """
        self.bare = re.compile(pattern)
        self._guard = re.compile(guard).search

    def findall(self, text: str) -> list[Any]:
        """Return what `re.Pattern.findall` does."""
        return self.bare.findall(text) if self._guard(text) else []

    def search(self, text: str) -> re.Match[str] | None:
        """Return what `re.Pattern.search` does."""
        return self.bare.search(text) if self._guard(text) else None

    def sub(self, replacement: str, text: str) -> str:
        """Return what `re.Pattern.sub` does."""
        return self.bare.sub(replacement, text) if self._guard(text) else text
