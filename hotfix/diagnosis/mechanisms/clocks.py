"""Finds the source whose clock jumped: its stamps of requests that others log too differ from theirs since a moment.

A scene comes in, a clue for each such source goes out, with how far its clock is ahead. A source is a host of a
service, or the service. What a slow request explains is no jump: the difference must be one constant, must hold
for requests that do not fail, and must be longer than requests last.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import permutations
from pathlib import PurePath

import numpy as np
import polars as pl

from hotfix.core.facts import Place
from hotfix.core.settings import (
    CLOCK_HEALTHY_FEWEST,
    CLOCK_LONGEST_FACTOR,
    CLOCK_LONGEST_QUANTILE,
    CLOCK_LONGEST_S,
    CLOCK_REACH_S,
    CLOCK_SHIFT_LEAST_S,
    CLOCK_SPREAD,
    REQUEST_RECORDS_MOST,
)
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.mechanisms.trends import find_shift
from hotfix.diagnosis.requests import read_ids
from hotfix.diagnosis.samples import Sample, Side

NAME = "clocks"


@dataclass(frozen=True, slots=True)
class _Source:
    """Who writes records: a host of a service, or the service."""

    name: str
    service: str


@dataclass(frozen=True, slots=True)
class _Jump:
    """The clock of a source moved against that of a peer."""

    source: _Source
    peer: _Source
    ahead_s: float
    spread_s: float  # between the tenth and the ninetieth of a hundred differences
    n_before: int
    n_after: int
    at: datetime  # by the peer's clock
    place: Place
    strays: int  # requests on the wrong side of the jump in the peer's order: many when the peer's clock went back


def find_clocks(scene: Scene) -> Iterator[Clue]:
    """Yield a clue for each source whose clock jumped within the samples, the surest first."""
    stamps = _read_stamps(scene.samples)
    longest_s = _measure_longest(scene)
    sources = sorted(stamps, key=lambda source: (source.service, source.name))
    jumps = {
        (own, other): jump
        for own, other in permutations(sources, 2)
        if (jump := _find_jump(own, other, _pair(stamps[own], stamps[other]), longest_s))
    }
    surest: dict[_Source, _Jump] = {}
    for (own, other), jump in sorted(jumps.items(), key=lambda pair: (-pair[1].n_after, pair[1].peer.name)):
        reverse = jumps.get((other, own))
        if reverse is None or jump.strays < reverse.strays:
            surest.setdefault(own, jump)
    for jump in surest.values():
        yield Clue(NAME, jump.source.service, _say(jump), 0.95, jump.at, jump.place, ahead_s=jump.ahead_s)


def _read_stamps(samples: Sequence[Sample]) -> dict[_Source, dict[str, Sample]]:
    """Return the first record of each id at each source; an id that many records carry is no request's."""
    carried: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        for ident in read_ids(sample):
            carried[ident].append(sample)
    stamps: dict[_Source, dict[str, Sample]] = defaultdict(dict)
    for ident, holders in carried.items():
        if len(holders) <= REQUEST_RECORDS_MOST:
            for sample in holders:
                stamps[_name_source(sample.host, sample.service, sample.place.file)].setdefault(ident, sample)
    return stamps


@cache
def _name_source(host: str | None, service: str, file: str) -> _Source:
    """Return who wrote a record: its host, else its service in its folder, which holds what one host writes."""
    if host is not None:
        return _Source(host, service)
    folder = PurePath(file).parent.name
    return _Source(folder if folder.startswith(service) else service, service)


def _measure_longest(scene: Scene) -> float:
    """Return how long requests last at most, seconds: by nearly all durations told, else CLOCK_LONGEST_S."""
    reach = timedelta(seconds=CLOCK_REACH_S)
    near = scene.case.lookup.near(scene.incident.started_at - reach, scene.incident.started_at + reach)
    lasted = near.select(pl.col("duration_ms").quantile(CLOCK_LONGEST_QUANTILE)).collect(engine="streaming").item()
    return CLOCK_LONGEST_S if lasted is None else float(lasted) / 1e3


_Pair = tuple[Sample, Sample]


def _pair(own: Mapping[str, Sample], other: Mapping[str, Sample]) -> list[_Pair]:
    """Return the records of requests that two sources share, in the order in which the other one stamped them."""
    shared = [(own[ident], other[ident]) for ident in sorted(own.keys() & other.keys())]
    return sorted(shared, key=lambda pair: pair[1].time)


def _find_jump(own: _Source, other: _Source, pairs: Sequence[_Pair], longest_s: float) -> _Jump | None:
    """Return the jump of the first source of a pair against the second; None when the second one moved."""
    lags = np.array([(mine.time - theirs.time).total_seconds() for mine, theirs in pairs])
    shift = find_shift(lags, 1)
    if shift is None:
        return None
    ahead_s = shift.after - shift.before
    low, high = (float(edge) for edge in np.quantile(lags[shift.begin :], (0.1, 0.9)))
    healthy = sum(Side.BAD not in (mine.side, theirs.side) for mine, theirs in pairs[shift.begin :])
    if (
        abs(ahead_s) < max(CLOCK_SHIFT_LEAST_S, CLOCK_LONGEST_FACTOR * longest_s)
        or high - low > CLOCK_SPREAD * abs(ahead_s)
        or healthy < CLOCK_HEALTHY_FEWEST
        or not _moved_itself(pairs, shift.begin)
    ):
        return None
    mine, theirs = pairs[shift.begin]
    beyond = (lags > (shift.before + shift.after) / 2) == (ahead_s > 0)
    strays = int(beyond[: shift.begin].sum() + (~beyond[shift.begin :]).sum())
    counts = shift.begin, len(lags) - shift.begin
    return _Jump(own, other, ahead_s, high - low, *counts, theirs.time, mine.place, strays)


def _moved_itself(pairs: Sequence[_Pair], begin: int) -> bool:
    """Tell whether between two requests the first source's stamps moved by more than the second one's."""
    own, other = (abs(pairs[begin][side].time - pairs[begin - 1][side].time) for side in (0, 1))
    return own > other


def _say(jump: _Jump) -> str:
    way = "ahead of" if jump.ahead_s > 0 else "behind"
    return (
        f"the clock of {jump.source.name} is {abs(jump.ahead_s):.1f} s {way} that of {jump.peer.name} since "
        f"{jump.at:%H:%M:%S}, by the stamps of {jump.n_after:,} requests that both log (spread {jump.spread_s:.1f} s); "
        f"in {jump.n_before:,} before there was no such difference"
    )
