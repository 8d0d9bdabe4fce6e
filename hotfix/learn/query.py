"""What may be asked about all incidents, and what is answered."""

from dataclasses import dataclass
from datetime import datetime

from hotfix.core.facts import Severity, Skipped
from hotfix.learn.statuses import Status


@dataclass(frozen=True, slots=True)
class Query:
    """Which incidents are asked for; what is empty or None does not limit."""

    statuses: tuple[Status, ...] = ()
    severities: tuple[Severity, ...] = ()
    service: str | None = None  # one of the affected
    since: datetime | None = None  # began then or later
    words: str | None = None  # all of them, or words that begin so, stand in its report, notes or documents
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """The instants of one incident; None for what has not happened."""

    started_at: datetime
    ended_at: datetime | None  # by itself, as the logs say
    noticed_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    """One incident of a list."""

    folder: str  # its name
    id: str
    severity: Severity
    status: Status
    category: str | None
    services: tuple[str, ...]
    statement: str  # quotes logs
    times: Times
    found: str | None = None  # where the words stand, with brackets around them; None when none were asked for


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query."""

    summaries: tuple[Summary, ...]  # newest first
    unreadable: tuple[Skipped, ...]  # folders whose report or journal cannot be read
    note: str | None = None  # why the index was made in memory
