"""The journal of an incident, `events.jsonl` in its folder: each phase and each note with its time and its source.

Comes in: an event, or a folder. Goes out: a line at the end of the file, or all events in the order they were written.
Lines are only ever added. What an event means for the clock or the status is said in `clock` and `status`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from hotfix.core.errors import InputError, UsageError
from hotfix.core.facts import Skipped
from hotfix.core.journal import append_line, read_entries
from hotfix.core.node import Node
from hotfix.core.settings import EVENT_BYTES_MOST, EVENTS_FILE_BYTES_MOST
from hotfix.core.text import format_time

EVENTS = "events.jsonl"
SCHEMA = "hotfix.event/1"

_NOTHING: Mapping[str, object] = MappingProxyType({})


class EventKind(StrEnum):
    """What happened: the phases of an incident in their usual order, then what else is recorded."""

    DETECTED = "detected"
    DIAGNOSED = "diagnosed"
    PATCHED = "patched"
    TESTED = "tested"
    MITIGATED = "mitigated"  # users are no longer harmed; the cause may still be there
    RESOLVED = "resolved"  # the cause is gone
    REVIEWED = "reviewed"
    CLOSED = "closed"  # nobody works on it any more; the text says why
    REOPENED = "reopened"
    NOTE = "note"


class EventSource(StrEnum):
    """Who says so."""

    LOG = "log"  # the logs that were analysed
    COMMAND = "command"  # a command of hotfix, of what it did itself
    OPERATOR = "operator"  # a person, by `hotfix incidents`
    JOURNAL = "journal"  # the journal of a rollout
    ALERT = "alert"  # a monitoring system


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. Later versions may write kinds and sources that are no member of the enums."""

    kind: str  # an EventKind
    at: datetime  # when it happened
    recorded_at: datetime  # when it was written down
    source: str  # an EventSource
    text: str = ""  # one sentence for people; may quote logs or be typed by anybody
    actor: str | None = None  # role of who did it, as in "on-call"; never a person's name
    done: bool = True  # False for an attempt that did not end its phase, as a patch that no gate let pass
    details: Mapping[str, object] = field(default_factory=lambda: _NOTHING)  # plain JSON values, frozen when read
    more: Mapping[str, object] = field(default_factory=lambda: _NOTHING)  # fields of later versions, kept as they came


@dataclass(frozen=True, slots=True)
class EventLog:
    """What a journal holds."""

    events: tuple[Event, ...] = ()  # in the order they were written
    skipped: tuple[Skipped, ...] = ()  # lines that are no event, each with its place and the reason


def append_event(folder: Path, event: Event) -> None:
    """Write an event at the end of the folder's journal; it is on disk when this returns.

    Raises:
        InputError: the event is none that could be read back; the message names the field.
        UsageError: the journal cannot be written, or the disk is full; it is as it was.
    """
    line = render_event(event)
    parse_event(line, "the event")
    try:
        append_line(folder / EVENTS, line)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(f"expected a journal that can be written at {folder / EVENTS}, found: {found}") from None


def read_events(folder: Path) -> EventLog:
    """Return the folder's events; a line that is none is told in `skipped`, a journal that is not there is empty.

    Raises:
        InputError: the journal is there and cannot be read, or is larger than EVENTS_FILE_BYTES_MOST.
    """
    return EventLog(*read_entries(folder / EVENTS, EVENTS_FILE_BYTES_MOST, parse_event))


def render_event(event: Event) -> str:
    """Return an event as one line of JSON, ASCII only."""
    whole = {
        "schema": SCHEMA,
        "time": format_time(event.at),
        "kind": event.kind,
        "source": event.source,
        "text": event.text,
        "actor": event.actor,
        "done": event.done,
        "details": event.details,
        "recorded_at": format_time(event.recorded_at),
    }
    return json.dumps(whole | dict(event.more), ensure_ascii=True, allow_nan=False, default=dict)


def parse_event(line: str, where: str) -> Event:
    """Return the event that a line of a journal holds.

    Raises:
        InputError: it holds none; the message names the place, the field, and what was expected there.
    """
    if len(line) > EVENT_BYTES_MOST:
        raise InputError(f"expected at most {EVENT_BYTES_MOST} characters at {where}, found {len(line)}")
    root = Node.parse(line, where, SCHEMA)
    root.check_schema()
    more = {key: value for key, value in root.mapping().items() if key not in _KEYS}
    return Event(
        kind=root.get("kind").word(),
        at=root.get("time").time(),
        recorded_at=root.get("recorded_at").time(),
        source=root.get("source").word(),
        text=root.get("text").text(),
        actor=root.optional("actor", Node.text),
        done=root.get("done").truth(),
        details=root.get("details").mapping(),
        more=MappingProxyType(more),
    )


_KEYS = frozenset({"schema", "time", "kind", "source", "text", "actor", "done", "details", "recorded_at"})
