"""Which articles speak of an incident, or of a few words: most fitting first, and none where none does."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hotfix.diagnosis.causes import UNKNOWN, classify_text
from hotfix.learn.knowledge.articles import Article
from hotfix.learn.knowledge.bm25 import Rarity, count_holders, cover
from hotfix.learn.knowledge.limits import (
    ARTICLE_FAMILY,
    ARTICLE_SERVICES,
    ARTICLE_TEMPLATES,
    ARTICLE_WORDS,
    ASKED_FAMILY,
    ASKED_FROM,
    SHARED_WORDS_SHOWN,
)
from hotfix.learn.knowledge.signature import Signature
from hotfix.learn.knowledge.words import list_words, mask_texts

_WORDS_OF_TEMPLATE = 2
"""Words that a template has at least, to be found inside of a longer text: one names little."""


@dataclass(frozen=True, slots=True)
class Fit:
    """An article that speaks of what was asked for."""

    article: Article
    score: float  # 0..1
    shared: tuple[str, ...]


def find_for_words(question: str, articles: Sequence[Article], others: Sequence[Signature], most: int) -> list[Fit]:
    """Return the articles that hold at least ASKED_FROM of the question, rare words first.

    What is rare is told over articles and incidents together. A long article counts as a short one does: it was written
    to be found.
    """
    words = list_words(mask_texts([question]))
    family = next((match.category for match in classify_text(question, None) if match.category != UNKNOWN), None)
    rarity = _count(articles, others)
    found = list[Fit]()
    for one in articles:
        share, same = cover(words, one.words, rarity), family in one.families
        score = share if family is None else (1 - ASKED_FAMILY) * share + ASKED_FAMILY * same
        if score >= ASKED_FROM:
            both = [word for word in words if word in one.words]
            shared = [f"the words: {', '.join(both[:SHARED_WORDS_SHOWN])}"] if both else []
            found.append(Fit(one, round(score, 4), (*shared, *([f"the cause family: {family}"] if same else ()))))
    return _order(found, most)


def find_for_incident(
    incident: Signature, articles: Sequence[Article], others: Sequence[Signature], most: int
) -> list[Fit]:
    """Return the articles about an incident's cause family, its wording, or most of its words.

    The same services alone make no article one about it.
    """
    rarity = _count(articles, others)
    found = list[Fit]()
    for one in articles:
        parts = tuple(_list_shared(incident, one, rarity))
        if any(weight > ARTICLE_SERVICES for weight, _ in parts):
            found.append(Fit(one, round(sum(weight for weight, _ in parts), 4), tuple(said for _, said in parts)))
    return _order(found, most)


def _list_shared(incident: Signature, article: Article, rarity: Rarity) -> Iterator[tuple[float, str]]:
    """Yield what an article has in common with an incident, and what that weighs."""
    if wording := next((text for text in incident.texts if _names(article, text)), None):
        yield ARTICLE_TEMPLATES, f"the wording: {wording}"
    if incident.family and incident.family in article.families:
        yield ARTICLE_FAMILY, f"the cause family: {incident.family}"
    if (share := cover(incident.words, article.words, rarity)) >= ASKED_FROM:
        yield ARTICLE_WORDS, f"{share:.0%} of what its words weigh"
    if services := [one for one in article.services if one in incident.services]:
        yield ARTICLE_SERVICES, f"the services: {', '.join(services)}"


def _names(article: Article, text: str) -> bool:
    """Tell whether a template of the article is the text, or has no word that the text lacks."""
    words = set(list_words([text]))
    asked = (list_words([template]) for template in article.templates)
    return text in article.templates or any(len(one) >= _WORDS_OF_TEMPLATE and words >= {*one} for one in asked)


def _count(articles: Sequence[Article], others: Sequence[Signature]) -> Rarity:
    """Return how rare words are; of no length, so that a long article is none the less one that fits."""
    found = count_holders([*(one.words for one in articles), *(one.words for one in others)])
    return replace(found, mean_length=math.inf)


def _order(found: list[Fit], most: int) -> list[Fit]:
    return sorted(found, key=lambda one: (-one.score, one.article.name))[:most]
