"""Writes into the journal of an incident what its rollout brought, and tells commands the time."""

from pathlib import Path

from hotfix.cli.telling import tell
from hotfix.core.errors import HotfixError
from hotfix.flow.now import tell_time

__all__ = ["keep_rollout", "tell_time"]


def keep_rollout(folder: Path) -> None:
    """Write down in the incident's journal what the last rollout brought, if it is over."""
    from hotfix.flow.effort import keep_events
    from hotfix.learn.rolloutrecords import record_rollout
    from hotfix.rollout.execute.journal import read_past

    try:
        past = read_past(folder)
    except HotfixError as error:
        tell(f"not written down: {error}")
        return
    keep_events(folder, record_rollout(past, tell_time()) if past else (), tell)
