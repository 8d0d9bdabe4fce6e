"""The time of this machine, and an operator who is not there: what a rollout has unless it is given others."""

import time
from dataclasses import dataclass

from hotfix.rollout.execute.contract import Clock, Word


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock of this machine."""

    def now_s(self) -> float:
        """Return Unix seconds."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Return when so much time has passed."""
        time.sleep(max(seconds, 0.0))


@dataclass(frozen=True, slots=True)
class Nobody:
    """An operator who is not there."""

    clock: Clock

    def listen(self, seconds: float) -> Word | None:
        """Let the time pass."""
        self.clock.wait(seconds)
        return None
