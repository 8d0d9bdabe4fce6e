"""Links a message to the setting that it quotes: suspects and changes in the world come in, the links go out.

A program that is told a new value often says so itself: "the new limit is smaller than what is in use". Which tool
made the change, and which of several settings changed with it, the message then tells by the name of the setting. The
program that quotes a setting is where it took effect; what comes over others comes by way of that program.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hotfix.core.facts import Correlation, Deploy, DeployKind, Shape, Template
from hotfix.core.settings import LAG_SLACK_S, PRECURSOR_S, TIMING_CEILING
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.suspects import Suspect
from hotfix.signal.correlation import score_lag
from hotfix.signal.deploys.services import is_same_service
from hotfix.signal.names import find_names, find_rare_names

_SETTINGS = frozenset((DeployKind.CONFIG, DeployKind.FLAG, DeployKind.MIGRATION))


@dataclass(frozen=True, slots=True)
class Quoted:
    """A suspect whose record quotes what was changed just before, and how well the two fit."""

    suspect: Suspect
    deploy: Deploy
    pair: Correlation  # of no change of a series: its `change` is the message


def find_quoted(case: Case, suspects: Iterable[Suspect], onset_s: float) -> tuple[Quoted, ...]:
    """Return the new messages that quote a setting changed up to PRECURSOR_S before them, best fit first.

    Args:
        case: where the suspects are from.
        suspects: messages that came up with the incident; only those never seen before are looked at.
        onset_s: when the incident began, seconds since 1970: what is said long after it quotes no cause.
    """
    settings = [deploy for deploy in case.deploys if deploy.kind in _SETTINGS]
    services = {service for template in case.templates.values() for service in template.services}
    names = frozenset[str]().union(*(find_names(service) for service in services)) if settings else frozenset()
    found = [
        quoted
        for suspect in suspects
        if settings and not suspect.n_before and suspect.first.timestamp() <= onset_s + PRECURSOR_S
        for deploy in settings
        if (quoted := _link(case, suspect, deploy, names))
    ]
    return tuple(sorted(found, key=lambda one: (-one.pair.weight, one.suspect.first, one.deploy.id)))


def _link(case: Case, suspect: Suspect, deploy: Deploy, services: frozenset[str]) -> Quoted | None:
    lag_s = (suspect.first - deploy.at).total_seconds()
    if not -LAG_SLACK_S <= lag_s <= PRECURSOR_S or deploy.source == suspect.place:
        return None
    before = [one for one in _list_said(case, suspect.service) if one.id != suspect.template_id]
    shared = find_rare_names(deploy.summary, suspect.excerpt, services, before, suspect.first)
    if not shared:
        return None
    span_s = max((case.last - case.first).total_seconds(), 1e-9)
    chance = min(abs(lag_s) / span_s, 1.0)
    score = TIMING_CEILING * score_lag(lag_s, Shape.SUDDEN)
    return Quoted(
        suspect,
        deploy,
        Correlation(
            deploy.id,
            suspect.template_id,
            lag_s,
            service_match=is_same_service(deploy.service, suspect.service),
            score=score,
            chance=chance,
            shared=shared,
        ),
    )


def _list_said(case: Case, service: str) -> Sequence[Template]:
    return [template for template in case.templates.values() if service in template.services]
