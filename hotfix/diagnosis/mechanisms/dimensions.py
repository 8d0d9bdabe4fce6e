"""Finds which name=value failing requests carry and others do not: one host, one shard, one client, one route.

The scene comes in, one clue per discriminating value goes out. A request is what shares an id, else one record. What
tells of the outcome (`features.OUTCOMES`) and what only failures can say is no discriminating value.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import PurePath

from hotfix.core.settings import (
    DIMENSION_BAD_FEWEST,
    DIMENSION_CHANCE,
    DIMENSION_COVERAGE,
    DIMENSION_FAILING_WEIGHT,
    DIMENSION_GAP,
    DIMENSION_GOOD_FEWEST,
    DIMENSION_KNOWN_SHARE,
    DIMENSION_LIFT,
    DIMENSION_SAME,
    DIMENSION_TIME_FACTOR,
    DIMENSION_TIMELY_FEWEST,
    DIMENSION_VALUES_COUNTED,
    DIMENSION_VALUES_LISTED,
    DIMENSIONS_KEPT,
)
from hotfix.diagnosis.features import read_features
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.requests import Request, fetch_linked, join_requests
from hotfix.diagnosis.samples import Sample, Side, drop_early

NAME = "dimensions"

Key = tuple[str, str]
"""The service whose records carry a name, and the name."""


@dataclass(frozen=True, slots=True)
class _Carrier:
    """A request with the values that its records carry."""

    request: Request
    values: Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The requests of one service that fail, and those to compare them with."""

    service: str
    bad: Sequence[_Carrier]
    good: Sequence[_Carrier]
    before: Sequence[_Carrier]
    by_time: bool  # the good ones are those before the onset, for want of others


@dataclass(frozen=True, slots=True)
class _Finding:
    """A value and who carries it; the numbers are positions in `_Sides.bad` and `_Sides.good`."""

    key: Key
    value: str
    bad: frozenset[int]
    good: frozenset[int]
    strength: float


def find_dimensions(scene: Scene) -> Iterator[Clue]:
    """Yield a clue for each value that discriminates the failing requests of a service, strongest first."""
    linked = fetch_linked(scene.case, scene.samples)
    samples = sorted([*drop_early(scene.samples), *linked], key=lambda sample: sample.time)
    hosts = _name_hosts(samples)
    carriers = [_Carrier(request, _read_values(request, hosts)) for request in join_requests(samples)]
    failing = dict.fromkeys(sample.service for sample in samples if sample.side is Side.BAD)
    for service in failing:
        sides = _take_sides(carriers, service)
        found = _keep_distinct(_compare(sides))
        for finding, companions in found[:DIMENSIONS_KEPT]:
            yield _make_clue(sides, finding, companions)
        if not found:
            yield from _find_new_values(sides)


def _name_hosts(samples: Sequence[Sample]) -> Mapping[tuple[str, str], str | None]:
    """Return the host of each (service, file) by its folder, where folders tell replicas apart and records do not."""
    told: dict[str, set[str | None]] = {}
    folders: dict[str, set[str]] = {}
    for sample in samples:
        told.setdefault(sample.service, set()).add(sample.host)
        folders.setdefault(sample.service, set()).add(_name_folder(sample.place.file))
    return {
        (sample.service, sample.place.file): _name_folder(sample.place.file)
        for sample in samples
        if len(folders[sample.service]) > len(told[sample.service])
        and all(folder.startswith(sample.service) for folder in folders[sample.service])
    }


@cache
def _name_folder(path: str) -> str:
    return PurePath(path).parent.name


def _read_values(request: Request, hosts: Mapping[tuple[str, str], str | None]) -> Mapping[Key, str]:
    values: dict[Key, str] = {}
    for sample in request.samples:
        host = hosts.get((sample.service, sample.place.file), sample.host)
        for name, value in read_features(sample.text, host).items():
            values.setdefault((sample.service, name), value)
    return values


def _take_sides(carriers: Sequence[_Carrier], service: str) -> _Sides:
    own = [one for one in carriers if any(sample.service == service for sample in one.request.samples)]
    bad = [one for one in own if one.request.fails(service)]
    rest = [one for one in own if not any(sample.side is Side.BAD for sample in one.request.samples)]
    before = [one for one in rest if any(sample.side is Side.BEFORE for sample in one.request.samples)]
    good = [one for one in rest if not any(sample.side is Side.BEFORE for sample in one.request.samples)]
    if len(good) < DIMENSION_GOOD_FEWEST:
        return _Sides(service, bad, before, before, by_time=True)
    return _Sides(service, *_take_same_time(bad, good), before, by_time=False)


def _take_same_time(bad: Sequence[_Carrier], good: Sequence[_Carrier]) -> tuple[Sequence[_Carrier], Sequence[_Carrier]]:
    """Return those of the time from which both are sampled; all of them when few failing ones are."""
    last = min(max(one.request.samples[-1].time for one in side) for side in (bad, good))
    same = [[one for one in side if one.request.samples[0].time <= last] for side in (bad, good)]
    if len(same[0]) < DIMENSION_TIMELY_FEWEST or len(same[1]) < DIMENSION_GOOD_FEWEST:
        return bad, good
    return same[0], same[1]


