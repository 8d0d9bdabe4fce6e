"""Reads what the metrics need of each incident's folder; what cannot be read is told, and counted as not known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from hotfix.core.errors import InputError, MissingError
from hotfix.core.facts import Skipped
from hotfix.core.files import read_all
from hotfix.core.node import Node
from hotfix.learn.actions import read_actions
from hotfix.learn.card import REPORT, open_report, take_card
from hotfix.learn.clock import read_clock
from hotfix.learn.entry import find_folders
from hotfix.learn.events import read_events
from hotfix.learn.metrics.contract import Claims, Incident, Rollout
from hotfix.learn.metrics.limits import TEST_BYTES_MOST
from hotfix.learn.review import RCA
from hotfix.learn.status import read_status
from hotfix.repair.verify.contract import TEST_JSON, Category
from hotfix.rollout.execute.contract import Kind, Step
from hotfix.rollout.execute.journal import Past, read_rollouts

T = TypeVar("T")
U = TypeVar("U")


@dataclass(slots=True)
class _Folder:
    """One folder, and what could not be read of it."""

    path: Path
    skipped: list[Skipped] = field(default_factory=list)

    def try_read(self, read: Callable[[Path], T], otherwise: U) -> T | U:
        try:
            return read(self.path)
        except InputError as error:
            self.skipped.append(Skipped(self.path.name, str(error)))
            return otherwise


def read_incidents(root: Path) -> tuple[tuple[Incident, ...], tuple[Skipped, ...]]:
    """Return all incidents in the folders of `root`, and what could not be read; an analysis that found none is none.

    Raises:
        InputError: `root` itself cannot be read.
    """
    folders = [_Folder(root / name) for name in find_folders(root)]
    found = [_read_incident(folder) for folder in folders]
    return tuple(one for one in found if one), tuple(one for folder in folders for one in folder.skipped)


def _read_incident(folder: _Folder) -> Incident | None:
    """Return the incident of a folder; None where there is none, or its report or journal cannot be read."""
    return folder.try_read(lambda _: _compose(folder), None)


def _compose(folder: _Folder) -> Incident | None:
    report = open_report(folder.path / REPORT)
    card = take_card(report)
    if card is None:
        return None
    log = read_events(folder.path)
    folder.skipped.extend(Skipped(f"{folder.path.name}/{one.where}", one.reason) for one in log.skipped)
    return Incident(
        card=card,
        status=read_status(card, log.events),
        events=log.events,
        clock=read_clock(card, log.events, now=card.started_at),
        rollouts=folder.try_read(_read_rollouts, None),
        regression=folder.try_read(_read_regression, ""),
        claims=_take_claims(report),
        actions=folder.try_read(read_actions, None),
        has_review=(folder.path / RCA).is_file(),
    )


def _read_rollouts(folder: Path) -> tuple[Rollout, ...]:
    ended = (_find_end(past) for past in read_rollouts(folder))
    return tuple(one for one in ended if one)


def _find_end(past: Past) -> Rollout | None:
    """Return how a rollout ended: it went back if it ever did, were it after it had been confirmed."""
    for line in past.lines:
        if line.kind in {Kind.ROLLED_BACK, Kind.STRANDED}:
            return Rollout(confirmed=False, ended_at=line.at)
    if past.state.step is Step.CONFIRMED:
        return Rollout(confirmed=True, ended_at=past.lines[-1].at)
    return None


def _read_regression(folder: Path) -> str | None:
    """Return the status of what worked before the patch; None where nothing was tested."""
    path = folder / TEST_JSON
    try:
        root = Node.parse(read_all(path, TEST_BYTES_MOST, "a file"), str(path), TEST_JSON)
    except MissingError:
        return None
    categories = root.get("categories")
    if not categories.has(Category.REGRESSION):
        return ""
    return categories.get(Category.REGRESSION).get("status").word()


def _take_claims(report: Node) -> Claims | None:
    if not report.has("model") or report.get("model").value is None:
        return None
    model = report.get("model")
    return Claims(model.get("accepted_claims").whole(), model.get("struck_claims").whole())
