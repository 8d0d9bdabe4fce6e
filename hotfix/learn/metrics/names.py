"""Names from logs and journals as they are shown and made labels: harmless, distinct, of bounded length and number."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from hotfix.core.plain import tame
from hotfix.learn.metrics.limits import NAME_CHARACTERS

NOT_KNOWN, OTHERS = "not known", "all others"
_HASH_DIGITS = 8


def bound_name(name: str | None) -> str:
    """Return a name on one line; a long one is cut, with a hash of all of it at its end; none is `NOT_KNOWN`."""
    shown = tame(name or "").strip()
    if len(shown) <= NAME_CHARACTERS:
        return shown or NOT_KNOWN
    digits = hashlib.sha256(shown.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{shown[: NAME_CHARACTERS - _HASH_DIGITS - 1]}~{digits}"


def choose_most(names: Iterable[str], most: int) -> frozenset[str]:
    """Return the names to tell apart: all, or of too many the most frequent, so that one is left for `OTHERS`."""
    counts = Counter(names)
    if len(counts) <= most:
        return frozenset(counts)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return frozenset(ranked[: most - 1])
