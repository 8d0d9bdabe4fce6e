"""Picks the words in which a record says what failed: its text comes in, one short line goes out, verbatim but for cuts."""

import re

from hotfix.core.settings import HEADLINE_LENGTH

_WILDCARD = "<*>"
_CLOSING = re.compile(r'(?<!\\)"')
_SHORTEST_PREFIX = 4


def find_headline(excerpt: str, template: str, exception: str | None) -> str:
    """Return what a record says: the line that names its root exception, else its message without the header.

    Args:
        excerpt: the record as it stands in the log, one or several lines.
        template: text of its template; what comes before its first ``<*>`` tells where the message begins.
        exception: class of the root exception, when there is one.
    """
    named = _find_exception(excerpt, exception) if exception else None
    return shorten(named or _find_message(excerpt, template))


def shorten(text: str) -> str:
    """Return a text in one line of at most HEADLINE_LENGTH characters."""
    line = " ".join(text.split())
    return line if len(line) <= HEADLINE_LENGTH else f"{line[: HEADLINE_LENGTH - 1]}…"


def _find_exception(excerpt: str, exception: str) -> str | None:
    """Return the last line in which the class stands with what it says, from the class on."""
    spoken = re.compile(rf"(?<![\w.$]){re.escape(exception)}\b(?:: .*|(?=\s*$))", re.MULTILINE)
    bare = exception.rsplit(".", 1)[-1]
    short = re.compile(rf"(?<![\w$]){re.escape(bare)}\b: .*")
    for pattern in (spoken, short):
        found = pattern.findall(excerpt)
        if found:
            return str(found[-1])
    return None


def _find_message(excerpt: str, template: str) -> str:
    first = next((line for line in excerpt.splitlines() if line.strip()), "")
    prefix = template.split(_WILDCARD, 1)[0].strip()
    start = first.find(prefix) if len(prefix) >= _SHORTEST_PREFIX else -1
    if start < 0:
        return first
    message = first[start:]
    if first.lstrip().startswith("{"):
        closing = _CLOSING.search(message)
        return message[: closing.start()] if closing else message
    return message
