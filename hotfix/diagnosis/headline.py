"""Picks the words in which a record says what failed: its text comes in, one short line of it goes out."""

import re
from collections.abc import Mapping

from hotfix.core.settings import HEADLINE_LENGTH, REASON_LENGTH, REASON_OVERLAP
from hotfix.signal.masks import WILDCARD

_NAMED_MASK = re.compile(rf"([\w.-]+)={re.escape(WILDCARD)}")
_REASONS = frozenset(("reason", "error", "err", "cause", "detail", "details", "why", "failure"))
"""Last parts of the names of fields that say in words why a record's message came."""


def find_headline(said: str, exception: str | None) -> str:
    """Return what a record says: the line that names its root exception, else its message.

    Args:
        said: message of the record, and the lines below it.
        exception: class of the root exception, when there is one.
    """
    named = _find_exception(said, exception) if exception else None
    return shorten(named or _first_line(said))


def find_context(said: str, exception: str | None) -> str:
    """Return the message that stands beside a record's exception and says more than that; else an empty string."""
    named = _find_exception(said, exception) if exception else None
    first = _first_line(said)
    if named is None or first.startswith("Traceback"):
        return ""
    words = named.partition(": ")[2] or named
    return "" if words[:REASON_OVERLAP] in first or first in named else shorten(first.rstrip(":"))


def _first_line(said: str) -> str:
    return next((line.strip() for line in said.splitlines() if line.strip()), "")


def add_reasons(message: str, fields: Mapping[str, str]) -> str:
    """Return a message with the reasons behind it that only the fields of its record say."""
    told = [
        value
        for name, value in fields.items()
        if name.rsplit(".", 1)[-1].lower() in _REASONS and " " in value and "\n" not in value and value not in message
    ]
    return f"{message}: {'; '.join(value[:REASON_LENGTH] for value in dict.fromkeys(told))}" if told else message


def unmask(text: str, varying: str = "…") -> str:
    """Return a masked message as people read it: a named value by its name, what else varies by a sign."""
    return _NAMED_MASK.sub(r"\1", text).replace(WILDCARD, varying)


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
