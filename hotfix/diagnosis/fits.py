"""Chooses the change in the world that fits the trouble of a service: correlations come in, at most one goes out."""

from collections.abc import Sequence
from datetime import timedelta

from hotfix.core.facts import Correlation, Incident
from hotfix.core.settings import CHANGE_FIT_LEAST, PRECURSOR_S, TOGETHER_S
from hotfix.diagnosis.blame import find_shrunk, is_smaller
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.causes import UNKNOWN
from hotfix.diagnosis.quoted import Quoted


def find_best_change(
    case: Case, incident: Incident, service: str | None, quoted: Sequence[Quoted] = ()
) -> Correlation | None:
    """Return the correlation that fits the harmful changes of this service best; None when none does.

    Of changes in the world that were made together the one that a record quotes is taken, else one that made something
    smaller.
    """
    begin = incident.started_at - timedelta(seconds=PRECURSOR_S)
    own = {
        change.id
        for change in case.changes
        if change.service == service and change.at >= begin and case.is_harmful(change)
    }
    near = [pair for pair in case.correlations if pair.change in own and pair.lag_s >= 0]
    fitting = [pair for pair in near if weigh_fit(pair) >= CHANGE_FIT_LEAST]
    best = max(fitting, key=lambda pair: (pair.linked, weigh_fit(pair)), default=None)
    if best is None:
        return None
    named, at = {one.deploy.id for one in quoted}, case.deploy(best.deploy).at
    together = [
        pair
        for pair in fitting
        if pair.linked == best.linked and abs((case.deploy(pair.deploy).at - at).total_seconds()) <= TOGETHER_S
    ]
    return max(together, key=lambda pair: (pair.deploy in named, is_smaller(case.deploy(pair.deploy)), weigh_fit(pair)))


def find_cut(case: Case, service: str, category: str) -> Correlation | None:
    """Return the last change that made a setting of this service smaller whose lack is this very family, else None.

    What is short now was taken away then: how long that has lasted says nothing, for a reserve may have borne it.
    """
    cut = {deploy.id for deploy in case.deploys if category != UNKNOWN and find_shrunk(deploy) == category}
    own = {change.id for change in case.changes if change.service == service and case.is_harmful(change)}
    pairs = [one for one in case.correlations if one.deploy in cut and one.change in own]
    fitting = [one for one in pairs if one.service_match and one.lag_s >= 0]
    return min(fitting, key=lambda pair: pair.lag_s, default=None)


def weigh_fit(pair: Correlation) -> float:
    """Return how much a correlation says, 0..1: a fit that any moment would give as well says nothing."""
    return pair.score * (1.0 - pair.chance)
