"""Finds where the figures of one incident contradict each other: report, journal and documents against one another.

Comes in: what the folder holds. Goes out: one sentence for each contradiction, with both figures.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from hotfix.core.facts import Analysis, Deploy, Incident
from hotfix.core.text import format_time
from hotfix.learn.clock import find_start
from hotfix.learn.events import Event, EventKind

_ORDER = (EventKind.DIAGNOSED, EventKind.PATCHED, EventKind.TESTED)
"""Phases of which each needs what the one before leaves."""

_SHARE_TOLERANCE = 0.001
"""Shares that differ by less are the same, rounded."""

_NEVER_BEFORE_ONSET = (EventKind.MITIGATED, EventKind.RESOLVED)


def find_contradictions(
    analysis: Analysis, events: Sequence[Event], trigger: Deploy | None, documents: dict[str, str]
) -> tuple[str, ...]:
    """Return what does not fit together, one sentence each.

    Args:
        analysis: the report.
        events: the journal.
        trigger: the change that the diagnosis holds for what set it off.
        documents: name and text of the written documents.
    """
    incident = analysis.incident
    if incident is None:
        return ()
    return (
        *_check_window(incident),
        *_check_trigger(incident, trigger),
        *_check_places(analysis),
        *_check_counts(analysis, incident),
        *_check_journal(incident, events),
        *_check_phases(events),
        *_check_verdicts(analysis, incident, events),
        *_check_documents(incident, documents),
    )


def _check_window(incident: Incident) -> Iterator[str]:
    start, end, seen = incident.started_at, incident.ended_at, incident.detected_at
    if end and end < start:
        yield f"The incident ends at {format_time(end)}, before it begins at {format_time(start)}."
    if seen and seen < start:
        yield f"The first error record is of {format_time(seen)}, before the onset at {format_time(start)}."
    if seen and end and seen > end:
        yield f"The first error record is of {format_time(seen)}, after the end at {format_time(end)}."
    if end and incident.status == "ongoing":
        yield f"The incident is said to go on, and to have ended at {format_time(end)}."


def _check_trigger(incident: Incident, trigger: Deploy | None) -> Iterator[str]:
    if trigger and trigger.at > incident.started_at:
        began = format_time(incident.started_at)
        yield f"{trigger.id} is held for the trigger and is of {format_time(trigger.at)}, after the onset at {began}."


def _check_places(analysis: Analysis) -> Iterator[str]:
    files = {file.path: file for file in analysis.files}
    for one in analysis.evidence:
        file = files.get(one.place.file)
        if one.time and file and file.first and file.last and not file.first <= one.time <= file.last:
            span = f"{format_time(file.first)} to {format_time(file.last)}"
            yield f"{one.id} is of {format_time(one.time)}, but its file tells of {span}."


def _check_counts(analysis: Analysis, incident: Incident) -> Iterator[str]:
    impact, levels = incident.impact, sum(analysis.records_by_level.values())
    if impact.failed > impact.total:
        yield f"{impact.failed} of {impact.total} {impact.basis} are said to have failed."
    elif impact.request_share is not None and impact.total:
        found = impact.failed / impact.total
        if abs(found - impact.request_share) > _SHARE_TOLERANCE:
            share = f"{impact.request_share:.4f}"
            yield f"{impact.failed} of {impact.total} {impact.basis} failed, but the share is said to be {share}."
    if levels != analysis.records_total:
        yield f"{analysis.records_total} records were read, but the levels add up to {levels}."


def _check_journal(incident: Incident, events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        if event.recorded_at < event.at:
            yield (
                f"The journal wrote down {event.kind} at {format_time(event.recorded_at)}, "
                f"before it happened at {format_time(event.at)}."
            )
        if event.kind in _NEVER_BEFORE_ONSET and event.done and event.at < incident.started_at:
            yield (
                f"The incident is said to be {event.kind} at {format_time(event.at)}, "
                f"before the onset at {format_time(incident.started_at)}."
            )
    mitigated, resolved = _find_first(events, EventKind.MITIGATED), _find_first(events, EventKind.RESOLVED)
    if mitigated and resolved and resolved.at < mitigated.at:
        yield f"It was resolved at {format_time(resolved.at)}, before it was mitigated at {format_time(mitigated.at)}."


def _check_phases(events: Sequence[Event]) -> Iterator[str]:
    ends = {kind: event for kind in _ORDER if (event := _find_first(events, kind))}
    for earlier, later in combinations([kind for kind in _ORDER if kind in ends], 2):
        end, begin = ends[earlier].at, find_start(ends[later])
        if begin < end:
            yield f"{later.capitalize()} began at {format_time(begin)}, before {earlier} ended at {format_time(end)}."


def _check_verdicts(analysis: Analysis, incident: Incident, events: Sequence[Event]) -> Iterator[str]:
    last = next((event for event in reversed(events) if event.kind == EventKind.DIAGNOSED), None)
    if last is None:
        return
    for name, found in (("category", analysis.diagnosis.category), ("severity", incident.severity.value)):
        said = last.details.get(name)
        if said is not None and said != found:
            yield f"The journal's last diagnosis says {name} {said}, the report says {found}."


def _check_documents(incident: Incident, documents: dict[str, str]) -> Iterator[str]:
    impact = incident.impact
    counted = re.compile(rf"\b([\d,]+) of ([\d,]+) {re.escape(impact.basis)}\b[^.\n]* failed")
    for name, text in sorted(documents.items()):
        said = {(int(a.replace(",", "") or 0), int(b.replace(",", "") or 0)) for a, b in counted.findall(text)}
        for failed, total in sorted(said - {(impact.failed, impact.total)}):
            yield (
                f"{name} says that {failed} of {total} {impact.basis} failed, "
                f"the report says {impact.failed} of {impact.total}."
            )


def _find_first(events: Sequence[Event], kind: EventKind) -> Event | None:
    return next((event for event in events if event.kind == kind and event.done), None)
