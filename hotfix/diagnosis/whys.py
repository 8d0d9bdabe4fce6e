"""Asks why up to five times: the steps of a cause family, filled with facts of this incident, while evidence lasts."""

import re
from collections.abc import Mapping, Sequence

from hotfix.core.facts import Incident, Why
from hotfix.core.text import format_time
from hotfix.diagnosis.causes import Cause
from hotfix.diagnosis.ranker import Candidate

_SLOT = re.compile(r"\{(\w+)\}")
_MOST = 5


def ask_whys(incident: Incident, leader: Candidate, cause: Cause, evidence: Sequence[str]) -> tuple[Why, ...]:
    """Return at most five steps, from what users saw to what changed.

    A step whose slots cannot be filled is left out; one that no evidence of this incident proves is a hypothesis.
    """
    slots = fill_slots(incident, leader)
    steps = [_start(incident, leader, evidence)]
    for step in cause.whys:
        if _names(step.why) | _names(step.because) <= slots.keys():
            proven = bool(_names(step.because))
            steps.append(
                Why(
                    why=step.why.format_map(slots),
                    because=step.because.format_map(slots),
                    evidence=tuple(evidence) if proven else (),
                    hypothesis=not proven,
                )
            )
    return tuple(steps[:_MOST])


def fill_slots(incident: Incident, leader: Candidate) -> Mapping[str, str]:
    """Return the facts that steps may name; a fact which this incident does not have is absent."""
    lead, deploy = leader.leader, leader.deploy
    slots = {
        "service": leader.service,
        "exception": lead.exception,
        "frame": lead.frame,
        "setting": deploy.summary if deploy and deploy.kind.value in ("config", "flag") else None,
        "before": deploy.before if deploy else None,
        "after": deploy.after if deploy else None,
        "deploy": deploy.summary if deploy else None,
        "started": format_time(incident.started_at),
    }
    return {name: text for name, text in slots.items() if text}


def _start(incident: Incident, leader: Candidate, evidence: Sequence[str]) -> Why:
    others = [name for name in incident.services if name != leader.service]
    seen = f" and {', '.join(others)}" if others else ""
    return Why(
        why=f"Why did {leader.service or 'the service'}{seen} fail from {format_time(incident.started_at)} on?",
        because=leader.leader.headline,
        evidence=tuple(evidence[:1]),
        hypothesis=False,
    )


def _names(text: str) -> set[str]:
    return set(_SLOT.findall(text))
