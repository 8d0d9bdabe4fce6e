"""What a command did, as events for the incident's journal: values in, events out. Patch and test: `repairrecords`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.facts import Analysis, Approach
from hotfix.core.settings import EVENT_TEXT_CHARACTERS
from hotfix.core.text import format_time
from hotfix.learn.clock import STARTED
from hotfix.learn.events import Event, EventKind, EventSource

_DIAGNOSTICIAN = "bug-diagnostician"
_RETOLD = frozenset({EventSource.LOG, EventSource.JOURNAL})


@dataclass(frozen=True, slots=True)
class Effort:
    """When a command ran and what it cost."""

    began: datetime
    ended: datetime
    cpu_s: float  # of the program and of what it started, user and system


def record_diagnosis(analysis: Analysis, effort: Effort) -> tuple[Event, ...]:
    """Return that the logs show the incident, and that it was diagnosed; nothing where the analysis found none."""
    incident, diagnosis, model = analysis.incident, analysis.diagnosis, analysis.model
    if incident is None:
        return ()
    found = {
        "verdict": diagnosis.verdict.value,
        "category": diagnosis.category,
        "confidence": diagnosis.confidence,
        "severity": incident.severity.value,
        "approach": _say_approach(diagnosis.recommendation.approach if diagnosis.recommendation else None),
    }
    if model is not None:
        found |= {"model": model.name, "prompt_tokens": model.prompt_tokens, "output_tokens": model.output_tokens,
                  "struck_claims": len(model.struck)}  # fmt: skip
    diagnosed = record(EventKind.DIAGNOSED, _DIAGNOSTICIAN, diagnosis.statement, effort, found)
    if incident.detected_at is None:
        return (diagnosed,)
    seen = Event(EventKind.DETECTED, incident.detected_at, effort.ended, EventSource.LOG, "first error record")
    return seen, diagnosed


def leave_out_known(new: Iterable[Event], known: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events without the known ones of logs and journals: the same lines say the same again."""
    told = {(one.source, one.kind, one.at) for one in known if one.source in _RETOLD}
    return tuple(one for one in new if (one.source, one.kind, one.at) not in told)


def record(  # noqa: PLR0913  # the parts of one event
    kind: EventKind, agent: str, text: str, effort: Effort, found: Mapping[str, object], *, done: bool = True
) -> Event:
    """Return what an agent did as an event, with what it cost and what it found."""
    cost = {
        STARTED: format_time(effort.began),
        "seconds": round((effort.ended - effort.began).total_seconds(), 3),
        "cpu_s": round(effort.cpu_s, 3),
        "agent": agent,
    }
    said, details = text[:EVENT_TEXT_CHARACTERS], {**cost, **found}
    return Event(kind, effort.ended, effort.ended, EventSource.COMMAND, said, done=done, details=details)


def _say_approach(approach: Approach | None) -> str | None:
    return approach.value if approach else None
