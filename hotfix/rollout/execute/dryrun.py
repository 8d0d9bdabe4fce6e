"""Every command of a rollout, in its order, before any of it is run."""

from dataclasses import dataclass

from hotfix.rollout.contract import Policy
from hotfix.rollout.traffic import Traffic, say_share


@dataclass(frozen=True, slots=True)
class Listed:
    """What one step would run."""

    what: str
    share: float  # that the provider would set
    commands: tuple[str, ...]  # none: nothing would be done


def list_steps(traffic: Traffic, policy: Policy) -> tuple[Listed, ...]:
    """Return the commands of each phase, and of the way back from it; nothing is changed.

    Raises:
        TrafficError: the provider does not answer.
    """
    steps, before = list[Listed](), 0.0
    for number, phase in enumerate(policy.phases, start=1):
        share = traffic.settle_share(phase.share)
        forward = traffic.list_commands(phase.share, before)
        steps.append(Listed(f"phase {number}, {say_share(share)}", share, forward))
        steps.append(Listed(f"way back from phase {number}", 0.0, traffic.list_commands(0.0, phase.share)))
        before = phase.share
    return tuple(steps)
