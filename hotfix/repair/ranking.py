"""Orders candidates: those that passed, fixes before mitigations, what the decision asks for, then the smallest.

What was seen to remove the error comes before what was not, among those that the decision asks for alike.
A test comes later and knows more: `rank_tested` orders by its verdicts what the gates let pass.
"""

from collections.abc import Mapping, Sequence

from hotfix.repair.contract import Choice, Decision, Judged
from hotfix.repair.fixers import CORRECTIONS
from hotfix.repair.offers import Offer

_APPROVED, _REJECTED = ("APPROVED", "APPROVED WITH NOTES"), "REJECTED"
_ORDINARY = 3  # the trust in a fixer
_CORRECTIONS = frozenset(f"fixer:{name}" for name in CORRECTIONS)
"""What does as the code meant, and leaves nothing out. That it fits is known from the code or the log; the stand-ins of
a reproduction may hold other values, so that a guard passes it and these do not."""

_BACK = frozenset({Choice.ROLLBACK, Choice.REVERT, Choice.CONFIG})


def rank_candidates(judged: Sequence[Judged], decision: Decision) -> tuple[Judged, ...]:
    """Return the candidates, best first; the order in which they were proposed settles what is left."""
    numbered = list(enumerate(judged))
    smallest: dict[str, int] = {}
    for one in judged:
        rung, size = one.candidate.rung, _count_lines(one)
        smallest[rung] = min(size, smallest.get(rung, size))
    return tuple(one for _, one in sorted(numbered, key=lambda pair: _weigh(pair, decision, smallest)))


def _weigh(
    numbered: tuple[int, Judged], decision: Decision, smallest: dict[str, int]
) -> tuple[bool, bool, int, bool, int, bool, int, int]:
    """Return what is compared: within one rung the order of proposal, which is that of likelihood, and not the size."""
    place, one = numbered
    rung = one.candidate.rung
    trust = _rate_trust(rung, decision.choice)
    asked_for = min(trust, _ORDINARY)
    corrects = rung in _CORRECTIONS
    certain = one.proven or corrects
    return not one.passed, one.candidate.mitigation, asked_for, not certain, trust, not corrects, smallest[rung], place


def _rate_trust(rung: str, choice: Choice) -> int:
    """Return 0 for what the decision asks for above all: going back, then a switch back; what a model wrote is last."""
    back = choice in _BACK
    if rung == "config" and choice is Choice.CONFIG:
        return 0
    if rung == "revert" and back:
        return 1
    if rung == "fixer:kill_switch":
        return 2 if back else 4
    return 5 if rung.startswith("model:") else _ORDINARY


def _count_lines(one: Judged) -> int:
    return sum(file.added + file.removed for file in one.candidate.files)


def rank_tested(offers: Sequence[Offer], verdicts: Mapping[int, str]) -> tuple[Offer, ...]:
    """Return candidates by what tests said of them: approved ones first, fixes before mitigations, the smallest first.

    What was not tested, or not validated, keeps its order behind them; what was rejected comes last.

    Args:
        offers: the candidates, in the order of `patch.json`.
        verdicts: `Offer.place` → verdict of `hotfix test`; what is missing was not tested.
    """

    def weigh(one: Offer) -> tuple[int, bool, int, int]:
        verdict = verdicts.get(one.place)
        if verdict in _APPROVED:
            return 0, one.mitigation, one.lines, one.place
        return (2 if verdict == _REJECTED else 1), False, 0, one.place

    return tuple(sorted(offers, key=weigh))


def pick_next(offers: Sequence[Offer], verdicts: Mapping[int, str]) -> Offer | None:
    """Return the candidate to test next: the first one, and after a rejection the next; None when that is over.

    One verdict that is no rejection ends it: a patch that could not be validated would be no better with another text.
    """
    if any(verdict != _REJECTED for verdict in verdicts.values()):
        return None
    return next((one for one in rank_tested(offers, verdicts) if one.place not in verdicts), None)
