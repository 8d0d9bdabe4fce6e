"""Lets every mechanism look at the scene of an incident: case, incident and suspects in, clues out, strongest first."""

from collections.abc import Sequence

from hotfix.core.facts import Incident
from hotfix.core.settings import CLUES_KEPT
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.mechanisms import MECHANISMS
from hotfix.diagnosis.mechanisms.contract import Clue, Scene
from hotfix.diagnosis.samples import take_samples
from hotfix.diagnosis.suspects import Suspect
from hotfix.diagnosis.thinning import thin_case


def find_clues(case: Case, incident: Incident, suspects: Sequence[Suspect]) -> tuple[Clue, ...]:
    """Return what the mechanisms find, at most CLUES_KEPT; nothing where nothing is suspected."""
    if not suspects:
        return ()
    samples = take_samples(case, incident, suspects)
    scene = Scene(thin_case(case, incident), incident, suspects, samples, case.records)
    looking = [look for name, look in MECHANISMS.items() if name not in case.without]
    found = [clue for look in looking for clue in look(scene)]
    return tuple(sorted(found, key=lambda clue: (-clue.strength, clue.at, clue.statement))[:CLUES_KEPT])
