"""What is known of an incident before anybody worked on it, in a few values: from the `report.json` of its folder.

The whole report is read back by `report.jsonread`; this is what the clock, the status and the index need of it.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis, Severity
from hotfix.core.files import read_start
from hotfix.core.node import Node
from hotfix.core.settings import REPORT_BYTES_MOST

REPORT, DIAGNOSIS = "report.json", "diagnosis.md"
REPORT_SCHEMA = "hotfix.report/1"


@dataclass(frozen=True, slots=True)
class Card:
    """One incident as its report says it."""

    id: str
    severity: Severity
    services: tuple[str, ...]  # affected, culprit first
    started_at: datetime
    detected_at: datetime | None  # first record at error level
    ended_at: datetime | None  # None when it went on at the end of the logs
    category: str | None  # cause family; None when nobody could say
    statement: str  # quotes logs


def describe_incident(analysis: Analysis) -> Card | None:
    """Return the card of an analysis, None when it found no incident."""
    incident, diagnosis = analysis.incident, analysis.diagnosis
    if incident is None:
        return None
    return Card(
        id=incident.id,
        severity=incident.severity,
        services=incident.services,
        started_at=incident.started_at,
        detected_at=incident.detected_at,
        ended_at=incident.ended_at,
        category=diagnosis.category,
        statement=diagnosis.statement,
    )


def read_card(path: Path) -> Card | None:
    """Return the card that a `report.json` holds, None when its analysis found no incident.

    Raises:
        InputError: the file cannot be read, is no JSON, or is no report; the message names file and key.
    """
    return take_card(open_report(path))


def open_report(path: Path) -> Node:
    """Return what a `report.json` says.

    Raises:
        InputError: the file cannot be read, is no JSON, or is no report.
    """
    return parse_report(read_start(path, REPORT_BYTES_MOST, "a report"), str(path))


def parse_report(content: bytes, where: str) -> Node:
    """Return what the bytes of a report say.

    Raises:
        InputError: they are no JSON, of another schema, or more than a report has.
    """
    if len(content) > REPORT_BYTES_MOST:
        raise InputError(f"expected a report of at most {REPORT_BYTES_MOST} bytes at {where}, found more")
    root = Node.parse(content, where, REPORT_SCHEMA)
    root.check_schema()
    return root


def take_card(root: Node) -> Card | None:
    """Return the card in a report, None when its analysis found no incident.

    Raises:
        InputError: the report breaks the schema; the message names the key.
    """
    if root.get("incident").value is None:
        return None
    incident, diagnosis = root.get("incident"), root.get("diagnosis")
    return Card(
        id=incident.get("id").text(),
        severity=incident.get("severity").one_of(Severity),
        services=incident.texts("services"),
        started_at=incident.get("started_at").time(),
        detected_at=incident.optional("detected_at", Node.time),
        ended_at=incident.optional("ended_at", Node.time),
        category=diagnosis.optional("category", Node.text),
        statement=diagnosis.get("statement").text(),
    )
