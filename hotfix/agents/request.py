"""Understands a request in plain words by patterns alone: text in, what was understood and what was not out.

Whatever one pattern has taken, no later one sees. No model is asked. Whether a path or an incident is there is looked
up through `Surroundings`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hotfix.agents.contract import Kind, Mark, Request
from hotfix.agents.places import find_paths
from hotfix.agents.times import add_day, find_bounds, find_moments, find_ranges, find_spans
from hotfix.core.errors import UsageError, did_you_mean
from hotfix.report.incidentfolders import LAST

_TAKEN = "\0"
_EDGE, _END = r"(?<![\w./:-])", r"(?![\w/:%-])"
_UNIT = r"(?:s|secs?|seconds?|min|mins?|minutes?|h|hours?|days?)\b"
_NOT_A_NAME = (
    r"(?!(?:a|an|the|this|that|these|those|our|my|your|its|their|each|every|all|any|some|which|what|whose|one|no|of|in|on"
    r"|at|is|are|was|were|has|have|had|since|after|before|from|to|by|with|and|or|for|under|errors?|failures?|logs?)\b)"
)
_NAME = rf"{_NOT_A_NAME}[A-Za-z_][\w.-]*\w"

_SMALL_WORDS = frozenset(
    (
        *("a", "an", "the", "in", "on", "at", "of", "to", "for", "from"),
        *("by", "with", "and", "or", "is", "are", "was", "were", "please"),
    )
)
"""They say nothing by themselves, and are not told as ignored."""

_QUOTED: tuple[tuple[Kind, str], ...] = (
    (Kind.SUITE, r'\bsuite[ :]+"(?P<value>[^"]+)"'),
    (Kind.REPRO, r'\brepro(?:duction|duce)?(?: with)?[ :]+"(?P<value>[^"]+)"'),
    (Kind.PERF, r'\bperf(?:ormance)?(?: with)?[ :]+"(?P<value>[^"]+)"'),
    (Kind.SERVICE, r"\bservice[ :=]+([`'\"])(?P<value>[^`'\"\s]+)\1"),
)
"""What stands in quotes behind a word that says what it is."""

_SLASHED: tuple[tuple[Kind, str], ...] = (
    (Kind.RATE, rf"{_EDGE}(?P<value>\d[\d,.]* ?(?:%|percent\b|per cent\b))"),
    (Kind.RATE, rf"{_EDGE}(?P<value>\d[\d,.]* ?(?:[a-z]+ ?)?(?:/|per ){_UNIT})"),
    (Kind.REVISION, rf"(?<!the )\b(?:revision|commit|tag|branch) (?P<value>{_NOT_A_NAME}\w[\w./-]*\w)"),
)
"""What may hold a slash and is no path."""

_WORDS: tuple[tuple[Kind, str], ...] = (
    (Kind.USERS, r"\b(?:all|of) (?P<value>\d[\d,_]*) users\b|\b(?P<other>\d[\d,_]*) users in total\b"),
    (Kind.SEVERITY, rf"{_EDGE}(?P<value>P[0-3]){_END}"),
    (Kind.ROLLOUT, r"\b(?P<value>roll(?:s|ed)? (?:\w+ )?out|execute|carry (?:\w+ )?out|go live|ship)\b"),
    (Kind.STRATEGY, rf"{_EDGE}(?P<value>canary|blue[- ]green|rolling)\b(?! back)"),
    (Kind.VERSION, rf"\b(?:version|release|build) v?(?P<value>\d[\w.+-]*\w|\d){_END}"),
    (Kind.VERSION, rf"{_EDGE}v?(?P<value>\d+(?:\.\d+){{1,2}}(?:[-+]\w[\w.]*\w|[-+]\w)?)(?!\.\d)(?! ?{_UNIT}){_END}"),
    (Kind.SERVICE, rf"{_EDGE}(?P<value>{_NAME}) service\b"),
    (Kind.SERVICE, rf"(?<!the )(?<!a )\bservice (?P<value>{_NAME})"),
    (Kind.INCIDENT, rf"\b(?P<value>{LAST}) incident\b|\bincident (?P<other>{LAST})\b"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a request may speak of."""

    incidents: tuple[str, ...]  # ids of those that are kept here
    find_kind: Callable[[str], Kind | None]  # of what lies at a path or matches a pattern; None where nothing does
    find_near: Callable[[str], str]  # "; did you mean 'x'?" for a path that is not there, else ""


