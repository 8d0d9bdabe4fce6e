"""How long it took to notice, to end the harm, to repair, and for each phase: one incident in, one value out."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from hotfix.learn.clock import Clock, Phase, PhaseTime
from hotfix.learn.events import EventKind
from hotfix.learn.metrics.contract import Absence, Definition, Incident, Sample, Section, Unit

Rule = tuple[Definition, Callable[[Incident, datetime], Sample | Absence]]

_RECOVERED = "end in the logs"
_PHASE_ENDS: dict[Phase, tuple[EventKind, ...]] = {
    Phase.DIAGNOSIS: (EventKind.DIAGNOSED,),
    Phase.FIX: (EventKind.PATCHED,),
    Phase.TEST: (EventKind.TESTED,),
    Phase.DEPLOY: (EventKind.MITIGATED, EventKind.RESOLVED),
    Phase.TOTAL: (EventKind.MITIGATED, EventKind.RESOLVED),
}
_PHASE_SAYS = {
    Phase.DIAGNOSIS: "when the incident was noticed to its first diagnosis",
    Phase.FIX: "the end of the phase before to the first patch that passed its gates, or the decision to roll back",
    Phase.TEST: "the end of the phase before to the first approval",
    Phase.DEPLOY: "the end of the phase before to mitigated by what was done, else resolved",
    Phase.TOTAL: "when the incident was noticed to mitigated, or the end in the logs, or resolved",
}


def _time_to_detect(incident: Incident, _now: datetime) -> Sample | Absence:
    return _measure(incident.clock.detection_s, f"noticed by {incident.clock.noticed_by}")


def _time_to_mitigate(incident: Incident, _now: datetime) -> Sample | Absence:
    clock = incident.clock
    return _measure(clock.harm_s, _find_ground(incident, _PHASE_ENDS[Phase.TOTAL], clock.mitigated_at))


def _time_to_repair(incident: Incident, _now: datetime) -> Sample | Absence:
    clock = incident.clock
    return _measure(clock.repair_s, _find_ground(incident, (EventKind.RESOLVED,), clock.resolved_at))


def _phase_time(phase: Phase, incident: Incident, _now: datetime) -> Sample | Absence:
    time = _find_phase(incident.clock, phase)
    seconds = time.seconds if time.ended_at else None
    return _measure(seconds, _find_ground(incident, _PHASE_ENDS[phase], time.ended_at))


def _phase_on_target(phase: Phase, incident: Incident, now: datetime) -> Sample | Absence:
    found = _phase_time(phase, incident, now)
    if isinstance(found, Absence):
        return found
    return Sample(float(found.value <= _find_phase(incident.clock, phase).target_min * 60), found.ground)


def _find_phase(clock: Clock, phase: Phase) -> PhaseTime:
    return next(one for one in clock.phases if one.phase is phase)


def _measure(seconds: float | None, ground: str) -> Sample | Absence:
    """Return a time; one that runs backwards, as from an onset that was found after the alert, says nothing."""
    return Absence.NOT_KNOWN if seconds is None or seconds < 0 else Sample(seconds, ground)


def _find_ground(incident: Incident, kinds: tuple[EventKind, ...], at: datetime | None) -> str:
    found = (one for one in incident.events if one.kind in kinds and one.done and one.at == at)
    return next((f"{one.kind} by {one.source}" for one in found), _RECOVERED)


_SECONDS = (Section.SPEED, Unit.SECONDS)

SPEED: tuple[Rule, ...] = (
    (
        Definition("time_to_detect", "time to detect (MTTD)", *_SECONDS, "From the onset to when it was noticed."),
        _time_to_detect,
    ),
    (
        Definition(
            "time_to_mitigate",
            "time to mitigate",
            *_SECONDS,
            "From the onset to mitigated, or the end in the logs, or resolved: for how long users were harmed.",
        ),
        _time_to_mitigate,
    ),
    (
        Definition("time_to_repair", "time to repair (MTTR)", *_SECONDS, "From the onset to resolved."),
        _time_to_repair,
    ),
    *(
        (
            Definition(f"{phase}_time", f"{phase} time", *_SECONDS, f"From {_PHASE_SAYS[phase]}."),
            partial(_phase_time, phase),
        )
        for phase in Phase
    ),
    *(
        (
            Definition(
                f"{phase}_on_target",
                f"{phase} within target",
                Section.TARGETS,
                Unit.RATIO,
                f"Share of incidents whose {phase} time is known and is within the target of their severity.",
            ),
            partial(_phase_on_target, phase),
        )
        for phase in Phase
    ),
)
"""Times in seconds, then which of them kept their target."""
