"""What the index holds of an incident, read from its folder: the folder is the truth, this is a copy.

Comes in: a folder. Goes out: where the incident stands, its times, and the texts that a search looks through. Links and
whatever else is no plain file are passed by.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.files import read_start
from hotfix.core.node import Node
from hotfix.core.settings import SEARCHED_BYTES_MOST
from hotfix.learn.card import DIAGNOSIS, REPORT, Card, open_report, take_card
from hotfix.learn.clock import read_clock
from hotfix.learn.events import read_events
from hotfix.learn.query import Times
from hotfix.learn.status import read_status
from hotfix.learn.statuses import Status


@dataclass(frozen=True, slots=True)
class Texts:
    """What a search looks through."""

    statement: str
    evidence: str
    notes: str
    documents: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident as the index holds it."""

    card: Card
    status: Status
    times: Times
    texts: Texts
    signature: str  # what it is compared by, as JSON of `knowledge.signature`


def find_folders(root: Path) -> dict[str, str]:
    """Return the names of the folders that hold a report, each with a fingerprint that changes whenever a file does."""
    try:
        names = sorted(path.name for path in root.iterdir())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"expected a folder of incidents at {root}, found: {error.strerror}") from None
    prints = {name: _take_fingerprint(root / name) for name in names if not name.startswith(".") and name.isprintable()}
    return {name: found for name, found in prints.items() if found is not None}


def read_entry(folder: Path) -> Entry | None:
    """Return the entry of a folder, None when its analysis found no incident.

    Raises:
        InputError: the report or the journal cannot be read; the message names what is wrong.
    """
    from hotfix.learn.knowledge.signature import render_signature, take_signature  # reads traces: slow to import

    report = open_report(folder / REPORT)
    card, signature = take_card(report), take_signature(report)
    if card is None or signature is None:
        return None
    log = read_events(folder)
    clock = read_clock(card, log.events, now=card.started_at)  # what runs is not kept, so that now does not matter
    return Entry(
        card=card,
        status=read_status(card, log.events),
        times=Times(
            started_at=card.started_at,
            ended_at=card.ended_at,
            noticed_at=clock.noticed_at,
            mitigated_at=clock.mitigated_at,
            resolved_at=clock.resolved_at,
            reviewed_at=clock.reviewed_at,
        ),
        texts=Texts(
            statement=_join((card.id, *card.services, card.category or "", card.statement)),
            evidence=_join(_read_evidence(report)),
            notes=_join(event.text for event in log.events),
            documents=_join(_read_documents(folder)),
        ),
        signature=render_signature(signature),
    )


def _take_fingerprint(folder: Path) -> str | None:
    """Return a hash of the names, sizes and times of a folder's files; None when there is no report among them."""
    try:
        with os.scandir(folder) as found:
            plain = {one.name: one.stat(follow_symlinks=False) for one in found if one.is_file(follow_symlinks=False)}
    except OSError:
        return None
    if REPORT not in plain:
        return None
    said = sorted((name, one.st_size, one.st_mtime_ns, one.st_ino) for name, one in plain.items())
    return hashlib.sha256(ascii(said).encode()).hexdigest()


def _read_evidence(report: Node) -> Iterator[str]:
    for one in report.each("evidence"):
        yield one.get("statement").text()
        yield one.get("excerpt").text()


def list_documents(folder: Path) -> Iterator[Path]:
    """Return the Markdown files of a folder by name; links, folders and drafts are passed by."""
    for path in sorted(folder.glob("*.md")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path


def _read_documents(folder: Path) -> Iterator[str]:
    for path in list_documents(folder):
        if path.name != DIAGNOSIS:
            yield read_start(path, SEARCHED_BYTES_MOST, "a document").decode("utf-8", "replace")


def _join(texts: Iterable[str]) -> str:
    return "\n".join(texts)[:SEARCHED_BYTES_MOST]
