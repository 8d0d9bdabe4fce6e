"""A list of incidents as a table for the terminal and as JSON; whatever comes from logs is inert."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hotfix.core.facts import Severity
from hotfix.core.text import format_time, say_span
from hotfix.learn.query import Found, Summary
from hotfix.learn.statuses import Status
from hotfix.report.page import Page
from hotfix.report.words import list_words, say_count

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "hotfix.incidents/1"
_OVER = frozenset({Status.RESOLVED, Status.CLOSED})
_SERVICES_SHOWN = 2
_TITLES = ("incident", "", "status", "harm", "what")


def render_list(found: Found, console: "Console", now: datetime) -> None:
    """Print one line for each incident, and how many there are; `now` ends the harm of those that go on."""
    page, rows = Page(console), [_list_cells(one, now) for one in found.summaries]
    widths = [max(map(len, column)) for column in zip(_TITLES, *rows, strict=True)]
    styles = [colour(one.severity, one.status) for one in found.summaries]
    if rows:
        page.line(_lay_out(_TITLES, widths), "bold")
    for cells, style in zip(rows, styles, strict=True):
        page.line(_lay_out(cells, widths), style)
    page.line(say_count(len(found.summaries), "incident"))


def render_list_json(found: Found) -> str:
    """Return the same as JSON, schema `hotfix.incidents/1`: one object, ASCII only."""
    whole = {
        "schema": SCHEMA,
        "incidents": [_describe(one) for one in found.summaries],
        "unreadable": [{"where": one.where, "reason": one.reason} for one in found.unreadable],
        "note": found.note,
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)


def say_cause(category: str | None, services: tuple[str, ...]) -> str:
    """Return the cause family and where it is, in a few words."""
    family = "cause not known" if category in (None, "unknown") else category
    return f"{family} at {list_words(services, _SERVICES_SHOWN)}" if services else str(family)


def colour(severity: Severity, status: Status) -> str:
    """Return the style of an incident: what is urgent stands out, what is over steps back."""
    if status in _OVER:
        return "dim"
    return "bold red" if status is Status.OPEN and severity in {Severity.P0, Severity.P1} else "bold"


def _lay_out(cells: Sequence[str], widths: Sequence[int]) -> str:
    whole = (f"{cell:<{width}}" for cell, width in zip(cells[:-1], widths[:-1], strict=True))
    return "  ".join((*whole, cells[-1]))


def _list_cells(one: Summary, now: datetime) -> tuple[str, ...]:
    """Return what stands in the columns; only the last is of unknown width, and is cut."""
    return one.folder, one.severity.value, one.status.value, _say_harm(one, now), _say_what(one)


def _say_harm(one: Summary, now: datetime) -> str:
    """Return how long users were harmed; one that goes on ends with a plus, one that was closed alone says nothing."""
    times = one.times
    if times.mitigated_at is None and one.status is not Status.OPEN:
        return "-"
    seconds = ((times.mitigated_at or now) - times.started_at).total_seconds()
    return say_span(seconds) + ("" if times.mitigated_at else "+")


def _say_what(one: Summary) -> str:
    return " ".join(one.found.split()) if one.found else f"{say_cause(one.category, one.services)}: {one.statement}"


def _describe(one: Summary) -> dict[str, object]:
    times = one.times
    return {
        "id": one.id,
        "folder": one.folder,
        "severity": one.severity,
        "status": one.status,
        "category": one.category,
        "services": list(one.services),
        "statement": one.statement,
        "started_at": _time(times.started_at),
        "ended_at": _time(times.ended_at),
        "noticed_at": _time(times.noticed_at),
        "mitigated_at": _time(times.mitigated_at),
        "resolved_at": _time(times.resolved_at),
        "reviewed_at": _time(times.reviewed_at),
        "found": one.found,
    }


def _time(time: datetime | None) -> str | None:
    return format_time(time) if time else None
