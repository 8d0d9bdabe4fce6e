"""From suspects to ranked candidates: newness, precedence, nearness to a change and position lead, volume does not."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hotfix.core.facts import Correlation, Deploy, Incident
from hotfix.core.settings import (
    AHEAD_S,
    CLUE_LENT,
    CONFIDENCE_CEILING,
    CONFIDENCE_WITHOUT_CHANGE,
    EARLY_HALF_LIFE_S,
    REJECT_MARGIN,
    SHOWN_LEAST,
    WEIGHTS,
)
from hotfix.diagnosis.blame import blame_changed, blame_job, find_shrunk, repeats
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.causes import UNKNOWN, Role, load_causes
from hotfix.diagnosis.fits import find_best_change, find_cut, weigh_fit
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.quoted import Quoted, find_quoted
from hotfix.diagnosis.suspects import Suspect

_PORT = re.compile(r":\d+$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible cause: a family at a service, the suspects that show it and the change that may have brought it."""

    category: str
    service: str
    suspects: tuple[Suspect, ...]  # earliest first
    deploy: Deploy | None
    correlation: Correlation | None
    clues: tuple[Clue, ...]  # what mechanisms found at its service, strongest first
    score: float
    parts: tuple[tuple[str, float], ...] = field(default=())  # what the score is made of

    @property
    def leader(self) -> Suspect:
        """The suspect that speaks for the candidate: the one that names the cause best, then the earliest."""
        return max(self.suspects, key=lambda suspect: (suspect.frame is not None, suspect.match.confidence))

    @property
    def first(self) -> datetime:
        """Time of its first record."""
        return self.suspects[0].first


@dataclass(frozen=True, slots=True)
class Leads:
    """Everything that candidates are judged by."""

    case: Case
    incident: Incident
    suspects: Sequence[Suspect]
    clues: Sequence[Clue]

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """Messages that quote a setting changed just before them, best fit first."""
        return find_quoted(self.case, self.suspects, self.incident.started_at.timestamp())


def rank_causes(leads: Leads, weights: Mapping[str, float] = WEIGHTS) -> tuple[Candidate, ...]:
    """Return the candidates, best first; every suspect belongs to exactly one."""
    if not leads.suspects:
        return ()
    groups: dict[tuple[str, str], list[Suspect]] = {}
    for suspect in leads.suspects:
        groups.setdefault((suspect.service, suspect.match.category), []).append(suspect)
    quoted = leads.quoted
    ranked = [_score_group(leads, group, quoted, weights) for group in groups.values()]
    ordered = sorted(ranked, key=lambda candidate: (-candidate.score, candidate.leader.first))
    first, *rest = _let_source_lead(_let_blamed_lead(ordered))
    blamed = _blame_holder(_blame_job(leads, first))
    return (_lend_clues(leads, _blame_silent(leads, _blame_changed(blamed))), *rest)


