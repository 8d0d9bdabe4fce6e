"""From the leading cause to what to do now: an approach, actions in order, complexity, risk and the reason."""

from hotfix.core.facts import Approach, Deploy, DeployKind, Grade, Incident, Recommendation, Severity
from hotfix.core.text import format_time
from hotfix.diagnosis.causes import Cause
from hotfix.diagnosis.ranker import Candidate

_APPROACHES = {
    DeployKind.DEPLOYMENT: Approach.ROLLBACK,
    DeployKind.PACKAGE: Approach.ROLLBACK,
    DeployKind.MIGRATION: Approach.DATA,
    DeployKind.COMMIT: Approach.REVERT,
    DeployKind.CONFIG: Approach.CONFIG,
    DeployKind.FLAG: Approach.CONFIG,
}
_MINUTES = {Approach.ROLLBACK: 10, Approach.REVERT: 20, Approach.CONFIG: 10, Approach.DATA: 60}
_MINUTES_RELIEF = 15
_PRESSING = (Severity.P0, Severity.P1)
_RISKS = {Approach.ROLLBACK: Grade.LOW, Approach.CONFIG: Grade.LOW, Approach.REVERT: Grade.MEDIUM}


def recommend(incident: Incident, candidate: Candidate, cause: Cause) -> Recommendation:
    """Undo the change that fits when there is one and the incident goes on; otherwise the family's own direction."""
    if incident.ended_at is not None:
        return _wait(incident, cause)
    deploy = candidate.deploy
    unclear = deploy is None or deploy.kind not in _APPROACHES or not _fits(candidate)
    if unclear and cause.approach is Approach.WAIT and incident.severity in _PRESSING:
        return _relieve(incident, candidate, cause)
    if deploy is None or unclear:
        return Recommendation(
            approach=cause.approach,
            actions=(cause.fix, *cause.confirm),
            complexity=cause.complexity,
            risk=cause.risk,
            reason="no change in the world fits, so the direction is the usual one for this kind of cause",
            estimated_minutes=cause.minutes,
        )
    approach = _APPROACHES[deploy.kind]
    return Recommendation(
        approach=approach,
        actions=(_undo(deploy), f"Watch {candidate.service or 'the service'} until its errors stop", cause.fix),
        complexity=Grade.LOW if approach is not Approach.DATA else Grade.HIGH,
        risk=_RISKS.get(approach, Grade.HIGH),
        reason=f"the incident began after {deploy.summary}; undoing it is quicker and safer than a new change",
        estimated_minutes=_MINUTES[approach],
    )


def _fits(candidate: Candidate) -> bool:
    return candidate.correlation is not None and candidate.correlation.linked


def _relieve(incident: Incident, candidate: Candidate, cause: Cause) -> Recommendation:
    """Return what helps users while nobody knows the cause of something grave: to wait is no advice then."""
    deploy = candidate.deploy
    undo = (f"If it can be undone cheaply: {_undo(deploy)}",) if deploy and deploy.kind in _APPROACHES else ()
    service = candidate.service or "the failing service"
    return Recommendation(
        approach=Approach.SCALE,
        actions=(
            f"Relieve users of {service} now: fail over, add replicas, shed load or answer without it; keep these logs",
            *undo,
            *cause.confirm,
        ),
        complexity=Grade.MEDIUM,
        risk=Grade.MEDIUM,
        reason=f"it is a {incident.severity} that goes on, and no record names its cause: relief must not wait for it",
        estimated_minutes=_MINUTES_RELIEF,
    )


def _wait(incident: Incident, cause: Cause) -> Recommendation:
    ended = format_time(incident.ended_at) if incident.ended_at else ""
    return Recommendation(
        approach=Approach.WAIT,
        actions=("Change nothing now; keep these logs", *cause.confirm),
        complexity=Grade.LOW,
        risk=Grade.LOW,
        reason=f"it ended by itself at {ended}; find out why before it comes back",
        estimated_minutes=0,
    )


def _undo(deploy: Deploy) -> str:
    what = deploy.service or "the service"
    if deploy.kind in (DeployKind.CONFIG, DeployKind.FLAG):
        change = f" from {deploy.after} back to {deploy.before}" if deploy.before and deploy.after else ""
        return f"Set back the configuration of {what}{change} ({deploy.summary}) and reload it"
    if deploy.kind is DeployKind.MIGRATION:
        return f"Check whether the migration can be reversed without losing data: {deploy.summary}"
    target = f" to {deploy.before}" if deploy.before else " to the version before"
    version = f" from {deploy.version}" if deploy.version else ""
    return f"Roll back {what}{version}{target}"
