"""Picks the words in which a record says what failed: its text comes in, one short line of it goes out."""

import re

from hotfix.core.settings import HEADLINE_LENGTH


def find_headline(said: str, exception: str | None) -> str:
    """Return what a record says: the line that names its root exception, else the first line of its message.

    Args:
        said: message of the record, and the lines below it.
        exception: class of the root exception, when there is one.
    """
    named = _find_exception(said, exception) if exception else None
    return shorten(named or next((line for line in said.splitlines() if line.strip()), ""))


def shorten(text: str) -> str:
    """Return a text in one line of at most HEADLINE_LENGTH characters."""
    line = " ".join(text.split())
    return line if len(line) <= HEADLINE_LENGTH else f"{line[: HEADLINE_LENGTH - 1]}…"


def _find_exception(said: str, exception: str) -> str | None:
    """Return the last line in which the class stands with what it says, from the class on."""
    spoken = re.compile(rf"(?<![\w.$]){re.escape(exception)}\b(?:: .*|(?=\s*$))", re.MULTILINE)
    bare = exception.rsplit(".", 1)[-1]
    short = re.compile(rf"(?<![\w$]){re.escape(bare)}\b: .*")
    for pattern in (spoken, short):
        found = pattern.findall(said)
        if found:
            return str(found[-1])
    return None
