"""Tests candidates in turn: after a rejection the next one, until one is not rejected. Values to values."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hotfix.repair.offers import Offer
from hotfix.repair.ranking import pick_next
from hotfix.repair.verify.contract import Patch, Tried, Verification


def verify_in_turn(
    patch: Patch, offers: Sequence[Offer], verify: Callable[[Patch], Verification]
) -> tuple[Verification, Offer | None]:
    """Return what tests said of the first patch that they do not reject, and the candidate that it is.

    Where all are rejected, the answer is that of the first. A patch that is none of the candidates is tested alone.

    Args:
        patch: what is tested first.
        offers: the candidates that passed their gates, best first.
        verify: tests one patch.
    """
    offer = next((one for one in offers if one.diff == patch.diff), None)
    if offer is None:
        return verify(patch), None
    verdicts: dict[int, str] = {}
    found: list[tuple[Verification, Offer]] = []
    while offer is not None:
        one = verify(Patch(patch.name, offer.diff, gated=True, mitigation=offer.mitigation, rung=offer.rung))
        found.append((one, offer))
        verdicts[offer.place] = one.verdict
        offer = pick_next(offers, verdicts)
    last, chosen = found[-1] if found[-1][0].verdict != "REJECTED" else found[0]
    tried = tuple(Tried(at.place, at.rung, one.verdict, one.rule) for one, at in found)
    return replace(last, tried=tried, seconds=sum(one.seconds for one, _ in found)), chosen