def _compare(sides: _Sides) -> list[_Finding]:
    """Return the values that discriminate, strongest first."""
    bad, good = _gather(sides.bad), _gather(sides.good)
    usual = sides.good if sides.by_time else [*sides.good, *sides.before]
    known = Counter(key for one in usual for key in one.values)
    fewest = max(1.0, DIMENSION_KNOWN_SHARE * len(usual))
    looked_at = [pair for pair, found in bad.items() if len(found) > 1 and known[pair[0]] >= fewest]
    found = [
        _Finding(key, value, carrying, others, _weigh(sides, len(carrying), len(others)))
        for key, value in looked_at
        if _discriminates(
            (len(carrying := frozenset(bad[key, value])), len(sides.bad)),
            (len(others := frozenset(good.get((key, value), ()))), len(sides.good)),
            len(looked_at),
        )
    ]
    own = sides.service
    return sorted(
        found,
        key=lambda one: (-round(one.strength, 1), one.key[1] != "host", one.key[0] != own, -one.strength, one.key),
    )


def _gather(carriers: Sequence[_Carrier]) -> dict[tuple[Key, str], list[int]]:
    found: dict[tuple[Key, str], list[int]] = {}
    for index, one in enumerate(carriers):
        for pair in one.values.items():
            found.setdefault(pair, []).append(index)
    return found


def _discriminates(bad: tuple[int, int], good: tuple[int, int], looked_at: int) -> bool:
    """Tell whether so many of the bad and so few of the good carry a value that it means something."""
    (a, all_bad), (b, all_good) = bad, good
    share, share_good = a / all_bad, (b + 0.5) / (all_good + 1)
    return (
        all_good >= DIMENSION_GOOD_FEWEST
        and a >= DIMENSION_BAD_FEWEST
        and share >= max(DIMENSION_COVERAGE, DIMENSION_LIFT * share_good)
        and share - b / all_good >= DIMENSION_GAP
        and judge_chance(bad, good) * looked_at < DIMENSION_CHANCE
    )


def judge_chance(bad: tuple[int, int], good: tuple[int, int]) -> float:
    """Return the chance of two shares, each told as (with the value, all), that differ so much when nothing does.

    Source: likelihood ratio (G) test of a table of two by two, chi-squared with one degree of freedom.
    """
    both, everyone = bad[0] + good[0], bad[1] + good[1]
    cells = (
        (bad[0], bad[1] * both),
        (bad[1] - bad[0], bad[1] * (everyone - both)),
        (good[0], good[1] * both),
        (good[1] - good[0], good[1] * (everyone - both)),
    )
    g = 2 * sum(seen * math.log(seen * everyone / expected) for seen, expected in cells if seen)
    return math.erfc(math.sqrt(max(g, 0.0) / 2))


def _weigh(sides: _Sides, carrying: int, others: int) -> float:
    """Return how much a value explains: 1 when all that fail carry it and all that carry it fail."""
    gap = carrying / len(sides.bad) - others / len(sides.good)
    rate_bad, rate_good = carrying / _measure_span(sides.bad), others / _measure_span(sides.good)
    failing = rate_bad / (rate_bad + rate_good)
    return gap * (1 - DIMENSION_FAILING_WEIGHT * (1 - failing)) * (DIMENSION_TIME_FACTOR if sides.by_time else 1.0)


def _measure_span(carriers: Sequence[_Carrier]) -> float:
    """Return over how many seconds sampled requests spread, at least one: either side is sampled at its own rate."""
    times = [one.request.samples[0].time for one in carriers]
    return max((max(times) - min(times)).total_seconds(), 1.0)


def _keep_distinct(findings: Sequence[_Finding]) -> list[tuple[_Finding, list[_Finding]]]:
    """Return the findings that add something to the stronger ones, each with those that tell the same once more."""
    kept: list[tuple[_Finding, list[_Finding]]] = []
    for finding in findings:
        twin = next((companions for other, companions in kept if _is_same(finding, other)), None)
        if twin is not None:
            twin.append(finding)
        elif not any(_is_shadow(finding, other) for other, _ in kept):
            kept.append((finding, []))
    return kept


def _is_same(one: _Finding, other: _Finding) -> bool:
    shared = len(one.bad & other.bad) + len(one.good & other.good)
    return shared >= DIMENSION_SAME * (len(one.bad | other.bad) + len(one.good | other.good))


def _is_shadow(finding: _Finding, other: _Finding) -> bool:
    """Tell whether a value says nothing more among the requests that carry a stronger one."""
    bad, good = (len(finding.bad & other.bad), len(other.bad)), (len(finding.good & other.good), len(other.good))
    return not good[1] or bad[0] / bad[1] <= good[0] / good[1] or judge_chance(bad, good) >= DIMENSION_CHANCE


