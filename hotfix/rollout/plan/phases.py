"""From a policy and a volume to the phases with their times. Pure."""

from collections.abc import Sequence

from hotfix.rollout.contract import Policy
from hotfix.rollout.plan.contract import PlannedPhase, Rehearsal
from hotfix.rollout.plan.known import Volume
from hotfix.rollout.plan.volume import estimate_phase


def plan_phases(policy: Policy, volume: Volume | None, rehearsal: Rehearsal | None) -> tuple[PlannedPhase, ...]:
    """Return the phases one after the other, each beginning when the one before it may pass."""
    phases, begins_s = list[PlannedPhase](), 0.0
    settled = rehearsal.settled if rehearsal and rehearsal.settled else (None,) * len(policy.phases)
    for number, (phase, share) in enumerate(zip(policy.phases, settled, strict=True), start=1):
        planned = PlannedPhase(
            number=number,
            share=phase.share,
            settled=share,
            minimum_s=phase.minimum_s,
            minimum_requests=phase.minimum_requests,
            deadline_s=phase.deadline_s,
            expected_s=estimate_phase(phase, volume),
            begins_s=begins_s,
        )
        phases.append(planned)
        begins_s = planned.ends_s
    return tuple(phases)


def find_clock_end(phases: Sequence[PlannedPhase], *, when_mitigated: bool) -> float:
    """Return when the clock of the deploy stops, in seconds from its first step.

    With `when_mitigated` (P0) that is when the first phase has passed; else when all requests are at the new version.
    The watch goes on after it.
    """
    return phases[0].ends_s if when_mitigated else phases[-1].begins_s
