"""Reads a review as Markdown and returns its faults in the order of their lines."""

from pathlib import Path

from hotfix.core.files import read_all
from hotfix.core.settings import SEARCHED_BYTES_MOST
from hotfix.learn.lint.actionitems import find_weak_actions
from hotfix.learn.lint.blame import find_blame
from hotfix.learn.lint.completeness import find_gaps
from hotfix.learn.lint.contract import Fault
from hotfix.learn.lint.outline import read_sections


def check_review(path: Path) -> tuple[Fault, ...]:
    """Return the faults of the review in a file.

    Raises:
        InputError: the file cannot be read, or is too large to be a review.
        RuleError: the words of the lints are missing.
    """
    data = read_all(path, SEARCHED_BYTES_MOST, "a review")
    return lint_review(data.decode("utf-8", "replace"))


def lint_review(text: str) -> tuple[Fault, ...]:
    """Return the faults of a review."""
    sections = read_sections(text)
    lines = {line.number: line for section in sections for line in section.lines}
    found = [*find_blame(lines.values()), *find_gaps(sections), *find_weak_actions(sections)]
    return tuple(sorted(set(found), key=lambda one: (one.line, one.kind, one.message)))
