"""Finds what a review lacks: sections, their content, sources in the timeline, answers, a date to look again."""

import re
from collections.abc import Iterator, Sequence

from hotfix.learn.lint.contract import Fault, FaultKind, Row, Section
from hotfix.learn.lint.parts import TIMELINE, find_part, has_time
from hotfix.learn.lint.words import ReviewWords, read_review_words

_SOURCE_COLUMN = re.compile(r"source|where|evidence|origin|seen in|from", re.IGNORECASE)
_SOURCE_IN_ITEM = re.compile(r"[\[(][^\])]*[^\W\d][^\])]*[\])]|\bsource\b|\bfrom (?:the )?\w+", re.IGNORECASE)
_LETTER = re.compile(r"[^\W_]")
_REVIEW_DATE = re.compile(
    r"(?i:review(?:ed)?(?: again)?(?: date| on| of the actions)?|look(?:ed)? at (?:them |the actions )?again"
    r"|follow-?up|check-?in|revisit\w*)"
    r"[^.\n]{0,60}?(?:\d{4}-\d\d-\d\d|\d{1,2}\.? [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2},? \d{4})"
)


def find_gaps(sections: Sequence[Section]) -> Iterator[Fault]:
    """Yield what is missing, empty, unanswered or without a source."""
    words = read_review_words()
    for title in words.sections:
        found = find_part(title, sections, words)
        if not found:
            yield Fault(1, FaultKind.SECTION, f"no section on {title}")
        elif not any(_says_something(one, words) for one in found):
            yield Fault(found[0].line, FaultKind.SECTION, f"the section on {title} says nothing")
    yield from _find_open(sections, words)
    yield from _check_timelines(sections, words)
    if not any(_REVIEW_DATE.search(f"{one.title} {line.text}") for one in sections for line in one.lines):
        yield Fault(1, FaultKind.REVIEW_DATE, "no date on which the actions are looked at again")


def _says_something(section: Section, words: ReviewWords) -> bool:
    said = (line.text.strip(" -–—.…:[]<>(){}") for line in section.lines)
    return any(
        text.lower() not in words.nothing and _LETTER.search(text) and not words.placeholders.fullmatch(text)
        for text in said
    )


def _find_open(sections: Sequence[Section], words: ReviewWords) -> Iterator[Fault]:
    seen = {line.number: line.text for one in sections for line in one.lines}
    for number, text in sorted(seen.items()):
        if found := words.placeholders.search(text):
            yield Fault(number, FaultKind.OPEN, f"{found[0]!r} stands for something that is not there yet")
        elif found := words.open_questions.search(text):
            yield Fault(number, FaultKind.OPEN, f"{found[0]!r}: a question is left open")


def _check_timelines(sections: Sequence[Section], words: ReviewWords) -> Iterator[Fault]:
    for section in find_part(TIMELINE, sections, words)[:1]:
        for row in section.rows:
            if has_time(row) and not _has_source(row, words):
                yield Fault(row.line, FaultKind.TIMELINE, "this row of the timeline names no source")


def _has_source(row: Row, words: ReviewWords) -> bool:
    if set(row.cells) - {""}:
        columns = [cell for name, cell in row.cells.items() if _SOURCE_COLUMN.search(name)]
        if columns:
            return any(cell.lower() not in words.nothing for cell in columns)
    return "" in row.cells and any(_SOURCE_IN_ITEM.search(cell) for cell in row.cells.values())
