"""The clock of this machine, but for what somebody sets it to while it is used."""

import time
from dataclasses import dataclass, field


def _count_s() -> float:
    """Return the seconds since the machine was started; nobody can set them, and a suspended machine counts on."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(slots=True)
class SystemClock:
    """Tells the time, and lets it pass; once made it goes evenly."""

    after_s: float = 0.0  # never tells an earlier time: a rollout that goes on does not go on before it was left
    _begin_s: float = field(init=False)
    _counted_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._begin_s, self._counted_s = max(time.time(), self.after_s), _count_s()

    def now_s(self) -> float:
        """Return Unix seconds."""
        return self._begin_s + _count_s() - self._counted_s

    def find_shift_s(self) -> float:
        """Return by how many seconds the machine's clock is ahead of this one: it was set meanwhile."""
        return time.time() - self.now_s()

    def wait(self, seconds: float) -> None:
        """Return when so much time has passed."""
        time.sleep(max(seconds, 0.0))
