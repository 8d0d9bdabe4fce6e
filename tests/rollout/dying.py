"""A rollout that kills itself with SIGKILL at a chosen moment; a program, started by `test_execute_killed.py`.

`dying.py FOLDER INCIDENT MOMENT`: the moment is `KIND STEP PHASE`, of a line of the journal that has just been written,
or `set PHASE`, when traffic has just been moved and nothing of it is written down. Its operator pauses once, goes on,
and approves each phase.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from hotfix.core.facts import Severity
from hotfix.report.incidentfolders import REPORT
from hotfix.report.jsonread import read_report
from hotfix.rollout.execute.carryout import Order, start_rollout
from hotfix.rollout.execute.clock import SystemClock
from hotfix.rollout.execute.contract import Entry, Kind, Step, Word
from hotfix.rollout.execute.driver import World
from hotfix.rollout.execute.journal import append_entry
from hotfix.rollout.execute.lock import hold_lock
from hotfix.rollout.execute.machine import Rules
from hotfix.rollout.monitor import read_monitor
from hotfix.rollout.policy import read_policy
from hotfix.rollout.traffic import Traffic, read_traffic


def die() -> None:
    """End as nobody can prevent."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Operator:
    """Hears what happens, says what it wants next, and dies when the moment has come."""

    moment: str
    words: list[Word] = field(default_factory=list)
    paused: bool = False

    def hear(self, entry: Entry) -> None:
        """Take an entry."""
        step = entry.state.step
        if self.moment == f"{entry.kind} {step} {entry.state.phase}":
            die()
        if step is Step.WATCHING and entry.kind is Kind.LOOKED and not self.paused:
            self.paused = True
            self.words.append(Word.PAUSE)
        elif step is Step.APPROVAL or (step is Step.PAUSED and entry.kind is Kind.SAID):
            self.words.append(Word.GO)

    def listen(self, seconds: float) -> Word | None:
        """Say the next word, or let the time pass."""
        if self.words:
            return self.words.pop(0)
        SystemClock().wait(seconds)
        return None


@dataclass(frozen=True, slots=True)
class DyingTraffic:
    """A provider that dies when it has moved traffic to a share."""

    real: Traffic
    dies_at: float

    def set_share(self, share: float) -> None:
        """Move traffic, as the real one does."""
        self.real.set_share(share)
        if share == self.dies_at:
            die()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Do everything else as the real one does."""
        return getattr(self.real, name)


def main(folder: Path, incident: Path, moment: str) -> None:
    """Carry the rollout out until the moment has come."""
    path, analysis, operator = folder / "hotfix.toml", read_report(incident / REPORT), Operator(moment)
    policy, traffic = read_policy(folder, Severity.P0), read_traffic(path)
    if moment.startswith("set "):
        phase = int(moment.split()[1])
        traffic = DyingTraffic(traffic, 0.0 if phase < 0 else policy.phases[phase].share)
    world = World(
        traffic, read_monitor(path, analysis), SystemClock(), operator, partial(append_entry, incident), operator
    )
    with hold_lock(traffic.target, "a rollout that dies"):
        start_rollout(world, Order(Rules(policy, asks=True), None, None, "test"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
