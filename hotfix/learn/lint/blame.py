"""Finds people as causes: words that blame, a role or a name with a fault, a cause that is a person.

Words such as "manager" and "operator", and names of two words, are those of software too: they count as people only
where the sentence speaks of a person, or tells what only people do.
"""

import re
from collections.abc import Iterable, Iterator

from hotfix.learn.lint.contract import Fault, FaultKind, Line
from hotfix.learn.lint.words import BlameWords, read_blame_words

_SENTENCE = re.compile(r"[^.!?;|]+[.!?;|]*")
_ADVICE = "say what the system lacked: which check, limit or sign"


def find_blame(lines: Iterable[Line]) -> Iterator[Fault]:
    """Yield each line that makes a person or a role the cause; a line that speaks against blame is none."""
    words = read_blame_words()
    for line in lines:
        if found := _find(line.text, words):
            yield Fault(line.number, FaultKind.BLAME, f"{found!r} makes people the cause; {_ADVICE}")


def _find(text: str, words: BlameWords) -> str | None:
    for sentence in _SENTENCE.findall(text):
        personal = (words.machines,) if words.person.search(sentence) else ()
        for pattern in (words.phrases, words.roles, words.either, *personal, words.names, words.because):
            for found in pattern.finditer(sentence):
                before, behind = sentence[: found.start()], sentence[found.end() :]
                if not words.against.search(before) and not words.after.search(behind):
                    return str(found[0])
    return None
