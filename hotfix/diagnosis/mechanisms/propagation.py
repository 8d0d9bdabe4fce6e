"""Finds where failing began: who failed first in shared requests, and whom failing records name.

The scene comes in; a clue for each origin goes out, at most PROPAGATION_KEPT. An origin may be a service that writes
nothing at all: it is then called as its callers call it. What is blamed and blames another is a victim, no origin.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hotfix.core.settings import (
    BLAME_FEWEST,
    BLAME_HEALTHY_FACTOR,
    BLAME_LATE_FACTOR,
    BLAME_LATE_S,
    BLAME_LIFT,
    BLAME_SHARE,
    BLAME_USUAL_FACTOR,
    PROPAGATION_KEPT,
    PROPAGATION_LEAST,
    SHARED_FEWEST,
    VICTIM_SHARE,
)
from hotfix.core.text import say_span
from hotfix.diagnosis.addresses import Directory, is_anywhere, make_directory, read_targets
from hotfix.diagnosis.features import read_head
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.requests import Request, join_requests
from hotfix.diagnosis.samples import Sample, Side

NAME = "propagation"


@dataclass(frozen=True, slots=True)
class _Naming:
    """Whom each record of a service names."""

    bad: Sequence[tuple[Sample, Mapping[str, str]]]  # failing records: name of the other → address as written
    good: Sequence[Mapping[str, str]]

    def count(self, other: str) -> int:
        """Return how many failing records name another one."""
        return sum(other in named for _, named in self.bad)

    def share(self, other: str) -> float:
        """Return the share of failing records that name another one."""
        return self.count(other) / len(self.bad)

    def share_good(self, other: str) -> float:
        """Return the share of the other records that name it; 0 when there are none."""
        return sum(other in named for named in self.good) / max(len(self.good), 1)


def find_propagation(scene: Scene) -> Iterator[Clue]:
    """Yield a clue for each origin of failures that others suffer, strongest first."""
    requests = join_requests(scene.samples)
    directory = make_directory(scene.case, requests)
    namings = _read_namings(scene, directory)
    firsts = _count_firsts(requests)
    origins = _find_origins(namings)
    clues = [clue for origin in origins if (clue := _judge_origin(origin, namings, firsts, directory)) is not None]
    yield from sorted(clues, key=lambda clue: (-clue.strength, clue.service))[:PROPAGATION_KEPT]


def _read_namings(scene: Scene, directory: Directory) -> dict[str, _Naming]:
    """Return whom the records of each failing service name since the onset."""
    failing = {sample.service for sample in scene.samples if sample.side is Side.BAD}
    words = {name: _phrase(name) for name in failing}
    bad: dict[str, list[tuple[Sample, Mapping[str, str]]]] = {}
    good: dict[str, list[Mapping[str, str]]] = {}
    for sample in scene.samples:
        if sample.service in failing and sample.side is not Side.BEFORE:
            named = _read_named(sample, directory, words)
            if sample.side is Side.BAD:
                bad.setdefault(sample.service, []).append((sample, named))
            else:
                good.setdefault(sample.service, []).append(named)
    return {service: _Naming(found, good.get(service, ())) for service, found in bad.items()}


def _phrase(name: str) -> re.Pattern[str]:
    """Return what tells of a service in words: as whom one deals with, as who does something, in a request's path."""
    said = re.escape(name)
    does = "failed|is|did|does|not|returned|responded|replied|timed|unavailable|refused|error"
    return re.compile(
        rf"\b(?:to|from|at|by|via|with|call|calling|upstream|service|backend|dependency) [\"']?{said}(?![\w-])"
        rf"|(?<![\w./-]){said}[\"']? (?:{does})\b"
        rf"|\b[A-Z]+ (?:/[\w.-]+)*/{said}(?:[/?\s]\S*)? HTTP/\d"
    )


def _read_named(sample: Sample, directory: Directory, words: Mapping[str, re.Pattern[str]]) -> Mapping[str, str]:
    """Return whom a record names: services by address or name, and addresses of which nobody knows whose they are."""
    named: dict[str, str] = {}
    for target in sorted(read_targets(sample.text), key=str):
        service = directory.find_service(target)
        if service is not None:
            named.setdefault(service, str(target))
        elif not is_anywhere(target) or target.port is not None:
            named.setdefault(str(target), str(target))
    for name, word in words.items():
        if name not in named and name in sample.text and word.search(read_head(sample.text)):
            named[name] = name
    named.pop(sample.service, None)
    return named


def _find_origins(namings: Mapping[str, _Naming]) -> list[str]:
    """Return who is blamed by failing services and blames nobody else."""
    blamed = {
        other: [service for service, naming in namings.items() if _blames(naming, other)]
        for other in sorted({other for naming in namings.values() for _, named in naming.bad for other in named})
    }
    return [other for other, callers in blamed.items() if callers and not _is_victim(other, blamed, namings)]


