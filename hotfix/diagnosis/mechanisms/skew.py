"""Finds the one thing to which most of the work of a failing service suddenly goes: a key, a tenant, a document.

The scene comes in; at most one clue of a service goes out. What fails is about one identifier, as with a record that is
broken; but here the identifier is known from before and succeeds as well, and its share of all work has risen with
the failures. Where failing records name one of several numbered parts of another service (a shard, a partition, a
replica), that service holds the thing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hotfix.core.settings import (
    DIMENSION_BAD_FEWEST,
    DIMENSION_GOOD_FEWEST,
    FEATURES_REMEMBERED,
    SKEW_BEFORE_MOST,
    SKEW_BESIDE_MOST,
    SKEW_FAILING,
    SKEW_RISE,
    SKEW_SHARE,
    SKEW_STRENGTH,
)
from hotfix.diagnosis.addresses import match_name
from hotfix.diagnosis.features import read_head
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.samples import Sample, Side

NAME = "skew"

_IDENT = re.compile(r"(?<![\w.-])(?=[\w-]*[A-Za-z])(?=[\w-]*\d)[A-Za-z][\w-]{2,60}(?![\w-])")


@dataclass(frozen=True, slots=True)
class _Work:
    """The records of one service by side, each as the identifiers that it names."""

    service: str
    samples: dict[Side, list[Sample]]
    counts: dict[Side, Counter[str]]

    def share(self, side: Side, ident: str) -> float:
        """Return the share of the records of one side that name an identifier."""
        return self.counts[side][ident] / max(len(self.samples[side]), 1)

    def rate(self, side: Side, ident: str) -> float:
        """Return how many records a second name it; each side is sampled over its own time."""
        own = self.samples[side]
        return self.counts[side][ident] / max((own[-1].time - own[0].time).total_seconds(), 1.0)


def find_skew(scene: Scene) -> Iterator[Clue]:
    """Yield the identifier that most work of a failing service goes to since the onset, and did not before."""
    services = sorted({service for template in scene.case.templates.values() for service in template.services})
    for service in dict.fromkeys(sample.service for sample in scene.samples if sample.side is Side.BAD):
        own = {side: [one for one in scene.samples if one.service == service and one.side is side] for side in Side}
        common = _find_common(own)
        if not common:
            continue
        work = _Work(service, own, {side: _count_idents(found) for side, found in own.items()})
        heavy = [ident for ident in common if _is_heavy(work, ident)]
        if heavy:
            ident = min(heavy, key=lambda one: (work.share(Side.BEFORE, one), one))
            yield _make_clue(work, ident, services)


def _find_common(own: Mapping[Side, Sequence[Sample]]) -> list[str]:
    """Return the identifiers that most failing records name; none where a side has too few records to compare."""
    least = {Side.BAD: DIMENSION_BAD_FEWEST, Side.GOOD: DIMENSION_GOOD_FEWEST, Side.BEFORE: DIMENSION_GOOD_FEWEST}
    if any(len(own[side]) < fewest for side, fewest in least.items()):
        return []
    counts = _count_idents(own[Side.BAD])
    return sorted(ident for ident, count in counts.items() if count >= SKEW_FAILING * len(own[Side.BAD]))


def _count_idents(samples: Sequence[Sample]) -> Counter[str]:
    return Counter(ident for sample in samples for ident in _read_idents(sample.text))


@lru_cache(FEATURES_REMEMBERED)
def _read_idents(text: str) -> frozenset[str]:
    return frozenset(_IDENT.findall(read_head(text)))


def _is_heavy(work: _Work, ident: str) -> bool:
    """Tell whether others name what most failing records name as well, and far more often than before."""
    if not work.counts[Side.BEFORE][ident] or not work.counts[Side.GOOD][ident]:
        return False
    before, now = work.share(Side.BEFORE, ident), work.share(Side.GOOD, ident)
    rising = now >= SKEW_RISE * before and work.rate(Side.GOOD, ident) >= SKEW_RISE * work.rate(Side.BEFORE, ident)
    return before <= SKEW_BEFORE_MOST and now >= SKEW_SHARE and rising


def _make_clue(work: _Work, ident: str, services: Sequence[str]) -> Clue:
    part, holder = _find_holder(work, services)
    failing, first = (
        len(work.samples[Side.BAD]),
        next(one for one in work.samples[Side.BAD] if ident in _read_idents(one.text)),
    )
    named = f" and name {part}" if part else ""
    statement = (
        f"{work.counts[Side.BAD][ident]} of the {failing} failing records of {work.service} looked at are about "
        f"{ident}{named}, to which {work.share(Side.GOOD, ident):.0%} of its other work goes since the onset and "
        f"{work.share(Side.BEFORE, ident):.0%} went before"
    )
    return Clue(NAME, work.service, statement, SKEW_STRENGTH, first.time, first.place, holder=holder)


def _find_holder(work: _Work, services: Sequence[str]) -> tuple[str, str]:
    """Return the numbered part of another service that failing records name and others hardly do, and that service."""
    for ident, _ in work.counts[Side.BAD].most_common():
        holder = match_name(ident, [name for name in services if name != work.service])
        alone = work.share(Side.BAD, ident) >= SKEW_FAILING and work.share(Side.GOOD, ident) <= SKEW_BESIDE_MOST
        if alone and holder is not None:
            return ident, holder
    return "", ""
