"""Which past incidents a few words speak of: a question in, incidents out, most fitting first."""

from collections.abc import Sequence

from hotfix.core.facts import Comparison, Similar
from hotfix.diagnosis.causes import UNKNOWN, classify_text
from hotfix.learn.knowledge.bm25 import count_holders, cover
from hotfix.learn.knowledge.limits import ASKED_FAMILY, ASKED_FROM, SHARED_WORDS_SHOWN
from hotfix.learn.knowledge.signature import Signature
from hotfix.learn.knowledge.words import list_words, mask_texts


def find_by_words(question: str, kept: Sequence[Signature], most: int) -> Comparison:
    """Return the incidents that hold at least ASKED_FROM of the question, rare words first.

    The cause family that the question speaks of, if any, is worth ASKED_FAMILY of it. Numbers and ids are not compared.
    """
    words = list_words(mask_texts([question]))
    family = next((match.category for match in classify_text(question, None) if match.category != UNKNOWN), None)
    texts = [_list_all_words(one) for one in kept]
    rarity = count_holders(texts)
    found = list[Similar]()
    for one, text in zip(kept, texts, strict=True):
        same = family is not None and family == one.family
        share = cover(words, text, rarity)
        score = share if family is None else (1 - ASKED_FAMILY) * share + ASKED_FAMILY * same
        if score < ASKED_FROM:
            continue
        both = [word for word in words if word in text]
        shared = [f"the words: {', '.join(both[:SHARED_WORDS_SHOWN])}"] if both else []
        shared += [f"the cause family: {family}"] if same else []
        missing = [word for word in words if word not in text][:SHARED_WORDS_SHOWN]
        differs = (f"not there: {', '.join(missing)}",) if missing else ()
        found.append(Similar(one.incident, round(score, 4), tuple(shared), differs, one.statement))
    found.sort(key=lambda one: (-one.score, one.incident))
    return Comparison(len(kept), tuple(found[:most]))


def _list_all_words(one: Signature) -> tuple[str, ...]:
    """Return the words of an incident's logs, and of what its diagnosis names."""
    names = (one.family or "", one.change or "", *one.services, *one.exceptions, *one.code)
    return tuple(dict.fromkeys((*one.words, *list_words(mask_texts([*names, one.statement])))))
