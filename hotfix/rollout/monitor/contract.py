"""What every monitor does: a window of time comes in, what both versions did in it goes out.

Times are Unix seconds, so that a rollout which was killed goes on in another process.
"""

from dataclasses import dataclass
from typing import Protocol

from hotfix.rollout.contract import Observation


@dataclass(frozen=True, slots=True)
class Watched:
    """One window, and where the next one goes on."""

    observation: Observation
    mark: str  # for the next `observe`, of this or another process
    notes: tuple[str, ...] = ()  # what an operator should know, one sentence each: why a side is not heard, for example


class Monitor(Protocol):
    """A source of observations, as the configuration describes it. It keeps nothing in memory: a mark says where it is.

    No method raises once the configuration is read: a source that does not answer leaves `Side.last_data_s` as None and
    says so in a note. Silence is told apart from health by that alone.
    """

    def begin(self) -> str:
        """Return the mark from which a rollout that starts now is watched."""
        ...

    def observe(self, mark: str, phase: int, begin_s: float, end_s: float) -> Watched:
        """Return what happened in a window that is over.

        Args:
            mark: of `begin` or of the window before.
            phase: index into `Policy.phases`; copied into the observation.
            begin_s: inclusive.
            end_s: exclusive.
        """
        ...
