"""Verifies what a model wrote: a sentence is kept only when the facts that it cites hold everything in it.

Comes in: text with citations such as ``[E3]``, and the facts that may be cited. Goes out: the sentences that hold, and
the struck ones, each with the reason. The text is data: nothing in it changes how it is judged. What is not understood
is struck; docs/decisions/claims.md says why each rule stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hotfix.core.facts import StruckClaim
from hotfix.diagnosis.claimcauses import check_order
from hotfix.diagnosis.claimfacts import Citable, Citables
from hotfix.diagnosis.claimtext import FormError, Segment, read_segments, split_sentences
from hotfix.diagnosis.claimtokens import check_segment


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that holds."""

    sentence: str
    cited: tuple[str, ...]
    quotes: tuple[str, ...]
    specifics: frozenset[str]  # names, numbers and times in it, as written


@dataclass(frozen=True, slots=True)
class Verified:
    """What is left of a text, and what was struck."""

    kept: tuple[Claim, ...] = ()
    struck: tuple[StruckClaim, ...] = ()

    def __add__(self, other: "Verified") -> "Verified":
        return Verified((*self.kept, *other.kept), (*self.struck, *other.struck))


def verify_claims(texts: Iterable[str], facts: Citables) -> Verified:
    """Return which sentences of several texts hold, in their order; a sentence is struck whole."""
    kept, struck = list[Claim](), list[StruckClaim]()
    for sentence in (one for text in texts for one in split_sentences(text)):
        try:
            kept.append(_verify(sentence, facts))
        except FormError as error:
            struck.append(StruckClaim(sentence, str(error)))
    return Verified(tuple(kept), tuple(struck))


def _verify(sentence: str, facts: Citables) -> Claim:
    segments = read_segments(sentence)
    cited = [_find_facts(segment, facts) for segment in segments]
    bare = check_order(segments, cited)
    specifics = [_check(segment, own, facts) for segment, own in zip(bare, cited, strict=True)]
    return Claim(
        sentence=sentence,
        cited=tuple(dict.fromkeys(ident for segment in segments for ident in segment.cited)),
        quotes=tuple(quote for segment in segments for quote in segment.quotes),
        specifics=frozenset[str]().union(*specifics),
    )


def _find_facts(segment: Segment, facts: Citables) -> Sequence[Citable]:
    for ident in segment.cited:
        if ident not in facts.by_id:
            raise FormError(f"{ident} is the id of no fact")
    return [facts.by_id[ident] for ident in dict.fromkeys(segment.cited)]


def _check(segment: Segment, cited: Sequence[Citable], facts: Citables) -> frozenset[str]:
    """Return what is specific in a segment: one of the facts that it cites must hold all of it.

    Two facts never make up a third: the name from one and the number from the other.
    """
    errors = list[FormError]()
    for fact in cited:
        try:
            return check_segment(segment, fact, facts)
        except FormError as error:
            errors.append(error)
    raise errors[0]
