"""The values that carrying a rollout out exchanges, and what it asks of the world. Nothing runs here.

Times are Unix seconds: a rollout that was killed goes on in another process.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from hotfix.rollout.contract import Decision, Observation

_NOTHING: Mapping[str, object] = MappingProxyType({})


class Step(StrEnum):
    """What a rollout does now."""

    MOVING = "moving"  # traffic is on its way to the share of the phase
    WATCHING = "watching"
    PAUSED = "paused"  # by an operator
    APPROVAL = "approval"  # the judge promotes, an operator has not said so yet
    GOING_BACK = "going back"
    CONFIRMED = "confirmed"  # all requests at the new version, and watched long enough
    ROLLED_BACK = "rolled back"
    STRANDED = "stranded"  # the old version is not known to serve all, and a human must look


ENDS = (Step.CONFIRMED, Step.ROLLED_BACK, Step.STRANDED)


@dataclass(frozen=True, slots=True)
class State:
    """Where a rollout stands."""

    step: Step
    phase: int  # index into `Policy.phases`
    since_s: float  # of the step
    began_s: float  # of the phase: when its traffic had arrived; until then that of the step
    paused_s: float = 0.0  # of the phase, in pauses that are over
    approved: bool = False  # an operator wants the next phase as soon as the judge promotes
    astray_s: float | None = None  # since when traffic is not known to be where it was put
    why: str = ""  # it goes back, or it ended


class Place(StrEnum):
    """Where traffic is, held against where it was put."""

    PLANNED = "as planned"
    LESS = "less"  # than planned at the new version
    MORE = "more"
    UNKNOWN = "unknown"


class Word(StrEnum):
    """What an operator may say while a rollout runs."""

    GO = "go"  # approve the next phase; end a pause
    PAUSE = "pause"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Arrived:
    """Traffic is where it was to go."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Missed:
    """Traffic could not be moved."""

    at_s: float
    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """The judge has spoken, and the share was read back."""

    at_s: float
    decision: Decision
    place: Place


@dataclass(frozen=True, slots=True)
class Said:
    """An operator has spoken."""

    at_s: float
    word: Word


@dataclass(frozen=True, slots=True)
class Returned:
    """The old version serves all."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The way back did not succeed."""

    at_s: float
    why: str


News = Arrived | Missed | Looked | Said | Returned | Lost


class Kind(StrEnum):
    """What a line of the journal tells."""

    BEGUN = "begun"
    RESUMED = "resumed"
    MOVING = "moving"  # written before traffic is moved
    MOVED = "moved"
    NOT_MOVED = "not moved"
    LOOKED = "looked"
    SAID = "said"
    GOING_BACK = "going back"  # written before traffic is sent back
    ROLLED_BACK = "rolled back"
    STRANDED = "stranded"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at the rollout with everything that it rests on."""

    observation: Observation
    mark: str  # of the monitor, for the next window
    decision: Decision
    share_planned: float
    share_read: float | None  # None: it could not be told
    share_measured: float | None  # of the requests that were counted since the phase began; None: none were
    notes: tuple[str, ...] = ()  # what an operator should know, one sentence each


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, and what whoever watches is told."""

    kind: Kind
    at_s: float
    state: State  # that holds from now on
    text: str  # one sentence
    sight: Sight | None = None
    details: Mapping[str, object] = field(default_factory=lambda: _NOTHING)  # plain JSON values
    before: tuple[Observation, ...] = ()  # what the old version did before all requests leave it at once


class Clock(Protocol):
    """Tells the time and lets it pass, evenly."""

    def now_s(self) -> float:
        """Return Unix seconds."""
        ...

    def find_shift_s(self) -> float:
        """Return by how many seconds the machine's clock, which logs and metrics go by, was set meanwhile."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when so much time has passed."""
        ...


class Operator(Protocol):
    """Who approves, pauses and calls back."""

    def listen(self, seconds: float) -> Word | None:
        """Return the next word as soon as it is said; None when it was not within so much time."""
        ...


class Listener(Protocol):
    """Who is told of every entry, once it is in the journal."""

    def hear(self, entry: Entry) -> None:
        """Take an entry; must not raise."""
        ...
