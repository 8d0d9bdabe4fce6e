"""Which past incidents are like a new one, or that none is: signatures in, the most alike out."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hotfix.core.facts import Comparison, Similar
from hotfix.learn.knowledge.bm25 import count_holders
from hotfix.learn.knowledge.likeness import Likeness, compare, share_names
from hotfix.learn.knowledge.limits import (
    AGE_HALF_LIFE_DAYS,
    AGE_WEIGHT,
    ALIKE_FROM,
    ALIKE_SHOWN,
    LONE_WORD,
    MEASURED_FROM,
    MEASURED_MOST,
    NAMES_WEIGHT,
    SAME_INCIDENT_S,
)
from hotfix.learn.knowledge.nearness import Measure
from hotfix.learn.knowledge.signature import Signature


def find_similar(
    new: Signature, kept: Sequence[Signature], most: int = ALIKE_SHOWN, measure: Measure | None = None
) -> Comparison:
    """Return what is like the new incident, most alike first; names and age decide the order alone.

    What is kept of the same incident, also from another look at it, is passed by. `measure` tells how near in meaning
    past incidents are; it is asked about the MEASURED_MOST that are most alike by names and words, from MEASURED_FROM.
    """
    past = [one for one in kept if not is_same(new, one)]
    rated = rate(new, past, measure)
    alike = [(one, likeness) for one, likeness in rated if likeness.score >= ALIKE_FROM]
    alike.sort(key=lambda pair: (-pair[1].score * weigh(new, pair[0]), pair[0].incident))
    return Comparison(
        compared=len(past),
        similar=tuple(
            Similar(one.incident, likeness.score, likeness.shared, likeness.differs, one.statement)
            for one, likeness in alike[:most]
        ),
    )


def rate(new: Signature, past: Sequence[Signature], measure: Measure | None) -> list[tuple[Signature, Likeness]]:
    """Return how alike each past incident is, those that were measured first.

    Long texts count as short ones do: words that only one of two holds are counted already, from both sides.
    """
    rarity = replace(count_holders([new.words, *(one.words for one in past)], LONE_WORD), mean_length=math.inf)
    rated = [(one, compare(new, one, rarity)) for one in past]
    if measure is None:
        return rated
    rated.sort(key=lambda pair: -pair[1].score)
    near = [one for one, likeness in rated[:MEASURED_MOST] if likeness.score >= MEASURED_FROM]
    measured = zip(near, measure(new, near), strict=True)
    return [*((one, compare(new, one, rarity, nearness)) for one, nearness in measured), *rated[len(near) :]]


def is_same(new: Signature, kept: Signature) -> bool:
    """Tell whether two analyses looked at one incident."""
    apart = abs((new.started_at - kept.started_at).total_seconds())
    return new.incident == kept.incident or (apart <= SAME_INCIDENT_S and new.services[:1] == kept.services[:1])


def weigh(new: Signature, past: Signature) -> float:
    """Return what an incident's likeness counts in the order, 0..1: less when it is old or its names are others."""
    ages = abs(new.started_at - past.started_at) / timedelta(days=AGE_HALF_LIFE_DAYS)
    young = 1 - AGE_WEIGHT * (1 - 0.5**ages)
    return float(young * (1 - NAMES_WEIGHT * (1 - share_names(new, past))))
