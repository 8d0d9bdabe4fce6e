"""Finds what fails again and again: one identifier in many failing records, and progress that stands still.

The scene comes in; one clue for each message whose failures are about the same thing goes out, and one for each counter
or position that rose before the onset and stands since. Values that only part the traffic are for `dimensions`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from hotfix.core.settings import (
    FEATURES_REMEMBERED,
    PROGRESS_RISES,
    PROGRESS_SHARE,
    PROGRESS_STANDS,
    REPETITION_CONTRAST,
    REPETITION_FEWEST,
    REPETITION_KEPT,
    REPETITION_SHARE,
)
from hotfix.core.text import format_time, say_span
from hotfix.diagnosis.features import read_features, read_head
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.samples import Sample, Side, drop_early
from hotfix.diagnosis.textshape import find_shape

NAME = "repetition"

_WHOSE = frozenset(
    ("host", "client", "address", "agent", "route", "server", "backend", "upstream", "us", "port", "version")
)
"""Names of who takes part in many requests: the same one again is no surprise."""
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_TOKEN = re.compile(rf"(?<![\w.:/@-])(?:{_UUID}|(?=[\w.:@-]*\d)[A-Za-z0-9][\w:@-]{{3,63}})(?![\w/@-]|[.:]\w)")
_PLAIN = re.compile(r"\d[\d.:,]*(?:ms|us|ns|s|m|h|[kKMGT]i?[bB]?|[bB])?|\d{4}-\d\d-\d\d\S*|[A-Za-z]+-?\d{1,2}")
"""What is no identifier by itself: numbers, measures, times, a word with a small number behind it (Pool-1, utf-8)."""
_NO_IDENT = re.compile(r"(?i)[\s*]|thread|exec-|worker|pool")
"""What no identifier has in it: blanks, masked parts of paths, names of threads."""


class _Thing(NamedTuple):
    """What a record is about: a named value, or an unnamed word that looks like an identifier."""

    name: str  # empty when the record does not name it
    value: str

    def __str__(self) -> str:
        if not self.name:
            return self.value
        return f"{self.name}{' ' if ' ' in self.name else '='}{self.value}"


def find_repetition(scene: Scene) -> Iterator[Clue]:
    """Yield a clue for each message that fails over the same thing, and for each position that stands still."""
    samples = drop_early(scene.samples)
    repeated = sorted(_find_repeated(samples), key=lambda clue: -clue.strength)
    seen: set[str] = set()
    for clue in repeated:
        if clue.statement not in seen and len(seen) < REPETITION_KEPT:
            seen.add(clue.statement)
            yield clue
    yield from _find_standing(samples)


def _find_repeated(samples: Sequence[Sample]) -> Iterator[Clue]:
    groups: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        if sample.side is Side.BAD:
            groups.setdefault((sample.service, sample.template_id), []).append(sample)
    usual: dict[str, _Usual] = {}
    for (service, _), failing in groups.items():
        common = _find_common(failing)
        if common:
            if service not in usual:
                usual[service] = _count_things(samples, service)
            yield from _read_group(service, failing, common, usual[service])


def _find_common(failing: Sequence[Sample]) -> list[tuple[_Thing, int]]:
    """Return what most failures of one message are about, each with how many are."""
    if len(failing) < REPETITION_FEWEST:
        return []
    counts = Counter(thing for sample in failing for thing in _read_things(sample.text))
    return [(thing, n) for thing, n in counts.items() if n >= max(REPETITION_FEWEST, REPETITION_SHARE * len(failing))]


@dataclass(frozen=True, slots=True)
class _Usual:
    """What the records of a service are about."""

    before: Counter[_Thing]  # in records before the onset
    since: Counter[_Thing]  # in records since, which do not fail
    values: Counter[str]  # different values of each name in all records
    shapes: Counter[str]  # different words of each shape in the records that do not fail


def _count_things(samples: Sequence[Sample], service: str) -> _Usual:
    before, since, everywhere = Counter[_Thing](), Counter[_Thing](), set[_Thing]()
    for sample in samples:
        if sample.service == service:
            named = _read_things(sample.text)
            things = named | {_Thing("", thing.value) for thing in named}
            everywhere |= things
            if sample.side is not Side.BAD:
                (before if sample.side is Side.BEFORE else since).update(things)
    values = Counter(thing.name for thing in everywhere if thing.name)
    shapes = Counter(_find_shape(thing.value) for thing in {*before, *since} if not thing.name)
    return _Usual(before, since, values, shapes)


@lru_cache(FEATURES_REMEMBERED)
def _read_things(text: str) -> frozenset[_Thing]:
    """Return what a record is about: named values, and words like identifiers that no name stands before."""
    return frozenset(_find_things(text))


def _find_things(text: str) -> Iterator[_Thing]:
    named = read_features(text, None)
    for name, value in named.items():
        if name not in _WHOSE and not _NO_IDENT.search(value):
            yield _Thing(name, value)
    told = set(named.values())
    head = read_head(text)
    for word in {head[begin:end] for begin, end in _find_tokens(find_shape(head))} - told:
        if not _PLAIN.fullmatch(word) and not _NO_IDENT.search(word):
            yield _Thing("", word)


@lru_cache(FEATURES_REMEMBERED)
def _find_tokens(shape: str) -> tuple[tuple[int, int], ...]:
    return tuple(found.span() for found in _TOKEN.finditer(shape))


def _find_shape(word: str) -> str:
    return re.sub(r"[A-Za-z]+", "a", re.sub(r"\d+", "9", word))


def _read_group(
    service: str, failing: Sequence[Sample], common: Sequence[tuple[_Thing, int]], usual: _Usual
) -> Iterator[Clue]:
    """Yield the identifier that most of one message's failures share; of equals the longest."""
    repeated = [
        (thing, count)
        for thing, count in common
        if usual.before[thing] <= 2
        and usual.since[thing] <= count
        and _measure_contrast(thing, usual) >= REPETITION_CONTRAST
    ]
    if not repeated:
        return
    repeated.sort(key=lambda pair: (-pair[1], -len(pair[0].value), pair[0]))
    thing, count = repeated[0]
    first, last = ([sample for sample in failing if thing in _read_things(sample.text)][at] for at in (0, -1))
    also = [str(other) for other, _ in repeated if other != thing and other.name][:3]
    statement = (
        f"{thing} fails again and again: in {count} of the {len(failing)} failing records of one message of {service} "
        f"looked at within {say_span((last.time - first.time).total_seconds())}, {_say_elsewhere(thing, usual)}"
        f"{'; so does ' + ', '.join(also) if also else ''}"
    )
    yield Clue(NAME, service, statement, round(count / len(failing) * _trust(count), 3), first.time, first.place)


