"""The timeline of an incident: one row for each thing that any source tells, each with its source and zone.

Comes in: an analysis, the journals and the patch document of the folder. Goes out: rows in order of time; what has no
time comes last and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hotfix.core.errors import MissingError
from hotfix.core.facts import Analysis, Incident, Place
from hotfix.core.files import read_all
from hotfix.core.node import Node
from hotfix.core.settings import REPORT_BYTES_MOST
from hotfix.learn.alerts import ZONE
from hotfix.learn.card import REPORT
from hotfix.learn.events import EVENTS, Event
from hotfix.repair.contract import PATCH_JSON
from hotfix.rollout.execute.journal import JOURNAL, read_rollouts

UTC_NAME = "UTC"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that happened."""

    at: datetime | None  # None where its source names no time
    said: str  # may quote logs or be typed by anybody
    source: str  # file and line, or the journal
    zone: str  # how the zone of the time is known
    event: str | None = None  # kind of event, of what the journal tells


def draw_timeline(folder: Path, analysis: Analysis, events: tuple[Event, ...]) -> tuple[Row, ...]:
    """Return the rows of an incident's timeline, in order of time.

    Raises:
        InputError: the journal of a rollout is there and cannot be read.
    """
    if analysis.incident is None:
        return ()
    rows = [
        *_tell_marks(analysis.incident),
        *_tell_evidence(analysis),
        *_tell_changes_of_the_world(analysis),
        *(_tell_event(event) for event in events),
        *_tell_rollouts(folder),
        *_tell_commits(folder),
    ]
    first = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(rows, key=lambda row: (row.at is None, row.at or first, row.source)))


def _tell_marks(incident: Incident) -> Iterator[Row]:
    source = REPORT
    yield Row(incident.started_at, "the incident begins", source, UTC_NAME)
    if incident.ended_at:
        yield Row(incident.ended_at, "the incident ends in the logs", source, UTC_NAME)


def _tell_evidence(analysis: Analysis) -> Iterator[Row]:
    told = {(deploy.source, deploy.at) for deploy in analysis.deploys}
    for one in analysis.evidence:
        if one.time is not None and (one.place, one.time) not in told:
            yield Row(one.time, f"{one.id} {one.statement}", _say_place(one.place), _find_zone(analysis, one.place))


def _tell_changes_of_the_world(analysis: Analysis) -> Iterator[Row]:
    for one in analysis.deploys:
        said = f"{one.id} {one.kind.value}: {one.summary}"
        yield Row(one.at, said, _say_place(one.source), _find_zone(analysis, one.source))


def _tell_event(event: Event) -> Row:
    who = f", {event.actor}" if event.actor else ""
    failed = "" if event.done else " (not done)"
    text = f": {event.text}" if event.text else ""
    zone = event.details.get(ZONE)
    source = f"{EVENTS}, {event.source}{who}"
    return Row(event.at, f"{event.kind}{failed}{text}", source, zone if isinstance(zone, str) else UTC_NAME, event.kind)


def _tell_rollouts(folder: Path) -> Iterator[Row]:
    for rollout in read_rollouts(folder):
        for line in rollout.lines:
            if line.text:
                yield Row(line.at, f"{line.kind}: {line.text}", JOURNAL, UTC_NAME)


def _tell_commits(folder: Path) -> Iterator[Row]:
    """Tell the suspect commits of the patch document; it names no time of theirs."""
    for one in read_suspects(folder):
        yield Row(None, f"suspect commit {one.commit}: {one.subject}", PATCH_JSON, "not known")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A commit that the patch document names."""

    commit: str
    subject: str


def read_suspects(folder: Path) -> tuple[Suspect, ...]:
    """Return the suspect commits of the folder's patch document, none where there is no such document.

    Raises:
        InputError: the document is there and cannot be read.
    """
    path = folder / PATCH_JSON
    try:
        content = read_all(path, REPORT_BYTES_MOST, "a patch document")
    except MissingError:
        return ()
    root = Node.parse(content, str(path), "what hotfix patch writes")
    return tuple(Suspect(one.get("commit").text(), one.get("subject").text()) for one in root.each("suspects"))


def _find_zone(analysis: Analysis, place: Place) -> str:
    found = next((file.timezone for file in analysis.files if file.path == place.file), None)
    return f"{UTC_NAME}; {found}" if found else UTC_NAME


def _say_place(place: Place) -> str:
    return f"{place.file}:{place.line}"
