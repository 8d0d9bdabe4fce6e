"""The values of the metrics over incidents: what is measured, what one incident says, and what all of them say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotfix.core.facts import Skipped
from hotfix.learn.actions import Action
from hotfix.learn.card import Card
from hotfix.learn.clock import Clock
from hotfix.learn.events import Event
from hotfix.learn.metrics.groupings import Grouping
from hotfix.learn.metrics.limits import FEW_INCIDENTS
from hotfix.learn.statuses import Status


class Section(StrEnum):
    """What a number is about, in the order in which they are shown."""

    SPEED = "speed"
    TARGETS = "targets"
    QUALITY = "quality"
    LEARNING = "learning"
    COST = "cost"


class Unit(StrEnum):
    """What a number counts. A ratio is the share, of incidents or of what they have, of which something is true."""

    SECONDS = "seconds"
    TOKENS = "tokens"
    RATIO = "ratio"


class Absence(StrEnum):
    """Why an incident has no value; never is one taken for zero."""

    NOT_KNOWN = "not_known"  # it may have happened, nobody recorded it, or it is still to come
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Definition:
    """One thing that is measured of each incident."""

    ident: str  # lower-case letters and underscores
    title: str
    section: Section
    unit: Unit
    says: str  # one sentence: from which event to which, or what is counted of which incidents


@dataclass(frozen=True, slots=True)
class Sample:
    """The value of one incident."""

    value: float  # in the unit; of a ratio how many of `of`
    ground: str  # the event or file that it rests on
    of: int = 1  # of a ratio: the incident itself, or as many actions or sentences as it has


@dataclass(frozen=True, slots=True)
class Rollout:
    """A rollout that came to an end."""

    confirmed: bool  # False: it was rolled back, or stranded
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """Sentences of the local model."""

    held: int
    struck: int


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as the metrics see it."""

    card: Card
    status: Status
    events: tuple[Event, ...]
    clock: Clock  # read so that nothing runs on
    rollouts: tuple[Rollout, ...] | None = ()  # None: the journal is there and cannot be read
    regression: str | None = None  # status of the category in `test.json`; None: not tested, "" where it cannot be read
    claims: Claims | None = None  # None: no model was asked
    actions: tuple[Action, ...] | None = ()  # None: they are there and cannot be read
    has_review: bool = False  # there is an `rca.md`


@dataclass(frozen=True, slots=True)
class Spread:
    """How a value lies over incidents, in the unit of its definition."""

    median: float
    lower_quartile: float | None  # None of fewer than QUARTILES_FROM incidents
    upper_quartile: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Share:
    """Of how many incidents, or of how many of the things that they have, something is true."""

    count: int
    of: int

    @property
    def ratio(self) -> float:
        """The share, 0..1."""
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Figure:
    """One number over incidents, with its ground; n, not known and not applicable add up to all of them."""

    definition: Definition
    result: Spread | Share | None  # None where n is 0
    n: int  # incidents that have a value
    not_known: int
    not_applicable: int
    rests_on: Mapping[str, int]  # event or file → incidents, the most frequent first
    agent: str | None = None  # of a cost
    model: str | None = None  # of a cost; None: none was asked

    @property
    def is_of_few(self) -> bool:
        """Whether it is of so few incidents that another one may turn it over."""
        return 0 < self.n < FEW_INCIDENTS


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents that are taken together."""

    name: str | None  # None: all
    incidents: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which incidents, and how they are told apart."""

    since: datetime | None = None  # began then or later
    until: datetime | None = None  # began before
    by: Grouping | None = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The answer."""

    scope: Scope
    whole: Group
    groups: tuple[Group, ...] = ()  # of `scope.by`, in order
    skipped: tuple[Skipped, ...] = ()  # folders, files and lines that cannot be read
