"""Classifies error texts: any text comes in, cause families with an honest confidence go out, best first.

A weighted lexical scorer over the signs in `rules/causes/`. It reads no logs, no times and no neighbours of the text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from types import MappingProxyType

from hotfix.core.resources import find_resource
from hotfix.core.settings import (
    MATCH_CEILING,
    MATCHES_KEPT,
    RIVAL_SHARE,
    SCORE_FLOOR,
    SCORE_SCALE,
    SIGN_REPEAT_SHARE,
    UNKNOWN_CONFIDENCE,
)
from hotfix.diagnosis.causefiles import Cause, CauseFile, Role, Step, read_cause_files, read_concepts
from hotfix.diagnosis.signs import Hit, Phrase, SignBook
from hotfix.diagnosis.wording import Wording, read_wording

__all__ = [
    "UNKNOWN",
    "Cause",
    "CauseMatch",
    "Classify",
    "Explanation",
    "Role",
    "Step",
    "classify_text",
    "explain_text",
    "load_causes",
]

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CauseMatch:
    """A cause family that a text may speak of."""

    category: str
    role: Role
    confidence: float  # 0..1: share of such claims that are right
    by: str  # "rules: " and the words that decided, or "encoder: "


Classify = Callable[[str, str | None], tuple[CauseMatch, ...]]
"""Names the families of a text and the class of its exception, as `classify_text` does."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an error text usually means: the fields of ``hotfix explain --json``."""

    text: str
    category: str
    confidence: float
    by: str
    meaning: str
    confirm: tuple[str, ...]
    fix: str


@dataclass(frozen=True, slots=True)
class _Score:
    """How strongly a text speaks for one family."""

    category: str
    value: float
    words: str


@cache
def load_cause_files() -> tuple[CauseFile, ...]:
    """Return the packaged cause files.

    Raises:
        RuleError: a data file breaks the contract.
    """
    return read_cause_files(find_resource("rules", "causes"), _load_concepts())


@cache
def _load_concepts() -> Mapping[str, tuple[Phrase, ...]]:
    return read_concepts(find_resource("rules", "words.toml"))


@cache
def load_causes() -> Mapping[str, Cause]:
    """Return every packaged cause family by its ident.

    Raises:
        RuleError: a data file breaks the contract.
    """
    return MappingProxyType({file.cause.ident: file.cause for file in load_cause_files()})


@cache
def load_book() -> SignBook:
    """Return the signs of all families, arranged."""
    signs = (sign for file in load_cause_files() for sign in file.signs)
    return SignBook(signs, _load_concepts())


def classify_text(text: str, exception: str | None = None) -> tuple[CauseMatch, ...]:
    """Return the families that an error text speaks of, best first; `unknown` alone when none is recognised.

    `exception` is the class of the root cause when the caller knows it. Stack frames never decide, and the line of a
    root cause weighs most. At most MATCHES_KEPT families.
    """
    wording = read_wording(text, exception)
    scores = _score_families(load_book().find_hits(wording), wording)
    if not scores or scores[0].category == UNKNOWN:
        return (
            CauseMatch(UNKNOWN, load_causes()[UNKNOWN].role, UNKNOWN_CONFIDENCE, "rules: no words of a known cause"),
        )
    named = [score for score in scores if score.category != UNKNOWN][:MATCHES_KEPT]
    return tuple(
        CauseMatch(
            category=score.category,
            role=load_causes()[score.category].role,
            confidence=judge_score(score.value, [other.value for other in scores if other is not score]),
            by=f"rules: {score.words}",
        )
        for score in named
    )


def explain_text(text: str, classify: Classify = classify_text) -> Explanation:
    """Return what an error text usually means, how to confirm it and the fix direction."""
    match = classify(text, None)[0]
    cause = load_causes()[match.category]
    return Explanation(text, match.category, match.confidence, match.by, cause.meaning, cause.confirm, cause.fix)


def judge_score(value: float, others: Iterable[float]) -> float:
    """Return the confidence of a score beside those of other families, 0..1.

    A strong sign with no rival near it comes close to MATCH_CEILING; an equal rival halves what is claimed.
    """
    rival = max(others, default=0.0)
    strength = 1.0 - exp(-value / SCORE_SCALE)
    nearness = rival / value if value > rival else 2.0 - value / rival
    return round(MATCH_CEILING * strength * (1.0 - RIVAL_SHARE * min(nearness, 2.0) ** 2), 2)


def _score_families(hits: Sequence[Hit], wording: Wording) -> list[_Score]:
    families: dict[str, list[Hit]] = {}
    for hit in hits:
        families.setdefault(hit.sign.cause, []).append(hit)
    scores = [_score_family(category, found, wording) for category, found in families.items()]
    return sorted(
        (score for score in scores if score.value >= SCORE_FLOOR), key=lambda score: (-score.value, score.category)
    )


def _score_family(category: str, hits: Sequence[Hit], wording: Wording) -> _Score:
    """Add up the hits, strongest first: each by its own words only, each further one by a smaller share."""
    ordered = sorted(hits, key=lambda hit: (-hit.strength, -len(hit.covered), hit.sign.written))
    value, share, seen = min(ordered[-1].strength, 0.0), 1.0, set[int]()
    for hit in ordered:
        if hit.strength < 0:
            break
        fresh = hit.covered - seen
        if not fresh:
            continue
        value += share * hit.strength * len(fresh) / len(hit.covered)
        share *= SIGN_REPEAT_SHARE
        seen |= fresh
    return _Score(category, value, _quote(ordered[0], wording))


def _quote(hit: Hit, wording: Wording) -> str:
    words: list[str] = []
    last = min(hit.covered) - 1
    for position in sorted(hit.covered):
        words += ["…"] if position > last + 1 else []
        words.append(wording.words[position])
        last = position
    return " ".join(words)
