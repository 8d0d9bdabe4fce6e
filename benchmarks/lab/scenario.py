"""The contract of a scenario: what runs, what happens at which second, and what is true about it.

One scenario is one file in `scenarios/` which binds SCENARIO to a value of this module. Nothing here runs anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.stage import Stage
    from lab.traffic import Traffic

Act = Callable[["Stage"], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens while traffic runs; exactly one step of an incident injects its fault."""

    at_s: float
    what: str
    act: Act
    injects: bool = False


@dataclass(frozen=True, slots=True)
class FirstRecord:
    """Where the logs show it first: the first line of `log` (a glob; rotated parts too) that matches."""

    log: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What changed in the world: a release (`version`) or a setting, with its old and new value."""

    kind: str
    service: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Place:
    """The faulty line: `file` in the repository of the service, and a text which occurs on that line only."""

    file: str
    text: str
    version: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What a diagnosis should say; written to truth.toml together with what was measured while recording."""

    verdict: str
    service: str = ""
    category: str = ""
    statement: str = ""
    replica: str = ""  # where only one of several is ill
    shape: str = "sudden"
    onset: FirstRecord | None = None
    first_visible: FirstRecord | None = None  # where visitors notice later than the logs do
    trigger: Trigger | None = None
    place: Place | None = None
    clues: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    innocent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A recording: `build` starts everything before second 0, then traffic and `steps` run for `lasts_s` seconds."""

    name: str
    title: str
    shows: str
    lasts_s: int
    needs: tuple[str, ...]
    build: Act
    traffic: "Traffic"
    steps: tuple[Step, ...]
    truth: Truth
    hosts: dict[str, str] = field(default_factory=dict)
