"""One incident on one screen: where it stands, its clock, documents and last events; and the same as JSON."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from hotfix.core.text import format_time, say_span
from hotfix.learn.clock import Clock, Phase, PhaseTime, say_against
from hotfix.learn.events import EVENTS, Event, render_event
from hotfix.learn.review import say_noticed_by
from hotfix.learn.state import State
from hotfix.report.answers import Answer
from hotfix.report.incidentlist import colour, say_cause
from hotfix.report.page import Item, Page

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "hotfix.incident/1"
EVENTS_SHOWN = 7
"""Last events on the screen: with the rest they fit the smallest terminal (`FIRST_SCREEN_LINES`)."""


def render_incident(state: State, console: "Console") -> None:
    """Print where an incident stands."""
    card, page = state.card, Page(console)
    headline = f"{card.severity} · {state.status} · {say_cause(card.category, card.services)} · {card.id}"
    page.headline(headline, colour(card.severity, state.status))
    for answer in (
        Answer("What broke", card.statement),
        Answer("Onset", *_say_onset(state)),
        Answer("Clock", *_say_clock(state.clock)),
        Answer("Documents", ", ".join(state.documents), (f"in {state.folder}",)),
        Answer("Last events", *_say_events(state.log.events)),
    ):
        page.answer(answer)
    if state.log.skipped:
        page.title("Not read")
        for skipped in state.log.skipped:
            page.item(Item(f"{skipped.where}: {skipped.reason}"))


def render_incident_json(state: State) -> str:
    """Return the same as JSON, schema `hotfix.incident/1`: one object, ASCII only."""
    card, clock = state.card, state.clock
    whole = {
        "schema": SCHEMA,
        "id": card.id,
        "folder": str(state.folder),
        "severity": card.severity,
        "status": state.status,
        "category": card.category,
        "services": list(card.services),
        "statement": card.statement,
        "started_at": format_time(card.started_at),
        "detected_at": _time(card.detected_at),
        "ended_at": _time(card.ended_at),
        "clock": {
            "noticed_at": _time(clock.noticed_at),
            "noticed_by": clock.noticed_by,
            "mitigated_at": _time(clock.mitigated_at),
            "resolved_at": _time(clock.resolved_at),
            "reviewed_at": _time(clock.reviewed_at),
            "detection_s": clock.detection_s,
            "harm_s": clock.harm_s,
            "repair_s": clock.repair_s,
            "running": clock.running.phase if clock.running else None,
            "phases": [_describe(one) for one in clock.phases],
        },
        "documents": list(state.documents),
        "events": [json.loads(render_event(event)) for event in state.log.events],
        "skipped": [{"where": one.where, "reason": one.reason} for one in state.log.skipped],
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)


def say_standing(state: State) -> str:
    """Return where an incident stands in one line."""
    total = next(one for one in state.clock.phases if one.phase is Phase.TOTAL)
    took = "" if total.seconds is None else f" · {say_against(total.seconds, Phase.TOTAL, total.severity)}"
    return f"{state.card.id} · {state.card.severity} · {state.status}{took}"


def say_phase(time: PhaseTime) -> str:
    """Return one phase of the clock in words."""
    name = f"{time.phase:<10}"
    if time.seconds is None:
        return f"{name}-, target {time.target_min} min"
    running = ", running" if time.running else ""
    return f"{name}{say_against(time.seconds, time.phase, time.severity)}{running}"


def say_event(event: Event) -> str:
    """Return one event in words: when, what, who says so."""
    failed = "" if event.done else " (not done)"
    who = f"{event.source}, {event.actor}" if event.actor else event.source
    text = f": {event.text}" if event.text else ""
    return f"{format_time(event.at)} {event.kind}{failed} [{who}]{text}"


def _say_onset(state: State) -> tuple[str, tuple[str, ...]]:
    clock, more = state.clock, []
    if clock.noticed_at is not None and clock.detection_s is not None:
        side = "after" if clock.detection_s >= 0 else "before"
        by = say_noticed_by(clock.noticed_by)
        more.append(f"noticed {format_time(clock.noticed_at)}, {say_span(clock.detection_s)} {side} the onset, {by}")
    if clock.mitigated_at is not None and clock.harm_s is not None:
        more.append(f"over {format_time(clock.mitigated_at)}: users were harmed for {say_span(clock.harm_s)}")
    return format_time(clock.started_at), tuple(more)


def _say_clock(clock: Clock) -> tuple[str, tuple[str, ...]]:
    total = next(one for one in clock.phases if one.phase is Phase.TOTAL)
    return say_phase(total), tuple(say_phase(one) for one in clock.phases if one is not total)


def _say_events(events: tuple[Event, ...]) -> tuple[str, tuple[str, ...]]:
    earlier = len(events) - EVENTS_SHOWN
    lines = tuple(_say_last(events))
    first = f"{earlier} earlier ones are in {EVENTS}" if earlier > 0 else ""
    return (first, lines) if first else (lines[0] if lines else "none", lines[1:])


def _say_last(events: tuple[Event, ...]) -> Iterator[str]:
    for event in sorted(events, key=lambda one: one.at)[-EVENTS_SHOWN:]:
        yield say_event(event)


def _describe(time: PhaseTime) -> dict[str, object]:
    return {
        "phase": time.phase,
        "target_min": time.target_min,
        "started_at": _time(time.started_at),
        "ended_at": _time(time.ended_at),
        "seconds": time.seconds,
        "over_s": time.over_s,
        "running": time.running,
    }


def _time(time: datetime | None) -> str | None:
    return format_time(time) if time else None
