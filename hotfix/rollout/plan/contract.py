"""The values that a plan is made of. All frozen; nothing runs here.

Texts are plain: they may quote logs, so whoever writes them into a document makes them inert.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotfix.core.facts import Grade
from hotfix.rollout.contract import Policy
from hotfix.rollout.plan.known import Configuration, Findings, Volume
from hotfix.rollout.strategies import Strategy


@dataclass(frozen=True, slots=True)
class StrategyChoice:
    """The strategy of a rollout, with what else was weighed."""

    strategy: Strategy
    decided_by: str  # "--strategy", "hotfix.toml" or "facts"
    reason: str
    in_force: bool  # it is what hotfix.toml leads to, so that the rollout follows it
    others: tuple[tuple[Strategy, str], ...]  # why not these


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """One phase with the times that follow for it; seconds count from the first step of the rollout."""

    number: int  # from 1
    share: float
    settled: float | None  # share that the provider can set; None: not asked
    minimum_s: float
    minimum_requests: int
    deadline_s: float
    expected_s: float | None  # until both minima are met, by the volume of the logs; None: that is not known
    begins_s: float  # at the earliest

    @property
    def lasts_s(self) -> float:
        """How long it lasts, as far as can be said: until both minima are met."""
        return max(self.minimum_s, self.expected_s or 0.0)

    @property
    def ends_s(self) -> float:
        """When it passes, at the earliest."""
        return self.begins_s + self.lasts_s


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the rehearsal tried."""

    what: str
    passed: bool
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was tried with the provider of the traffic before the rollout."""

    at: datetime
    steps: tuple[Step, ...]
    state: str | None = None  # what is true, in the words of the provider
    notes: tuple[str, ...] = ()  # of the provider
    settled: tuple[float, ...] = ()  # share that can be set for each phase
    commands: tuple[tuple[str, ...], ...] = ()  # that each phase begins with
    back: tuple[str, ...] = ()  # that bring everything back from full traffic
    counts: bool = False  # the provider counts the requests that really moved
    moved: float | None = None  # share that went to the new version and came back
    back_s: float | None = None  # seconds until all requests were seen to be back; None: nothing moved

    @property
    def passed(self) -> bool:
        """True when nothing that was tried failed."""
        return all(step.passed for step in self.steps)


class Group(StrEnum):
    """The parts of the checklist."""

    CODE = "code"
    ROLLBACK = "rollback"
    MONITORING = "monitoring"
    COMMUNICATION = "communication"
    TEAM = "team"
    ENVIRONMENT = "environment"


class Answer(StrEnum):
    """What is known of a point."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist."""

    group: Group
    said: str
    answer: Answer
    why: str
    role: str | None = None  # who answers it, where no program can


class Go(StrEnum):
    """Whether the rollout may begin."""

    GO = "GO"
    NOT_YET = "NOT YET"  # nothing speaks against it, and points are open that a program could see closed
    NO_GO = "NO-GO"


@dataclass(frozen=True, slots=True)
class GoDecision:
    """Whether the rollout may begin, by which rule, and what to do instead or before."""

    go: Go
    rule: str
    advice: str


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing that is watched."""

    what: str
    before: str  # what it was before the incident, or that this is not known
    during: str  # what it is in the incident
    alert: str
    back: str  # when the rollout goes back
    known: bool | None = None  # the value from before is known; None: there is none to know


@dataclass(frozen=True, slots=True)
class Way:
    """One way back, with what is typed for it."""

    said: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent."""

    when: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk that follows from facts."""

    what: str
    level: Grade
    fact: str
    done: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the estimated timeline; seconds count from the first step."""

    at_s: float
    said: str


@dataclass(frozen=True, slots=True)
class Clock:
    """What a step of the incident takes against the target of the severity."""

    step: str
    taken_s: float | None  # None: not known
    target_min: int
    said: str


@dataclass(frozen=True, slots=True)
class Commands:
    """How the commands that go on from a plan are typed for its incident."""

    run: str
    rollback: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the document of a rollout holds."""

    incident: str
    created_at: datetime
    findings: Findings
    configuration: Configuration
    decision: GoDecision
    choice: StrategyChoice
    policy: Policy  # of the strategy
    volume: Volume | None
    points: tuple[Point, ...]
    phases: tuple[PlannedPhase, ...]
    rehearsal: Rehearsal | None
    watches: tuple[Watch, ...]
    sources: tuple[str, ...]  # of what is watched, or that none is configured
    success: tuple[str, ...]
    rollback: tuple[Way, ...]  # the quickest first
    commands: Commands
    messages: tuple[Message, ...]
    afterwards: tuple[str, ...]
    risks: tuple[Risk, ...]
    timeline: tuple[Moment, ...]
    clocks: tuple[Clock, ...]
    roles: tuple[str, ...]  # who sign
    configure: tuple[str, ...]  # what hotfix.toml should say
