"""Tells what outside of the code a diagnosis blames: a setting, a flag or a migration. Values in, a value out."""

from hotfix.core.facts import Analysis, Deploy, DeployKind

_OUTSIDE = frozenset({DeployKind.CONFIG, DeployKind.FLAG, DeployKind.MIGRATION})


def find_blamed(analysis: Analysis) -> Deploy | None:
    """Return the setting, flag or migration that changed last before the onset and that the diagnosis cites."""
    onset = analysis.incident.started_at if analysis.incident else None
    settings = [one for one in find_cited(analysis) if one.kind in _OUTSIDE]
    return max((one for one in settings if onset is None or one.at <= onset), key=lambda one: one.at, default=None)


def find_cited(analysis: Analysis) -> tuple[Deploy, ...]:
    """Return the changes in the world that the diagnosis cites."""
    cited = {one.place for one in analysis.evidence if one.id in analysis.diagnosis.evidence}
    return tuple(one for one in analysis.deploys if one.source in cited)