def read_request(text: str, around: Surroundings) -> Request:
    """Return what a request says.

    Raises:
        UsageError: it names a path, an incident or a time that there is not; the message suggests a near one.
    """
    reader = _Reader(text)
    for kind, pattern in _QUOTED:
        reader.take(_find(kind, pattern, reader.rest))
    reader.take(_find_incidents(reader.rest, around.incidents))
    for kind, pattern in _SLASHED:
        reader.take(_find(kind, pattern, reader.rest))
    reader.take(find_paths(reader.rest, around.find_kind, around.find_near))
    for find in (find_spans, find_ranges, find_bounds, find_moments):
        reader.take(find(reader.rest))
    for kind, pattern in _WORDS:
        reader.take(_find(kind, pattern, reader.rest))
    marks = sorted(reader.marks, key=lambda mark: mark.start)
    return Request(text, tuple(_give_days(marks)), reader.list_ignored())


class _Reader:
    """A text of which ever more is taken."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.marks: list[Mark] = []

    def take(self, found: Iterable[Mark]) -> None:
        """Keep what was found, and hide it from what comes after."""
        for mark in found:
            self.marks.append(mark)
            self.rest = self.rest[: mark.start] + _TAKEN * (mark.end - mark.start) + self.rest[mark.end :]

    def list_ignored(self) -> tuple[str, ...]:
        """Return the words that nothing took."""
        words = (word.strip(".,;:!?()\"'`") for word in self.rest.replace(_TAKEN, " ").split())
        return tuple(word for word in words if word and word.lower() not in _SMALL_WORDS)


def _find(kind: Kind, pattern: str, text: str) -> Iterator[Mark]:
    for found in re.finditer(pattern, text, re.IGNORECASE):
        groups = found.groupdict()
        yield Mark(kind, _write(kind, groups["value"] or groups.get("other") or ""), *found.span())


def _write(kind: Kind, value: str) -> str:
    """Return a value in the one way in which it is written."""
    match kind:
        case Kind.SEVERITY:
            return value.upper()
        case Kind.STRATEGY:
            return value.lower().replace(" ", "-")
        case Kind.USERS:
            return re.sub(r"[,_]", "", value)
        case Kind.INCIDENT:
            return value.lower()
        case _:
            return value


def _find_incidents(text: str, known: tuple[str, ...]) -> Iterator[Mark]:
    """Yield the ids of incidents; what looks like one and is none that is known is a mistake."""
    for found in re.finditer(r"(?:\bincident )?(?<![\w./-])(?P<id>\w[\w.-]*\w)(?![/\w])", text, re.IGNORECASE):
        name = found["id"]
        if name in known:
            yield Mark(Kind.INCIDENT, name, *found.span())
        elif re.match(r"\d{8}T\d{6}Z", name):
            near = did_you_mean(name, known)
            raise UsageError(f"expected the id of an incident that is kept here in the request, found {name!r}{near}")


def _give_days(marks: Iterable[Mark]) -> Iterator[Mark]:
    """Yield the marks; a time of day is of the day that the request names, when it names one."""
    found = list(marks)
    days = {mark.value for mark in found if mark.kind is Kind.DAY}
    day = days.pop() if len(days) == 1 else None
    for mark in found:
        bounds = day is not None and mark.kind in {Kind.SINCE, Kind.UNTIL}
        yield Mark(mark.kind, add_day(mark.value, day or ""), mark.start, mark.end) if bounds else mark
