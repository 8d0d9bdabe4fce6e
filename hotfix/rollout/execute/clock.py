"""The clock of this machine."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SystemClock:
    """Tells the time, and lets it pass."""

    def now_s(self) -> float:
        """Return Unix seconds."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Return when so much time has passed."""
        time.sleep(max(seconds, 0.0))
