"""How near in meaning the logs of incidents are, by the local encoder: signatures in, a cosine each out.

The encoder's process starts only when a text has no kept vector. Without an encoder nothing is said.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hotfix.learn.knowledge.signature import Signature
from hotfix.learn.knowledge.words import strip_names

if TYPE_CHECKING:
    from hotfix.model.meaning import Meaning, Vector

Measure = Callable[[Signature, Sequence[Signature]], Sequence[float | None]]
"""Tells how near each of some past incidents is to a new one, -1..1; None where that cannot be said."""


def measure_nearness(new: Signature, past: Sequence[Signature]) -> Sequence[float | None]:
    """Return the cosine between what a new incident logs and what each past one did; None without an encoder."""
    if not past:
        return []
    from hotfix.model.meaning import Meaning  # it and numpy are loaded only where there is something to compare

    with Meaning() as meaning:
        own, others = _find_vector(meaning, new), [_find_vector(meaning, one) for one in past]
    return [None if own is None or other is None else float(own @ other) for other in others]


def _find_vector(meaning: "Meaning", one: Signature) -> "Vector | None":
    return meaning.find_vector(". ".join(strip_names(one.texts))) if one.texts else None
