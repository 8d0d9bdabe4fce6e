"""How far a rollout is: what its journal says beside what is true now, who drives it, and what to do next."""

from dataclasses import dataclass

from hotfix.rollout.contract import Policy
from hotfix.rollout.execute.contract import Place, Step
from hotfix.rollout.execute.journal import Past
from hotfix.rollout.execute.location import locate
from hotfix.rollout.execute.lock import Holder, find_holder
from hotfix.rollout.traffic import Traffic, TrafficError


@dataclass(frozen=True, slots=True)
class Standing:
    """What an operator asks."""

    past: Past
    policy: Policy
    now_s: float
    share_planned: float | None  # of the phase; None: the provider does not answer
    share_read: float | None  # None: it could not be told
    read: str  # what was read back, or why it was not
    holder: Holder | None
    following: str  # what to do next


def find_standing(past: Past, traffic: Traffic, policy: Policy, now_s: float) -> Standing:
    """Return how far a rollout is; a provider that does not answer is told in `read`."""
    planned, share, read = None, None, ""
    try:
        reading = traffic.read_share()
        share, read = reading.share, reading.state
        planned = _find_planned(past, traffic, policy)
    except TrafficError as error:
        read = str(error)
    holder = find_holder(traffic.target)
    return Standing(past, policy, now_s, planned, share, read, holder, _find_following(past, holder, planned, share))


def _find_planned(past: Past, traffic: Traffic, policy: Policy) -> float:
    state = past.state
    if state.step in {Step.GOING_BACK, Step.ROLLED_BACK, Step.STRANDED} or state.phase >= len(policy.phases):
        return 0.0
    return traffic.settle_share(policy.phases[state.phase].share)


def _find_following(past: Past, holder: Holder | None, planned: float | None, share: float | None) -> str:
    step = past.state.step
    if holder:
        return "Nothing: it is driven. hotfix deploy rollback ends it and sends everything back."
    if step is Step.CONFIRMED and planned is not None and locate(share, planned) is Place.PLANNED:
        return "Take the old version down when you no longer need a way back."
    if step is Step.ROLLED_BACK and locate(share, 0.0) is Place.PLANNED:
        return "Find out why it went back before you try again."
    if step in {Step.CONFIRMED, Step.ROLLED_BACK, Step.STRANDED}:
        return "Traffic is not where it ended: hotfix deploy rollback sends everything to the old version."
    return "Nobody watches it: hotfix deploy run --resume goes on, hotfix deploy rollback sends everything back."