def _make_clue(sides: _Sides, finding: _Finding, companions: Sequence[_Finding]) -> Clue:
    what = "requests" if any(len(one.request.samples) > 1 for one in sides.bad) else "records"
    others = f"{len(finding.good) or 'none'} of the {len(sides.good)} looked at"
    whom = "from before the onset" if sides.by_time else "that do not fail"
    said = (
        f"{len(finding.bad)} of the {len(sides.bad)} failing {what} of {sides.service} looked at "
        f"carry {_say(sides, finding)}, {others} {whom} {'do' if len(finding.good) > 1 else 'does'}"
    )
    first = sides.bad[min(finding.bad)]
    shown = _find_shown(first, finding)
    statement = "; ".join((said, *_say_more(sides, finding), *_say_companions(finding, companions)))
    return Clue(NAME, sides.service, statement, round(finding.strength, 3), shown.time, shown.place)


def _say(sides: _Sides, finding: _Finding) -> str:
    owner = "" if finding.key[0] == sides.service else f" in the records of {finding.key[0]}"
    return f"{finding.key[1]}={finding.value}{owner}"


def _find_shown(carrier: _Carrier, finding: _Finding) -> Sample:
    """Return the record of a request that shows a value, a failing one where possible."""
    own = [one for one in carrier.request.samples if one.service == finding.key[0]]
    showing = [one for one in own if finding.value in one.text or finding.key[1] == "host"] or own
    return next((one for one in showing if one.side is Side.BAD), showing[0])


def _say_more(sides: _Sides, finding: _Finding) -> Iterator[str]:
    """Yield what is known of the other values of the name, and whether the value is new."""
    if sides.by_time:
        return
    key = finding.key
    others = Counter(one.values[key] for one in sides.good if one.values.get(key, finding.value) != finding.value)
    failing = sum(one.values.get(key, finding.value) != finding.value for one in sides.bad)
    if others and len(others) <= DIMENSION_VALUES_COUNTED and failing < (1 - DIMENSION_SAME) * len(sides.bad):
        yield _say_others(key[1], sorted(others), failing)
    named = sum(key in one.values for one in sides.before)
    carried = sum(one.values.get(key) == finding.value for one in sides.before)
    if named >= DIMENSION_GOOD_FEWEST and carried <= DIMENSION_KNOWN_SHARE * named:
        yield f"{carried or 'none'} of the {named} looked at from before the onset did"


def _say_others(name: str, others: Sequence[str], failing: int) -> str:
    listed = ", ".join(others[:DIMENSION_VALUES_LISTED]) + (", …" if len(others) > DIMENSION_VALUES_LISTED else "")
    many = len(others) > 1
    what = f"host{'s' * many}" if name == "host" else f"value{'s' * many} of {name}"
    return f"{len(others)} other {what} ({listed}) {_say_work(failing=bool(failing), many=many)}"


def _say_work(*, failing: bool, many: bool) -> str:
    if failing:
        return f"hardly ever fail{'s' * (not many)}"
    return f"work{'s' * (not many)} without failing"


def _say_companions(finding: _Finding, companions: Sequence[_Finding]) -> Iterator[str]:
    others = dict.fromkeys((one.key[1], one.value) for one in companions)
    others.pop((finding.key[1], finding.value), None)
    if others:
        said = [f"{name}={value}" for name, value in others]
        yield f"the same ones carry {', '.join(said[:DIMENSION_VALUES_LISTED])}"


def _find_new_values(sides: _Sides) -> Iterator[Clue]:
    """Yield what all requests since the onset carry, failing or not, and none before it: a new version."""
    if sides.by_time or len(sides.before) < DIMENSION_GOOD_FEWEST or len(sides.bad) < DIMENSION_BAD_FEWEST:
        return
    most = len(sides.bad) + len(sides.good)
    bad, good, early = (
        Counter(chain.from_iterable(one.values.items() for one in side))
        for side in (sides.bad, sides.good, sides.before)
    )
    names = Counter(chain.from_iterable(one.values for one in sides.before))
    for (key, value), count in bad.items():
        named, everywhere = names[key], count + good[key, value]
        if (
            min(count / len(sides.bad), everywhere / most) >= DIMENSION_SAME
            and named >= DIMENSION_SAME * len(sides.before)
            and not early[key, value]
        ):
            shown = _find_shown(
                next(one for one in sides.bad if one.values.get(key) == value),
                _Finding(key, value, frozenset(), frozenset(), 0.0),
            )
            said = (
                f"{count} of the {len(sides.bad)} failing records of {sides.service} looked at carry {key[1]}={value}, "
                f"none of the {named} looked at from before the onset does"
            )
            yield Clue(NAME, sides.service, said, DIMENSION_TIME_FACTOR, shown.time, shown.place)
