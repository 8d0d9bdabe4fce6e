"""Measures what a step costs, and writes it into the journal of its incident."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hotfix.core.errors import HotfixError
from hotfix.flow.now import tell_time
from hotfix.learn.events import Event, append_event, read_events
from hotfix.learn.recording import Effort, leave_out_known


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Runs from when it is made."""

    began: datetime = field(default_factory=tell_time)
    cpu_s: float = field(default_factory=lambda: sum(os.times()[:4]))

    def stop(self) -> Effort:
        """Return the time and the work since then."""
        return Effort(self.began, tell_time(), sum(os.times()[:4]) - self.cpu_s)


def keep_events(folder: Path, events: Iterable[Event], tell: Callable[[str], None]) -> None:
    """Write down in the incident's journal what a step did; tell when that is not possible, and go on.

    What the step found is shown all the same: it is what somebody waits for.
    """
    try:
        for event in leave_out_known(events, read_events(folder).events):
            append_event(folder, event)
    except HotfixError as error:
        tell(f"not written down: {error}")
