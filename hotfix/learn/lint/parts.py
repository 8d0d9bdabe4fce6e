"""Finds the parts of a review: by the words of its headings, and a timeline or actions by their shape as well."""

import re
from collections.abc import Callable, Sequence

from hotfix.learn.lint.contract import Row, Section
from hotfix.learn.lint.words import ReviewWords

TIMELINE, ACTIONS = "timeline", "action items"
"""Titles of parts, as in `rules/review/sections.toml`."""

COLUMNS = {
    "action": re.compile(r"^(?:action(?: item)?s?|what|task|item|measure)?$"),
    "type": re.compile(r"^(?:type|kind|category)$"),
    "owner": re.compile(r"owner|responsible|^role$|assignee|^who$"),
    "due": re.compile(r"^due|deadline|^by(?: when)?$|^when$|target date"),
    "factor": re.compile(r"factor|address|^links?\b|linked|^cause$|^for$|^why$"),
    "evidence": re.compile(r"evidence|done when|verif|proof|complet|^done$|^shown by$"),
}
"""Names of the columns of a table of actions, and the labels of one that is a list item."""

_TIME = re.compile(r"(?<!\d)\d{1,2}[:h]\d{2}(?!\d)")
_TIMES_LEAST = 3
"""Rows with a time that make a timeline of a section whose heading does not say so."""


def find_part(title: str, sections: Sequence[Section], words: ReviewWords) -> list[Section]:
    """Return the sections that are a part of a review, in their order; none where there is no such part."""
    named = [one for one in sections if words.sections[title].search(one.title) and one.line and _is_own(one, sections)]
    if named or title not in _SHAPES:
        return named
    shaped = [one for one in sections if one.line and _is_own(one, sections) and _SHAPES[title](one)]
    return shaped[:1]


def has_time(row: Row) -> bool:
    """Tell whether a row names a time of day."""
    return any(_TIME.search(cell) for cell in row.cells.values())


def _is_own(one: Section, sections: Sequence[Section]) -> bool:
    """Tell whether a heading is that of a section: the title of the whole document is none."""
    titles = [other for other in sections if other.depth == 1]
    return one.depth != 1 or len(titles) > 1


def _is_timeline(section: Section) -> bool:
    return sum(map(has_time, section.rows)) >= _TIMES_LEAST


def _are_actions(section: Section) -> bool:
    asked = COLUMNS["owner"], COLUMNS["due"]
    return any(all(any(column.search(name) for name in row.cells) for column in asked) for row in section.rows)


_SHAPES: dict[str, Callable[[Section], bool]] = {TIMELINE: _is_timeline, ACTIONS: _are_actions}
