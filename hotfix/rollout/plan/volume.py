"""From an analysis to the requests a minute that a rollout may expect, and to the time that a phase then needs."""

from hotfix.core.facts import Analysis
from hotfix.rollout.contract import Phase
from hotfix.rollout.plan.known import Volume

_REQUESTS = "requests at "
"""How the basis of an impact begins where requests were counted, and not records."""


def find_volume(analysis: Analysis) -> Volume | None:
    """Return the requests of the incident's own window; None where the logs count none.

    They were counted while things were wrong: usual traffic may be more, or less where clients tried again.
    """
    incident = analysis.incident
    if incident is None or not incident.impact.basis.startswith(_REQUESTS) or not incident.impact.total:
        return None
    ends = [incident.ended_at] if incident.ended_at else [file.last for file in analysis.files if file.last]
    seconds = (max(ends) - incident.started_at).total_seconds() if ends else 0.0
    return Volume(incident.impact.total, seconds, incident.impact.basis) if seconds > 0 else None


def estimate_phase(phase: Phase, volume: Volume | None) -> float | None:
    """Return after how many seconds a phase has its minimum of requests; None where the volume is not known."""
    return phase.minimum_requests / (phase.share * volume.per_min) * 60.0 if volume else None
