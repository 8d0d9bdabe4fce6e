"""What a checker of documents passes on."""

from dataclasses import dataclass
from enum import StrEnum


class FlawKind(StrEnum):
    """What is wrong with a document."""

    SECTION = "section"  # is missing or says nothing
    PLACEHOLDER = "placeholder"
    LINK = "link"
    NUMBER = "number"  # occurs nowhere, and follows from nothing
    TIME = "time"
    NAME = "name"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of one document."""

    document: str
    line: int
    kind: FlawKind
    said: str  # the words at fault
    block: str = ""  # what they stand in

    def __str__(self) -> str:
        """Return the flaw as one line."""
        return f"{self.document}:{self.line}: {self.kind}: {self.said!r} in {' '.join(self.block.split())[:160]!r}"
