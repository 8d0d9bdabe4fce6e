"""Finds what an action lacks: verb, bound, type, owner, due date, linked factor, evidence of completion."""

import re
from collections.abc import Iterator, Sequence

from hotfix.learn.lint.contract import Fault, FaultKind, Row, Section
from hotfix.learn.lint.parts import ACTIONS, COLUMNS, find_part
from hotfix.learn.lint.verbs import begins_with_verb
from hotfix.learn.lint.words import ReviewWords, read_review_words

_DECLINED = re.compile(r"declin|reject|not do", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d|"
    r"\d{1,2}\.? ?[A-Z][a-z]{2,8}\.?,? \d{4}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2}[./]\d{1,2}[./]\d{4}"
)


def find_weak_actions(sections: Sequence[Section]) -> Iterator[Fault]:
    """Yield what each action of the document lacks; the declined ones are passed by."""
    words = read_review_words()
    seen = set[int]()
    passed = {row.line for one in sections if one.depth > 1 and _DECLINED.search(one.title) for row in one.rows}
    for section in find_part(ACTIONS, sections, words):
        if _DECLINED.search(section.title):
            continue
        for row in section.rows:
            if row.line not in seen | passed:
                seen.add(row.line)
                yield from (Fault(row.line, FaultKind.ACTION, said) for said in _check(row, words))


def _check(row: Row, words: ReviewWords) -> Iterator[str]:
    cells = {field: _find(row, pattern) for field, pattern in COLUMNS.items()}
    text = cells["action"] or ""
    if not begins_with_verb(text, words.verbs):
        yield f"the action does not begin with a verb: {text[:40]!r}"
    if found := words.unbounded.search(text):
        yield f"the action has no end: {found[0]!r}"
    if not _is_type(cells["type"], words):
        yield "the action has no type: prevent, detect or mitigate"
    if _is_empty(cells["owner"], words) or (cells["owner"] or "").lower() in words.nobody:
        yield "the action has no owner"
    if not _DATE.search(cells["due"] or ""):
        yield "the action has no due date"
    for field, said in (("factor", "a linked factor"), ("evidence", "evidence of completion")):
        if _is_empty(cells[field], words):
            yield f"the action has no {said.removeprefix('a ')}"


def _find(row: Row, pattern: re.Pattern[str]) -> str | None:
    return next((cell for name, cell in row.cells.items() if pattern.search(name.strip())), None)


def _is_empty(cell: str | None, words: ReviewWords) -> bool:
    return cell is None or cell.strip().lower() in words.nothing or bool(words.placeholders.fullmatch(cell.strip()))


def _is_type(cell: str | None, words: ReviewWords) -> bool:
    return any(part in words.types for part in re.findall(r"[a-z]+", (cell or "").lower()))
