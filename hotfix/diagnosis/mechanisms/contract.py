"""What a mechanism is: one function from the scene of an incident to the clues that it finds there.

A mechanism is general: it knows no product, no scenario and no cause family by name. It is silent where it finds
nothing, and never raises on any scene.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from hotfix.core.facts import Incident, Place
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.samples import Sample
from hotfix.diagnosis.suspects import Suspect


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that mechanisms look at."""

    case: Case
    incident: Incident
    suspects: Sequence[Suspect]  # earliest first
    samples: Sequence[Sample]  # records of the suspects' services around the onset, in order of time
    whole: (
        pl.LazyFrame
    )  # all records, where `case` holds thinned ones: what is told as a count or a last time is from here


@dataclass(frozen=True, slots=True)
class Clue:
    """Something concrete that helps to explain the incident."""

    mechanism: str
    service: str
    statement: str  # one sentence, which names the thing
    strength: float  # 0..1: how much it explains
    at: datetime
    place: Place  # a line that shows it
    ahead_s: float = 0.0  # how far the clock that stamped the place's file is ahead of the others, seconds
    job: str = ""  # of a service that runs it: in each of several runs, and in no pause between them, things went wrong
    holder: str = ""  # the other service a part of which has to bear what was found


Mechanism = Callable[[Scene], Iterable[Clue]]
