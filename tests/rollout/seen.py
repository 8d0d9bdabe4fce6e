"""Makes observations of a rollout from numbers."""

from hotfix.core.facts import Severity
from hotfix.rollout.contract import FatalClass, LatencySketch, Look, NewError, Observation, Policy, Side
from hotfix.rollout.policy import make_policy

POLICY: Policy = make_policy({}, Severity.P0)
"""SPEC's defaults: ten minutes in each phase, looks each minute."""


def see(  # noqa: PLR0913  # every part of an observation may be said
    minute: int,
    canary: tuple[int, int] = (100, 0),
    baseline: tuple[int, int] = (900, 0),
    *,
    phase: int = 0,
    bugs: tuple[int, int] = (0, 0),
    latency: tuple[LatencySketch, LatencySketch] = (LatencySketch(), LatencySketch()),
    fatal: tuple[FatalClass, ...] = (),
    new: tuple[NewError, ...] = (),
    usual: float | None = None,
) -> Observation:
    """Return what was seen in one minute: requests and errors of either side."""
    begin_s, end_s = 60.0 * (minute - 1), 60.0 * minute
    return Observation(
        phase=phase,
        begin_s=begin_s,
        end_s=end_s,
        canary=Side(*canary, latency[0], bugs[0], end_s),
        baseline=Side(*baseline, latency[1], bugs[1], end_s),
        fatal=fatal,
        usual_requests=usual,
        new_errors=new,
    )


def look_after(minutes: float, phase: int = 0, began_min: float = 0.0) -> Look:
    """Return a look at the end of a minute of the rollout."""
    return Look(phase, 60.0 * began_min, 60.0 * minutes)
