"""Weighs the candidates against the leading one: each becomes a hypothesis, those far behind with the reason for it."""

from collections.abc import Mapping, Sequence

from hotfix.core.facts import Hypothesis
from hotfix.core.settings import REJECT_MARGIN, ZONE_LAG_SPREAD_S, ZONE_LAG_STEP_S
from hotfix.diagnosis.ranker import Candidate
from hotfix.diagnosis.statement import state_cause


def weigh_candidates(
    candidates: Sequence[Candidate],
    confidence: float,
    evidence: Mapping[int, tuple[str, ...]],
    assumed: frozenset[str],
) -> tuple[Hypothesis, ...]:
    """Return one hypothesis per candidate, in their order.

    Args:
        candidates: best first.
        confidence: of the first one; the others share what is left.
        evidence: ids for each position.
        assumed: services whose clocks have an assumed zone.
    """
    leader = candidates[0]
    return tuple(
        Hypothesis(
            rank=position + 1,
            category=candidate.category,
            service=candidate.service,
            statement=state_cause(candidate),
            confidence=confidence if not position else _share(confidence, leader, candidate),
            supports=evidence[position],
            against=(),
            rejected=_reject(candidate, leader, assumed),
        )
        for position, candidate in enumerate(candidates)
    )


def _share(confidence: float, leader: Candidate, candidate: Candidate) -> float:
    """Return the confidence of a candidate behind the leading one: what that leaves, by its distance, never more."""
    return round(min(1 - confidence, confidence) / (1 + leader.score - candidate.score), 2)


def _reject(candidate: Candidate, leader: Candidate, assumed: frozenset[str]) -> str | None:
    """Name the part of the score in which the candidate falls behind the leader the most; None when it is near."""
    if leader.score - candidate.score < REJECT_MARGIN:
        return None
    own = dict(candidate.parts)
    gaps = {name: value - own[name] for name, value in leader.parts if value > own[name]}
    worst = max(gaps, key=lambda name: gaps[name])
    if worst == "it blames others":
        blamed = sorted({name for suspect in candidate.suspects for name in suspect.mentions})
        return f"a victim: its own records name {', '.join(blamed)}"
    lag_s = (candidate.first - leader.first).total_seconds()
    if worst == "comes early" and lag_s > 0:
        if assumed & {candidate.service, leader.service} and _may_be_zones(lag_s):
            return f"weaker than rank 1 in: {worst}, unless the zone that was assumed for a clock is wrong"
        return f"it began {lag_s:.1f} s after {leader.service}, so it cannot have caused it"
    return f"weaker than rank 1 in: {worst}"


def _may_be_zones(lag_s: float) -> bool:
    """Tell whether a lag is near to whole half hours, as by which two zones differ."""
    steps = round(lag_s / ZONE_LAG_STEP_S)
    return steps > 0 and abs(lag_s - steps * ZONE_LAG_STEP_S) <= ZONE_LAG_SPREAD_S
