"""Measures what a command costs, for the journal of its incident."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hotfix.core.errors import HotfixError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotfix.learn.events import Event
    from hotfix.learn.recording import Effort


def tell_time() -> datetime:
    """Return what time it is, to the millisecond."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Runs from when it is made."""

    began: datetime = field(default_factory=tell_time)
    cpu_s: float = field(default_factory=lambda: sum(os.times()[:4]))

    def stop(self) -> "Effort":
        """Return the time and the work since then."""
        from hotfix.learn.recording import Effort

        return Effort(self.began, tell_time(), sum(os.times()[:4]) - self.cpu_s)


def keep_events(folder: Path, events: "Iterable[Event]") -> None:
    """Write down in the incident's journal what a command did; tell when that is not possible, and go on.

    What the command found is printed all the same: it is what somebody waits for.
    """
    from hotfix.learn.events import append_event, read_events
    from hotfix.learn.recording import leave_out_known

    try:
        for event in leave_out_known(events, read_events(folder).events):
            append_event(folder, event)
    except HotfixError as error:
        typer.echo(f"hotfix: not written down: {error}", err=True)


def keep_rollout(folder: Path) -> None:
    """Write down in the incident's journal what the last rollout brought, if it is over."""
    from hotfix.learn.rolloutrecords import record_rollout
    from hotfix.rollout.execute.journal import read_past

    try:
        past = read_past(folder)
    except HotfixError as error:
        typer.echo(f"hotfix: not written down: {error}", err=True)
        return
    keep_events(folder, record_rollout(past, tell_time()) if past else ())
