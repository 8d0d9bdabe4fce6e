"""What the lints pass on: the parts of a document, and what was found in it."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What sort of fault a review has."""

    BLAME = "blame"
    SECTION = "section"
    ACTION = "action"
    OPEN = "open"
    TIMELINE = "timeline"
    REVIEW_DATE = "review-date"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a review."""

    line: int  # 1-based
    kind: FaultKind
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text outside of code and comments."""

    number: int
    text: str  # without Markdown's marks


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, or one list item with labelled fields: cells by the name of their column, in lower case."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it, the sections below it included in `lines`."""

    line: int
    title: str
    depth: int
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
