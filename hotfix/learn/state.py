"""Where one incident stands now, from its folder: what its report says, what was written down since, and the clock."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.learn.card import REPORT, Card, read_card
from hotfix.learn.clock import Clock, read_clock
from hotfix.learn.events import EventLog, read_events
from hotfix.learn.status import read_status
from hotfix.learn.statuses import Status


@dataclass(frozen=True, slots=True)
class State:
    """One incident at one moment."""

    folder: Path
    card: Card
    log: EventLog
    status: Status
    clock: Clock
    documents: tuple[str, ...]  # names of the files in its folder, sorted; hidden ones are drafts


def read_state(folder: Path, now: datetime) -> State:
    """Return the state of the incident in a folder.

    Raises:
        InputError: its report or journal cannot be read, or its analysis found no incident.
    """
    card = read_card(folder / REPORT)
    if card is None:
        raise InputError(f"expected an incident at {folder}, found an analysis that found none")
    log = read_events(folder)
    return State(
        folder=folder,
        card=card,
        log=log,
        status=read_status(card, log.events),
        clock=read_clock(card, log.events, now),
        documents=tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))),
    )
