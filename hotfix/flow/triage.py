"""Answers the first question of an emergency: roll back now? An analysis comes in, yes, no or unclear goes out.

It adds no diagnosis: it reads from the one there is whether a change in the world that can be undone brought the
incident, and what proves it.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hotfix.core.configfile import CONFIG_FILE, read_optional_table
from hotfix.core.facts import Analysis, Approach, Deploy, Evidence, EvidenceKind, Incident, Verdict
from hotfix.core.text import format_time, say_span
from hotfix.flow.places import say_deploy_command
from hotfix.report.answers import Trigger, cited_evidence, describe_deploy, find_trigger, is_sure, state_headline
from hotfix.report.words import APPROACHES

_UNDONE = frozenset({Approach.ROLLBACK, Approach.REVERT, Approach.CONFIG})
"""Approaches that take a change of the world back."""


class RollBack(StrEnum):
    """Whether to go back now."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Triage:
    """The answer, with what it rests on. Texts may quote logs."""

    answer: RollBack
    reason: str
    headline: str
    change: Deploy | None  # that is to be undone, or would be
    proof: Evidence | None  # the strongest line of the logs
    action: str | None  # what to do, in words
    command: str | None  # that sends every request back to the old version, as it is typed
    wants_command: bool  # going back is what to do, so that one is looked for


def triage_analysis(analysis: Analysis, config: Path) -> Triage:
    """Return whether to roll back now.

    Args:
        analysis: what the logs say.
        config: folder whose `hotfix.toml` may say who moves the traffic.

    Raises:
        UsageError: that file is no TOML.
    """
    trigger, recommendation = find_trigger(analysis), analysis.diagnosis.recommendation
    answer, reason = _decide(analysis, trigger)
    cited = [one for one in cited_evidence(analysis) if one.kind is not EvidenceKind.DEPLOY]
    goes_back = answer is RollBack.YES and recommendation is not None and recommendation.approach is Approach.ROLLBACK
    return Triage(
        answer=answer,
        reason=reason,
        headline=state_headline(analysis),
        change=trigger.deploy if trigger else None,
        proof=cited[0] if cited else None,
        action=recommendation.actions[0] if recommendation and recommendation.actions else None,
        command=_find_command(analysis, config) if goes_back else None,
        wants_command=goes_back,
    )


def say_change(deploy: Deploy) -> str:
    """Return what changed, when, and where that stands."""
    return f"{describe_deploy(deploy)}, {format_time(deploy.at)} ({deploy.source.file}:{deploy.source.line})"


def _decide(analysis: Analysis, trigger: Trigger | None) -> tuple[RollBack, str]:
    incident, recommendation = analysis.incident, analysis.diagnosis.recommendation
    if incident is None:
        quiet = analysis.diagnosis.verdict is Verdict.NO_INCIDENT
        return (RollBack.NO if quiet else RollBack.UNCLEAR), analysis.diagnosis.statement
    if incident.ended_at is not None:
        return RollBack.NO, f"it ended by itself at {format_time(incident.ended_at)}"
    if trigger is None:
        return _decide_without_change(analysis, incident)
    if recommendation is None:
        return RollBack.UNCLEAR, f"{_say_lag(incident, trigger)}, and the diagnosis recommends nothing"
    if recommendation.approach in _UNDONE:
        share = math.floor(analysis.diagnosis.confidence * 100)
        sure = f"{share}% sure" if is_sure(analysis) else f"{share}% sure only, so look at the proof first"
        return RollBack.YES, f"{_say_lag(incident, trigger)}, and undoing it is what the diagnosis recommends ({sure})"
    said = APPROACHES[recommendation.approach].lower()
    return RollBack.UNCLEAR, f"{_say_lag(incident, trigger)}, and to {said} comes first: {recommendation.reason}"


def _decide_without_change(analysis: Analysis, incident: Incident) -> tuple[RollBack, str]:
    before = [one for one in analysis.deploys if one.at <= incident.started_at]
    if before:
        last = max(before, key=lambda one: one.at)
        ago = say_span((incident.started_at - last.at).total_seconds())
        said = f"no known change fits it; the last one before was {describe_deploy(last)}, {ago} earlier"
        return (RollBack.NO if analysis.diagnosis.recommendation else RollBack.UNCLEAR), said
    known = "no change before it" if analysis.deploys else "no change at all"
    began = format_time(incident.started_at)
    return RollBack.UNCLEAR, f"the logs tell of {known}; if something was released shortly before {began}, undo that"


def _say_lag(incident: Incident, trigger: Trigger) -> str:
    lag = (incident.started_at - trigger.deploy.at).total_seconds()
    return f"it began {say_span(lag)} {'after' if lag >= 0 else 'before'} {trigger.deploy.id}"


def _find_command(analysis: Analysis, config: Path) -> str | None:
    """Return the command that sends every request to the old version, where the project says who moves them."""
    if analysis.incident is None or "traffic" not in read_optional_table(config / CONFIG_FILE, "deploy").keys:
        return None
    return say_deploy_command("rollback", analysis.incident.id, config)
