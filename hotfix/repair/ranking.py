"""Orders candidates: those that passed, fixes before mitigations, what the decision asks for, then the smallest."""

from collections.abc import Sequence

from hotfix.repair.contract import Choice, Decision, Judged

_BACK = frozenset({Choice.ROLLBACK, Choice.REVERT, Choice.CONFIG})


def rank_candidates(judged: Sequence[Judged], decision: Decision) -> tuple[Judged, ...]:
    """Return the candidates, best first; the order in which they were proposed settles what is left."""
    numbered = list(enumerate(judged))
    return tuple(one for _, one in sorted(numbered, key=lambda pair: _weigh(pair[1], decision, pair[0])))


def _weigh(one: Judged, decision: Decision, place: int) -> tuple[bool, bool, int, int, int]:
    rung, size = one.candidate.rung, sum(file.added + file.removed for file in one.candidate.files)
    if rung == "config" and decision.choice is Choice.CONFIG:
        trust = 0
    elif rung == "revert" and decision.choice in _BACK:
        trust = 1
        size = 0  # a commit taken back whole is surer than a part of it
    else:
        trust = 2
    return not one.passed, one.candidate.mitigation, trust, size, place
