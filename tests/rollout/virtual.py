"""Rollouts in no time: a real flag file and journal, a clock that jumps, and versions whose requests are drawn."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hotfix.rollout.contract import FatalClass, Observation, Policy, Side
from hotfix.rollout.execute.carryout import Order, resume_rollout, start_rollout
from hotfix.rollout.execute.contract import Entry, Kind, State, Word
from hotfix.rollout.execute.driver import World
from hotfix.rollout.execute.journal import append_entry, read_past
from hotfix.rollout.execute.machine import Rules
from hotfix.rollout.monitor.contract import Watched
from hotfix.rollout.traffic import Traffic, read_traffic

BEGIN_S = 1_700_000_000.0
REQUESTS_PER_S = 20.0


@dataclass(slots=True)
class VirtualTime:
    """A clock on which waiting takes no time, and an operator who says words at times, seconds from the begin."""

    words: Mapping[float, Word] = field(default_factory=dict)
    said: set[float] = field(default_factory=set)
    passed_s: float = 0.0
    set_at_s: float = math.inf  # when the machine's clock is set
    set_by_s: float = 0.0

    def now_s(self) -> float:
        """Return Unix seconds."""
        return BEGIN_S + self.passed_s

    def find_shift_s(self) -> float:
        """Return by how much the machine's clock was set."""
        return self.set_by_s if self.passed_s >= self.set_at_s else 0.0

    def wait(self, seconds: float) -> None:
        """Jump."""
        self.passed_s += seconds

    def listen(self, seconds: float) -> Word | None:
        """Return the next word that was said by then, or jump over the time."""
        due = min((at for at in self.words if at not in self.said and at <= self.passed_s + seconds), default=None)
        if due is None:
            self.passed_s += seconds
            return None
        self.said.add(due)
        self.passed_s = max(self.passed_s, due)
        return self.words[due]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a new version does, from a time on, and whether the monitoring hears it; the old one has the bug alone."""

    errors: float = 0.0  # share of requests
    fatal: float = 0.0
    bug: float = 0.0  # of either version: the fix is none
    from_s: float = 0.0  # before that it is good
    deaf_s: tuple[float, float] = (0.0, 0.0)  # nothing is heard between these times


@dataclass(slots=True)
class DrawnMonitor:
    """Draws what happened in a window from the share that the provider says."""

    traffic: Traffic
    behaviour: Behaviour
    rng: random.Random

    def begin(self) -> str:
        """Return a mark."""
        return "0"

    def observe(self, mark: str, phase: int, begin_s: float, end_s: float) -> Watched:
        """Draw a window."""
        number = str(int(mark) + 1)
        deaf_from, deaf_to = self.behaviour.deaf_s
        if deaf_from <= end_s - BEGIN_S < deaf_to:
            return Watched(Observation(phase, begin_s, end_s, Side(), Side()), number, ("nobody answers",))
        requests = round((end_s - begin_s) * REQUESTS_PER_S)
        canary = round(requests * (self.traffic.read_share().share or 0.0))
        bad = end_s - BEGIN_S >= self.behaviour.from_s
        errors, fatal = (
            self._draw(canary, rate if bad else 0.0) for rate in (self.behaviour.errors, self.behaviour.fatal)
        )
        kinds = (FatalClass("CouponTableError", fatal, 0),) if fatal else ()
        ours, theirs = (self._draw(tries, self.behaviour.bug) for tries in (canary, requests - canary))
        sides = (
            Side(canary, min(errors + fatal + ours, canary), bug=ours, last_data_s=end_s),
            Side(requests - canary, theirs, bug=theirs, last_data_s=end_s),
        )
        return Watched(Observation(phase, begin_s, end_s, *sides, kinds), number)

    def _draw(self, tries: int, rate: float) -> int:
        return min(sum(self.rng.random() < rate for _ in range(tries)), tries)


@dataclass(slots=True)
class VirtualRollout:
    """A project with a flag file, and one rollout of it."""

    folder: Path
    policy: Policy
    behaviour: Behaviour = field(default_factory=Behaviour)
    time: VirtualTime = field(default_factory=VirtualTime)
    asks: bool = False
    seed: int = 1
    check_new: tuple[str, ...] | None = None
    keep: Callable[[Entry], None] | None = None  # None: into the journal
    heard: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        flag = self.folder / "percent"
        if not flag.exists():
            flag.write_text("0")
            (self.folder / "hotfix.toml").write_text('[deploy.traffic]\nprovider = "flagfile"\nfile = "percent"\n')

    @property
    def traffic(self) -> Traffic:
        """The flag file."""
        return read_traffic(self.folder / "hotfix.toml")

    @property
    def share(self) -> float | None:
        """What the flag file says."""
        return self.traffic.read_share().share

    def hear(self, entry: Entry) -> None:
        """Remember an entry."""
        self.heard.append(entry)

    def list_kinds(self) -> list[Kind]:
        """Return what it did, without its looks."""
        return [entry.kind for entry in self.heard if entry.kind is not Kind.LOOKED]

    def start(self) -> State:
        """Carry it out to its end."""
        return start_rollout(self._make_world(), self._make_order())

    def resume(self) -> State:
        """Go on with it to its end."""
        return resume_rollout(self._make_world(), self._make_order())

    def _make_world(self) -> World:
        monitor = DrawnMonitor(self.traffic, self.behaviour, random.Random(self.seed))
        return World(self.traffic, monitor, self.time, self.time, self.keep or partial(append_entry, self.folder), self)

    def _make_order(self) -> Order:
        return Order(Rules(self.policy, self.asks), self.check_new, read_past(self.folder), "test")
