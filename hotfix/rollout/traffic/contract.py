"""What every traffic provider does: moves a share of the requests to the new version, reads back, counts.

Two versions run side by side, `new` and `old`. A share is the part of new requests that goes to `new`, 0..1.
"""

from dataclasses import dataclass
from typing import Protocol

from hotfix.core.errors import HotfixError


class TrafficError(HotfixError):
    """Traffic could not be moved, read or counted; the message is one sentence that says why."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What is true now, as the program that moves the traffic says it."""

    share: float | None  # of new requests, 0..1; None: cannot be told
    state: str  # what was read, in the words of the provider
    notes: tuple[str, ...] = ()  # what an operator should know, one sentence each


@dataclass(frozen=True, slots=True)
class Moved:
    """Requests that were counted since a mark."""

    new: int
    old: int
    notes: tuple[str, ...] = ()  # why some may be missing, one sentence each
    mark: str | None = None  # from which the same are counted on without being read again; None: from the same mark

    @property
    def share(self) -> float | None:
        """The share that really went to the new version; None: no request was counted."""
        return self.new / (self.new + self.old) if self.new + self.old else None


class Traffic(Protocol):
    """A provider, as the configuration describes it. It keeps nothing in memory: each call asks what is true.

    Every method may raise TrafficError.
    """

    @property
    def target(self) -> str:
        """What is moved, the same for every configuration that moves it: two operators must not do so at once."""
        ...

    def settle_share(self, share: float) -> float:
        """Return the share nearest to a wanted one that can be set: hosts are whole. Some is never none."""
        ...

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:
        """Return what `set_share` would do, one command a line as a shell takes it; nothing is changed.

        Args:
            share: 0..1.
            before: the share that is set by then; None: what is true now.
        """
        ...

    def set_share(self, share: float) -> None:
        """Send a share of the requests to the new version. Where it is so already, nothing is done.

        Killed at any point, it leaves something that `read_share` tells and that `set_share` goes on from.
        """
        ...

    def read_share(self) -> Reading:
        """Return what is true now."""
        ...

    def mark_count(self) -> str | None:
        """Return where the counters stand, for `measure_share` of this or another process; None: nothing is counted."""
        ...

    def measure_share(self, mark: str) -> Moved:
        """Return the requests that came since a mark."""
        ...