def _measure_contrast(thing: _Thing, usual: _Usual) -> int:
    """Return how many other values stand where this one does: many for an identifier, none for a fixed word."""
    if thing.name:
        return usual.values[thing.name] - 1
    random = re.fullmatch(_UUID, thing.value) is not None
    return max(usual.shapes[_find_shape(thing.value)], REPETITION_CONTRAST if random else 0)


def _say_elsewhere(thing: _Thing, usual: _Usual) -> str:
    if not usual.since[thing] and not usual.before[thing]:
        return "and in no record looked at that does not fail"
    return f"and in {usual.since[thing] + usual.before[thing]} looked at that do not fail"


def _trust(count: int) -> float:
    """Return how much a number of repetitions is worth: two thirds at 6, nine tenths at 27."""
    return count / (count + 3)


def _find_standing(samples: Sequence[Sample]) -> Iterator[Clue]:
    """Yield positions that rose before the onset and stand still since, of each service, host and part."""
    for service in dict.fromkeys(sample.service for sample in samples):
        own = [sample for sample in samples if sample.service == service]
        tracks = _follow_numbers(own)
        found = [clue for (name, _), track in tracks.items() if (clue := _judge_track(service, name, track))]
        yield from sorted(found, key=lambda clue: -clue.strength)[:1]


_Track = list[tuple[Sample, int]]


def _follow_numbers(samples: Sequence[Sample]) -> dict[tuple[str, str], _Track]:
    """Return the values of each name over time, apart for each host and for each value of a name with few values."""
    rows = [(sample, read_features(sample.text, sample.host)) for sample in samples]
    values: dict[str, set[str]] = {}
    for _, features in rows:
        for name, value in features.items():
            values.setdefault(name, set()).add(value)
    few = [name for name, found in values.items() if 1 < len(found) <= 16]
    tracks: dict[tuple[str, str], _Track] = {}
    for sample, features in rows:
        for name, value in features.items():
            if name in few or name in _WHOSE or not (value.isascii() and value.isdigit() and len(value) < 19):
                continue
            parts = ["", *(f"{part}={features[part]}" for part in few if part in features)]
            for part in parts:
                tracks.setdefault((name, part), []).append((sample, int(value)))
    return tracks


def _judge_track(service: str, name: str, track: _Track) -> Clue | None:
    before = [value for sample, value in track if sample.side is Side.BEFORE]
    since = [(sample, value) for sample, value in track if sample.side is not Side.BEFORE]
    steps = [later - earlier for earlier, later in pairwise(before)]
    rises = sum(step > 0 for step in steps)
    if rises < PROGRESS_RISES or rises < PROGRESS_SHARE * len(steps) or len(since) < PROGRESS_STANDS:
        return None
    stood, count = Counter(value for _, value in since).most_common(1)[0]
    standing = [sample for sample, value in since if value == stood]
    if count < PROGRESS_SHARE * len(since) or since[-1][1] != stood or stood < before[-1]:
        return None
    statement = (
        f"{name} of {service} stands at {stood} in {count} records looked at since {format_time(standing[0].time)}; "
        f"before, it had risen from {before[0]} to {before[-1]} in {rises} steps"
    )
    return Clue(NAME, service, statement, round(0.9 * _trust(count), 3), standing[0].time, standing[0].place)
