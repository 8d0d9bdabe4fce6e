"""Finds what a review lacks: sections, their content, sources in the timeline, answers, a date to look again."""

import re
from collections.abc import Iterator, Sequence

from hotfix.learn.lint.contract import Fault, FaultKind, Row, Section
from hotfix.learn.lint.words import ReviewWords, read_review_words

_SOURCE_COLUMN = re.compile(r"source|where|evidence|origin|seen in|from", re.IGNORECASE)
_SOURCE_IN_ITEM = re.compile(r"[\[(][^\])]*[^\W\d][^\])]*[\])]|\bsource\b|\bfrom (?:the )?\w+", re.IGNORECASE)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:h]\d{2}(?!\d)")
_REVIEW_DATE = re.compile(
    r"(?i:review(?:ed)?(?: again)?(?: date| on| of the actions)?|look(?:ed)? at (?:them |the actions )?again"
    r"|follow-?up|check-?in|revisit\w*)"
    r"[^.\n]{0,60}?(?:\d{4}-\d\d-\d\d|\d{1,2}\.? [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2},? \d{4})"
)


def find_gaps(sections: Sequence[Section]) -> Iterator[Fault]:
    """Yield what is missing, empty, unanswered or without a source."""
    words = read_review_words()
    for title, pattern in words.sections.items():
        found = [one for one in sections if pattern.search(one.title) and one.line and _is_heading_of(one, sections)]
        if not found:
            yield Fault(1, FaultKind.SECTION, f"no section on {title}")
        elif not any(_says_something(one, words) for one in found):
            yield Fault(found[0].line, FaultKind.SECTION, f"the section on {title} says nothing")
    yield from _find_open(sections, words)
    yield from _check_timelines(sections, words)
    if not any(_REVIEW_DATE.search(f"{one.title} {line.text}") for one in sections for line in one.lines):
        yield Fault(1, FaultKind.REVIEW_DATE, "no date on which the actions are looked at again")


def _is_heading_of(one: Section, sections: Sequence[Section]) -> bool:
    """Tell whether a heading is that of a section: the title of the whole document is none."""
    titles = [other for other in sections if other.depth == 1]
    return one.depth != 1 or len(titles) > 1


def _says_something(section: Section, words: ReviewWords) -> bool:
    said = [line.text for line in section.lines if line.text.strip(" -–—.").lower() not in words.nothing]
    return any(not words.placeholders.fullmatch(text.strip(" -.[]<>")) for text in said)


def _find_open(sections: Sequence[Section], words: ReviewWords) -> Iterator[Fault]:
    seen = {line.number: line.text for one in sections for line in one.lines}
    for number, text in sorted(seen.items()):
        if found := words.placeholders.search(text):
            yield Fault(number, FaultKind.OPEN, f"{found[0]!r} stands for something that is not there yet")
        elif found := words.open_questions.search(text):
            yield Fault(number, FaultKind.OPEN, f"{found[0]!r}: a question is left open")


def _check_timelines(sections: Sequence[Section], words: ReviewWords) -> Iterator[Fault]:
    for section in sections:
        if not words.sections["timeline"].search(section.title) or not _is_heading_of(section, sections):
            continue
        for row in section.rows:
            if any(_TIME.search(cell) for cell in row.cells.values()) and not _has_source(row, words):
                yield Fault(row.line, FaultKind.TIMELINE, "this row of the timeline names no source")
        return


def _has_source(row: Row, words: ReviewWords) -> bool:
    if set(row.cells) - {""}:
        columns = [cell for name, cell in row.cells.items() if _SOURCE_COLUMN.search(name)]
        if columns:
            return any(cell.lower() not in words.nothing for cell in columns)
    return "" in row.cells and any(_SOURCE_IN_ITEM.search(cell) for cell in row.cells.values())
