"""Makes plain words of an error text: any text comes in, lower-case words with a weight each go out. Decides nothing.

Names are taken apart (`ConnectionPoolTimeout`, `too_many_clients`): a class that nobody has seen speaks by its words.
Stack frames are left out. Where one error was caused by another, the line of the root cause weighs most.
"""

import re
from dataclasses import dataclass

from hotfix.core.settings import (
    WORDING_LINE_CHARACTERS,
    WORDING_LINES,
    WORDING_TAIL_CHARACTERS,
    WORDING_TEXT_CHARACTERS,
    WORDING_WORDS,
    WRAPPER_WEIGHT,
)

_FRAME = re.compile(
    r"\s*(?:at\s+(?:async\s)?[\w$.<>/\[\]:\\@-]{1,200}\s?[(:]|at (?:/|file:|node:)\S{1,200}:\d+|from\s\S{1,200}:\d+"
    r"|File\s\".{1,300}\",\sline\s\d+|#\d+\s|\.\.\.\s\d+\s(?:more|common)|goroutine\s\d+\s\[|created\sby\s|stack\sbacktrace:"
    r"|\d+:\s+(?:0x[0-9a-f]+\s-\s)?[\w<>]+::|/\S{1,300}\.(?:go|rb|py|js|ts):\d+|\[signal\s|exit\sstatus\s\d|Stack\strace:\s*$"
    r"|Traceback\s\(most\srecent|note:\s|Node\.js\sv\d|--- End of |\^+$|Locked ownable)"
)
_LINK = re.compile(r"\s*(?:Caused by:|--->|\[cause\]:|Wrapped by:|Root cause:|caused by:)")
_INNER = re.compile(r" ---> | nested exception is:? |; caused by:? |\. Caused by:? |: caused by:? ", re.IGNORECASE)
_HANDLING = re.compile(r"\s*(?:During handling of the above|The above exception was the direct cause|Next [\w\\]+: )")
_NUMBERED = re.compile(r"\s+\d+: ")
_SUPPRESSED = re.compile(r"\s*Suppressed: ")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z]\d)(?=[A-Z])|(?<=[a-z]\d\d)(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z][a-z])")
_CONTRACTED = re.compile(r"\b(ca|could|do|does|did|is|was|has|wo|were|would|are|should)(?:n['’]t)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_WORD = re.compile(r"[a-z\d]+|%")
_WHOLE = {"ca": "can", "wo": "will"}
BREAK = "\n"
"""Stands between the words of two lines, so that what belongs together on one line does not join across two."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text in order, at most WORDING_WORDS, and the weight of each: 1 at the root cause, else less."""

    words: tuple[str, ...]
    weights: tuple[float, ...]


def read_wording(text: str, exception: str | None = None) -> Wording:
    """Return the words of an error text; the class of its exception is added when the text does not hold it."""
    lines = _weigh_lines(_select_lines(text))
    if exception and exception not in text:
        lines.append((exception, WRAPPER_WEIGHT))
    words: list[str] = []
    weights: list[float] = []
    for line, weight in lines:
        found = [*split_words(line), BREAK, BREAK, BREAK]
        words += found
        weights += [weight] * len(found)
    return Wording(tuple(words[:WORDING_WORDS]), tuple(weights[:WORDING_WORDS]))


def split_words(line: str) -> list[str]:
    """Return the lower-case words of a line: names taken apart, contractions written out, per cent as ``%``.

    A time is left out and an address becomes one word: their digits mean nothing here.
    """
    line = _ADDRESS.sub("ip4", _TIME.sub(" ", line))
    whole = _CONTRACTED.sub(lambda found: f"{_WHOLE.get(found[1].lower(), found[1])} not", line)
    lower = _HUMP.sub(" ", whole).lower().replace("cannot", "can not")
    return _WORD.findall(lower)


def _select_lines(text: str) -> list[str]:
    """Return the lines that can say something: no frames, long ones cut to their head and tail."""
    kept: list[str] = []
    after_frame = False
    for line in _cut(text, WORDING_TEXT_CHARACTERS, WORDING_TEXT_CHARACTERS // 4).splitlines():
        if not line.strip() or (after_frame and line.startswith("    ") and not _LINK.match(line[:80])):
            continue
        after_frame = line.lstrip().startswith("File ")
        if not _FRAME.match(line[:600]):
            kept.append(_cut(line, WORDING_LINE_CHARACTERS, WORDING_TAIL_CHARACTERS))
    return kept if len(kept) <= WORDING_LINES else [*kept[: WORDING_LINES // 2], *kept[-WORDING_LINES // 2 :]]


def _cut(text: str, head: int, tail: int) -> str:
    return text if len(text) <= head + tail else f"{text[:head]} {text[-tail:]}"


def _weigh_lines(lines: list[str]) -> list[tuple[str, float]]:
    """Return the lines, root cause first, each with its weight."""
    root = _find_root(lines)
    weighed: list[tuple[str, float]] = []
    for number, line in enumerate(lines):
        inner = _INNER.split(line)
        at_root = root is None or number in root
        weighed.append((inner[-1], 1.0 if at_root else WRAPPER_WEIGHT))
        weighed += [(part, WRAPPER_WEIGHT) for part in inner[:-1]]
        if _SUPPRESSED.match(line):
            weighed[-1] = (line, WRAPPER_WEIGHT / 2)
    return sorted(weighed, key=lambda pair: -pair[1])


def _find_root(lines: list[str]) -> range | None:
    """Return the numbers of the lines that tell the root cause; None when no error wraps another."""
    links = [number for number, line in enumerate(lines) if _LINK.match(line)]
    if links:
        return _follow_link(lines, links[-1])
    handled = [number for number, line in enumerate(lines) if _HANDLING.match(line)]
    return range(handled[0]) if handled else None


def _follow_link(lines: list[str], link: int) -> range:
    last = link
    while last + 1 < len(lines) and _NUMBERED.match(lines[last + 1]):
        last += 1
    return range(last, last + 2) if last > link else range(link, link + 2)