def _let_blamed_lead(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, of two that are near and of one family first the one whom the other's records name."""
    first = ranked[0]
    named = {name for suspect in first.suspects for name in suspect.mentions}
    for other in ranked[1:]:
        near = first.score - other.score < REJECT_MARGIN and other.category == first.category
        returned = any(first.service in suspect.mentions for suspect in other.suspects)
        if near and other.service in named and not returned:
            return [other, *(one for one in ranked if one is not other)]
    return list(ranked)


def _let_source_lead(ranked: Sequence[Candidate]) -> Sequence[Candidate]:
    """Return the candidates, before one that only repeats what another one lacks that other one."""
    first = ranked[0]
    if not load_causes()[first.category].lacking:
        return ranked
    alike = [other for other in ranked[1:] if other.category == first.category and other.service != first.service]
    source = next((other for other in alike if repeats(first.suspects, other.suspects)), None)
    return ranked if source is None else [source, *(one for one in ranked if one is not source)]


def _lend_clues(leads: Leads, leader: Candidate) -> Candidate:
    """Add what mechanisms found at services that fail in nothing themselves: a job, a host, a certificate."""
    failing = {suspect.service for suspect in leads.suspects} | {leader.service}
    lent = [clue for clue in leads.clues if clue.service not in failing and clue.strength >= CLUE_LENT]
    told = [clue for clue in lent if clue.mechanism != "propagation"]
    return replace(leader, clues=tuple(sorted((*leader.clues, *told), key=lambda clue: -clue.strength)))


def _leads_its_service(leads: Leads, group: Sequence[Suspect]) -> bool:
    """Tell whether new messages that name a cause came before every other new one of their service that names any."""
    match = max((suspect.match for suspect in group), key=lambda match: match.confidence)
    named = [one for one in leads.suspects if one.match.category != UNKNOWN and not one.n_before]
    others = [one.first for one in named if one.service == group[0].service and one not in group]
    ahead = bool(others) and min(others) - group[0].first >= timedelta(seconds=AHEAD_S)
    return ahead and match.role is Role.CAUSE and match.confidence >= SHOWN_LEAST and not group[0].n_before


def _find_family_behind(category: str, correlation: Correlation | None, case: Case, clues: Sequence[Clue]) -> str:
    """Return the family that a change or a mechanism shows to stand behind an error, else the error's own."""
    shown = {clue.mechanism for clue in clues if clue.strength >= SHOWN_LEAST}
    if correlation and correlation.service_match and weigh_fit(correlation) >= SHOWN_LEAST:
        shown.add(case.deploy(correlation.deploy).kind.value)
    behind = [cause.ident for cause in load_causes().values() if category in cause.over and shown & {*cause.shown_by}]
    return behind[0] if behind else category


def _blame_silent(leads: Leads, candidate: Candidate) -> Candidate:
    """Pass the blame on to a dependency that writes no logs here, when a symptom names it and no change explains it."""
    logged = {service for template in leads.case.templates.values() for service in template.services}
    symptom = all(suspect.match.role is Role.SYMPTOM for suspect in candidate.suspects)
    if candidate.deploy is not None or not symptom:
        return candidate
    named = [
        clue
        for clue in leads.clues
        if clue.service not in logged and any(clue.service in suspect.excerpt for suspect in candidate.suspects)
    ]
    return replace(candidate, service=_PORT.sub("", named[0].service), clues=tuple(named)) if named else candidate


def _blame_job(leads: Leads, candidate: Candidate) -> Candidate:
    """Pass the blame on to the job in whose runs the symptoms come, and forget the change that fits only the first."""
    found = blame_job(candidate.category, candidate.suspects, leads.clues)
    if found is None:
        return candidate
    job, family = found
    return replace(candidate, service=job.service, category=family, deploy=None, correlation=None, clues=(job,))


def _blame_holder(candidate: Candidate) -> Candidate:
    """Pass the blame on to the service a part of which bears what a mechanism shows; no change of the caller did it."""
    shown_by = load_causes()[candidate.category].shown_by
    shown = [clue for clue in candidate.clues if clue.holder and clue.mechanism in shown_by]
    if not shown:
        return candidate
    return replace(candidate, service=shown[0].holder, deploy=None, correlation=None)


def _blame_changed(candidate: Candidate) -> Candidate:
    """Pass the blame on to the service whose change fits the symptoms and which their records name.

    A change fits that is linked to them, or that made something smaller which a family knows to be short then.
    """
    if candidate.deploy is None or candidate.correlation is None:
        return candidate
    if not candidate.correlation.linked and find_shrunk(candidate.deploy) is None:
        return candidate
    service, family = blame_changed(candidate.service, candidate.category, candidate.suspects, candidate.deploy)
    return replace(candidate, service=service, category=family)


def _score_group(
    leads: Leads, group: Sequence[Suspect], quoted: Sequence[Quoted], weights: Mapping[str, float]
) -> Candidate:
    service, match = group[0].service, max((suspect.match for suspect in group), key=lambda match: match.confidence)
    own = next((one.pair for one in quoted if one.suspect in group), None)
    correlation = (
        own
        or find_best_change(leads.case, leads.incident, service, quoted)
        or find_cut(leads.case, service, match.category)
    )
    elsewhere = not own and correlation is not None and any(one.deploy.id == correlation.deploy for one in quoted)
    blamed = {
        suspect.service for suspect in leads.suspects if service in suspect.mentions and suspect.service != service
    }
    bad = {suspect.service for suspect in leads.suspects}
    blames = {name for suspect in group for name in suspect.mentions if name in bad}
    clues = tuple(clue for clue in leads.clues if clue.service == service)
    told = {
        "wording names a cause": match.confidence,
        "family is a cause and not a symptom": match.role is Role.CAUSE,
        "new since the onset": newness(group),
        "comes early": earliness(group[0].first, leads.incident.started_at),
        "nothing at its service came before it": _leads_its_service(leads, group),
        "a change fits": weigh_fit(correlation) if correlation and not elsewhere else 0.0,
        "others blame it": min(len(blamed), 2),
        "it blames others": bool(blames),
        "a mechanism points at it": max((*(clue.strength for clue in clues), own.weight if own else 0.0)),
        "fails in our own code": any(suspect.frame for suspect in group),
    }
    parts = tuple((name, weights[name] * value) for name, value in told.items())
    return Candidate(
        category=_find_family_behind(match.category, correlation, leads.case, clues),
        service=service,
        suspects=tuple(group),
        deploy=leads.case.deploy(correlation.deploy) if correlation else None,
        correlation=correlation,
        clues=clues,
        score=sum(value for _, value in parts),
        parts=parts,
    )


def newness(group: Sequence[Suspect]) -> float:
    """Return 1 for messages never seen before the onset, falling to 0 as they were common before it."""
    before, after = (sum(getattr(suspect, name) for suspect in group) for name in ("n_before", "n_after"))
    return float(after / (after + before))


def earliness(first: datetime, onset: datetime) -> float:
    """Return 1 at or before the onset, halved every EARLY_HALF_LIFE_S behind it."""
    behind_s = max((first - onset).total_seconds(), 0.0)
    return math.pow(2.0, -behind_s / EARLY_HALF_LIFE_S)


def judge_confidence(candidates: Sequence[Candidate]) -> float:
    """Return how sure the first candidate is, 0..1: by its wording, its lead, and whether a change fits."""
    first, second = candidates[0], candidates[1] if len(candidates) > 1 else None
    lead = 1.0 if second is None else 1.0 - math.exp(-(first.score - second.score))
    ceiling = CONFIDENCE_CEILING if first.correlation and first.correlation.linked else CONFIDENCE_WITHOUT_CHANGE
    return round(ceiling * (0.6 * first.leader.match.confidence + 0.4 * lead), 2)
