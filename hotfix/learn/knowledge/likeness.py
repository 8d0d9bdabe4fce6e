"""How alike two incidents are, what they share and in what they differ: signatures in, a number and words out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from hotfix.learn.knowledge.bm25 import Rarity, cover
from hotfix.learn.knowledge.limits import (
    LIKE_CHANGE,
    LIKE_COURSE,
    LIKE_EXCEPTIONS,
    LIKE_FAMILY,
    LIKE_WORDS,
    SHARED_WORDS_SHOWN,
)
from hotfix.learn.knowledge.signature import Signature


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a past incident is like a new one."""

    score: float  # 0..1
    shared: tuple[str, ...]
    differs: tuple[str, ...]


def compare(new: Signature, past: Signature, rarity: Rarity, nearness: float | None = None) -> Likeness:
    """Return how alike two incidents are: the weighted mean over what either of them has.

    Words count as the geometric mean of what each covers of the other; where `nearness`, the cosine of the meaning of
    what both log, is known, half by that and half by its square, which is about 0 for what has nothing in common.
    Names of services and code do not count: the same outage elsewhere is the same outage, and another outage of one
    service is another.
    """
    parts = tuple(_list_parts(new, past, rarity, nearness))
    whole = sum(weight for weight, _ in parts)
    score = sum(weight * alike for weight, alike in parts) / whole if whole else 0.0
    return Likeness(round(score, 4), tuple(_list_shared(new, past)), tuple(_list_differences(new, past)))


def _list_parts(
    new: Signature, past: Signature, rarity: Rarity, nearness: float | None
) -> Iterator[tuple[float, float]]:
    """Yield weight and likeness, 0..1, of each thing that either incident has."""
    if new.family or past.family:
        yield LIKE_FAMILY, float(new.family == past.family)
    if new.words or past.words:
        covered = sqrt(cover(new.words, past.words, rarity) * cover(past.words, new.words, rarity))
        yield LIKE_WORDS, covered if nearness is None else (covered + max(nearness, 0.0) ** 2) / 2
    for weight, mine, theirs in (
        (LIKE_EXCEPTIONS, new.exceptions, past.exceptions),
        (LIKE_COURSE, new.course, past.course),
    ):
        if mine or theirs:
            yield weight, _overlap(mine, theirs)
    yield LIKE_CHANGE, float(new.change == past.change)


def share_names(new: Signature, past: Signature) -> float:
    """Return the share, 0..1, of the names of services and of code that both incidents have."""
    return _overlap((*new.services, *new.code), (*past.services, *past.code))


def _overlap(mine: Collection[str], theirs: Collection[str]) -> float:
    """Return the share of all names that both have (Jaccard)."""
    return len({*mine} & {*theirs}) / max(len({*mine, *theirs}), 1)


def _list_shared(new: Signature, past: Signature) -> Iterator[str]:
    if new.family and new.family == past.family:
        yield f"the same cause family: {new.family}"
    for title, mine, theirs in _name_lists(new, past):
        if both := [one for one in mine if one in theirs]:
            yield f"{title}: {', '.join(both)}"
    if lines := [text for text in new.texts if text in past.texts]:
        yield f"the same wording: {lines[0]}" + (f", and {len(lines) - 1} more" if len(lines) > 1 else "")
    elif words := [word for word in new.words if word in past.words]:
        yield f"the same words: {', '.join(words[:SHARED_WORDS_SHOWN])}"
    if new.change and new.change == past.change:
        yield f"a change of the same kind came first: {new.change}"


def _list_differences(new: Signature, past: Signature) -> Iterator[str]:
    if new.family != past.family:
        yield f"the cause family was {past.family or 'not known'}, now it is {new.family or 'not known'}"
    for title, mine, theirs in _name_lists(new, past):
        if (mine or theirs) and not {*mine} & {*theirs}:
            yield f"not {title}: {_name_all(theirs)} then, {_name_all(mine)} now"
    if new.course != past.course:
        yield f"it was {_name_all(past.course)} then, and is {_name_all(new.course)} now"
    if new.change != past.change:
        yield f"the change that came first was {past.change or 'none'}, now {new.change or 'none'}"


def _name_lists(new: Signature, past: Signature) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    yield "the same exception", new.exceptions, past.exceptions
    yield "the same code", new.code, past.code
    yield "the same services", new.services, past.services


def _name_all(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