def _blames(naming: _Naming, other: str) -> bool:
    return naming.count(other) >= BLAME_FEWEST and naming.share(other) >= BLAME_SHARE


def _is_victim(service: str, blamed: Mapping[str, Sequence[str]], namings: Mapping[str, _Naming]) -> bool:
    """Tell whether a service blames another one, which does not blame it as much in return."""
    own = namings.get(service)
    if own is None:
        return False
    for other, callers in blamed.items():
        back = namings[other].share(service) if other in namings else 0.0
        named = service in callers and own.share(other) >= VICTIM_SHARE and own.share(other) > back
        if named and own.share(other) >= BLAME_LIFT * own.share_good(other):
            return True
    return False


def _count_firsts(requests: Sequence[Request]) -> Counter[tuple[str, str]]:
    """Return how often a service failed before another one in a request at which both failed."""
    firsts: Counter[tuple[str, str]] = Counter()
    for request in requests:
        bad = [sample for sample in request.samples if sample.side is Side.BAD]
        begun: dict[str, Sample] = {}
        for sample in bad:
            begun.setdefault(sample.service, sample)
        for one in begun.values():
            firsts.update((one.service, other.service) for other in begun.values() if _is_before(one, other))
    return firsts


def _is_before(one: Sample, other: Sample) -> bool:
    """Tell whether a record came before another, as far as the coarser of their clocks can tell."""
    if one.time.microsecond and other.time.microsecond:
        return one.time < other.time
    return one.time.replace(microsecond=0) < other.time.replace(microsecond=0)


def _judge_origin(
    origin: str, namings: Mapping[str, _Naming], firsts: Counter[tuple[str, str]], directory: Directory
) -> Clue | None:
    callers = [service for service, naming in namings.items() if _blames(naming, origin)]
    count = sum(namings[caller].count(origin) for caller in callers)
    total = sum(len(namings[caller].bad) for caller in callers)
    naming = [(sample, named[origin]) for caller in callers for sample, named in namings[caller].bad if origin in named]
    first_blame = min((sample for sample, _ in naming), key=lambda sample: sample.time)
    own = namings[origin].bad[0][0] if origin in namings else None
    won = sum(firsts[origin, caller] for caller in callers)
    lost = sum(firsts[caller, origin] for caller in callers)
    strength = _measure_reach(origin, callers, namings) * _weigh(origin, callers, namings, directory)
    if own is not None and (own.time - first_blame.time).total_seconds() > BLAME_LATE_S:
        strength *= BLAME_LATE_FACTOR
    led = (
        won + lost >= SHARED_FEWEST and won > lost
    )  # the other way round says nothing: who times out is first to say so
    if led:
        strength = max(strength, 0.95 * won / (won + lost))
    if strength < PROPAGATION_LEAST:
        return None
    address = Counter(written for _, written in naming).most_common(1)[0][0]
    called = f" as {address}" if address != origin else ""
    said = [f"{count} of the {total} failing records of {_join(callers)} that were looked at name {origin}{called}"]
    if own is not None:
        said.append(_say_order(origin, own, first_blame))
    else:
        said.append("which logs no failure itself" if origin in directory.services else "which writes no log here")
    if led:
        said.append(f"in {won} of the {won + lost} requests looked at that failed at both it failed first")
    shown = own or first_blame
    return Clue(NAME, origin, ", ".join(said), round(strength, 3), shown.time, shown.place)


def _measure_reach(origin: str, callers: Sequence[str], namings: Mapping[str, _Naming]) -> float:
    """Return how much of what callers say leads to the origin, directly or by way of another caller of it, 0..1.

    A record that names nobody does not speak against the origin, but counts half for it only.
    """
    rows = [(caller, named) for caller in callers for _, named in namings[caller].bad]
    telling = [(caller, named) for caller, named in rows if named]
    led = sum(any(name == origin or name in callers for name in named) for _, named in telling)
    return led / len(telling) * (0.5 + 0.5 * led / len(rows))


def _weigh(origin: str, callers: Sequence[str], namings: Mapping[str, _Naming], directory: Directory) -> float:
    """Return the factor for an origin that shows no failure of its own."""
    if origin in namings:
        return 1.0
    usual = all(namings[caller].share(origin) < BLAME_LIFT * namings[caller].share_good(origin) for caller in callers)
    return (BLAME_USUAL_FACTOR if usual else 1.0) * (BLAME_HEALTHY_FACTOR if origin in directory.services else 1.0)


def _say_order(origin: str, own: Sample, blame: Sample) -> str:
    lag = (blame.time - own.time).total_seconds()
    if abs(lag) < 1:
        return f"{origin} began to fail within the same second"
    return f"{origin} began to fail {say_span(lag)} {'earlier' if lag > 0 else 'later'}"


def _join(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " * (len(names) > 1) + names[-1]
