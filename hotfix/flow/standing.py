"""Tells which steps of an incident are done and still hold: a folder, an order and the journal of the way in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.flow.contract import Outcome, StepName
from hotfix.flow.inputs import take_inputs, take_log_inputs
from hotfix.flow.journal import RUN, Progress, read_progress
from hotfix.flow.left import read_outcome
from hotfix.flow.order import Order
from hotfix.learn.events import Event, EventKind, read_events
from hotfix.report.incidentfolders import INCIDENTS

_NEVER = datetime.min.replace(tzinfo=UTC)
_SAYS: dict[StepName, EventKind] = {StepName.PATCH: EventKind.PATCHED, StepName.TEST: EventKind.TESTED}
"""Steps that the journal of the incident tells of, once their documents are whole."""


def find_kept(step: StepName, folder: Path, order: Order, progress: Progress) -> Outcome | None:
    """Return what came of a step that need not be done: its documents are whole, and what it rested on is the same.

    A step that somebody did by the command of its name since then counts as well.

    Raises:
        InputError: a document cannot be read.
    """
    outcome = read_outcome(step, folder)
    if outcome is None or (outcome.document and not outcome.document.is_file()):
        return None
    ended = progress.ended.get(step)
    if ended and ended.inputs == take_inputs(step, folder, order):
        return outcome
    if step is StepName.DEPLOY:
        return None if ended else outcome
    by_hand = _did_by_hand(step, read_events(folder).events, ended.at if ended else _NEVER)
    return outcome if by_hand else None


def _did_by_hand(step: StepName, events: Sequence[Event], since: datetime) -> bool:
    """Tell whether the journal says that a step was done after the way last did it, and after all steps before it."""
    kinds = (EventKind.DIAGNOSED, *_SAYS.values())
    if step not in _SAYS:
        return False
    told = [one for one in events if one.kind in kinds[: kinds.index(_SAYS[step]) + 1]]
    return bool(told) and told[-1].kind == _SAYS[step] and told[-1].recorded_at > since


def find_started(order: Order) -> Path | None:
    """Return the folder of a way that was begun with the same logs and options, which have not changed since.

    Raises:
        InputError: the logs are not there.
    """
    if order.from_stdin:
        return None
    now = take_log_inputs(order)
    for path in sorted(INCIDENTS.glob(f"*/{RUN}"), key=lambda one: one.stat().st_mtime_ns, reverse=True):
        try:
            ended = read_progress(path.parent).ended.get(StepName.DIAGNOSE)
        except InputError:
            continue  # a journal that cannot be read tells of no way to go on with
        if ended and ended.inputs == now and read_outcome(StepName.DIAGNOSE, path.parent):
            return path.parent
    return None


def have_logs_changed(order: Order, progress: Progress) -> bool:
    """Tell whether the logs that were diagnosed are other ones now.

    Raises:
        InputError: they are not there any more.
    """
    ended = progress.ended.get(StepName.DIAGNOSE)
    if ended is None or not order.logs or order.from_stdin:
        return False
    return ended.inputs != take_log_inputs(order)
