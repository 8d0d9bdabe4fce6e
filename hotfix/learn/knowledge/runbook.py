"""What a runbook of a cause family can say from past incidents and from the rules alone: folders in, values out.

A family recurs with the second incident. Nothing is made up: each line is of an incident's folder or of a rule file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hotfix.core.errors import InputError, UsageError, did_you_mean
from hotfix.core.facts import Severity, Skipped
from hotfix.diagnosis.causefiles import Cause
from hotfix.diagnosis.causes import UNKNOWN, load_causes
from hotfix.learn.actions import read_actions
from hotfix.learn.entry import find_folders
from hotfix.learn.events import Event, EventKind
from hotfix.learn.knowledge.articles import ARTICLES, SUFFIX
from hotfix.learn.knowledge.prevention import OpenAction, list_open
from hotfix.learn.knowledge.signature import Signature, read_signature
from hotfix.learn.knowledge.similar import is_same
from hotfix.learn.state import State, read_state
from hotfix.learn.statuses import Status

RECURS_FROM = 2
"""Incidents from which a family is a recurring one: what came back once is expected again."""

_PREFIX = "runbook-"
_ENDS = (EventKind.MITIGATED, EventKind.RESOLVED)
_TRIED = (EventKind.PATCHED, EventKind.TESTED, *_ENDS)


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that several incidents have in common."""

    said: str
    incidents: int


@dataclass(frozen=True, slots=True)
class Course:
    """How one past incident went."""

    incident: str
    folder: str
    started_at: datetime
    severity: Severity
    status: Status
    services: tuple[str, ...]
    statement: str
    recovered_at: datetime | None  # by itself, as the logs say
    ended: tuple[Event, ...]  # what ended it
    failed: tuple[Event, ...]  # what was tried and ended nothing


@dataclass(frozen=True, slots=True)
class Runbook:
    """What is known of a family."""

    cause: Cause
    courses: tuple[Course, ...]  # oldest first
    texts: tuple[Shared, ...]  # of logs, most shared first; of at least RECURS_FROM incidents
    exceptions: tuple[Shared, ...]
    code: tuple[Shared, ...]
    services: tuple[Shared, ...]  # of any incident
    changes: tuple[Shared, ...]  # that came first, of any incident
    unchanged: int  # incidents of which no change is cited
    actions: tuple[OpenAction, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """All incidents by their cause family."""

    families: dict[str, tuple[Path, ...]]  # folders, oldest first
    unreadable: tuple[Skipped, ...]


def find_runbook(root: Path, family: str) -> Path:
    """Return where the runbook of a family lies, or would lie, beside the incidents in the folders of `root`."""
    return root.parent / ARTICLES / f"{_PREFIX}{family}{SUFFIX}"


def group_incidents(root: Path) -> Past:
    """Return the folders of `root` by cause family; what is another look at a kept incident is passed by.

    Raises:
        InputError: `root` cannot be read.
    """
    signed, unreadable = list[tuple[Signature, Path]](), list[Skipped]()
    for name in find_folders(root):
        try:
            signature = read_signature(root / name)
        except InputError as error:
            unreadable.append(Skipped(name, str(error)))
            continue
        if signature is not None and signature.family not in (None, UNKNOWN):
            signed.append((signature, root / name))
    signed.sort(key=lambda pair: (pair[0].started_at, pair[0].incident))
    families, kept = dict[str, tuple[Path, ...]](), list[Signature]()
    for signature, folder in signed:
        if signature.family is not None and not any(is_same(signature, one) for one in kept):
            kept.append(signature)
            families[signature.family] = (*families.get(signature.family, ()), folder)
    return Past(families, tuple(unreadable))


def list_recurring(past: Past) -> tuple[str, ...]:
    """Return the families of at least RECURS_FROM incidents, the most frequent first."""
    found = [name for name, folders in past.families.items() if len(folders) >= RECURS_FROM]
    return tuple(sorted(found, key=lambda name: (-len(past.families[name]), name)))


def gather_runbook(past: Past, family: str, now: datetime) -> Runbook:
    """Return what is known of a family.

    Raises:
        InputError: a journal or the actions of one of its incidents cannot be read.
        UsageError: there is no such family, or it does not recur here.
    """
    causes = load_causes()
    if family not in causes or family == UNKNOWN:
        near = did_you_mean(family, causes)
        raise UsageError(f"expected a cause family as in docs/causes.md, found {family!r}{near}")
    folders = past.families.get(family, ())
    if len(folders) < RECURS_FROM:
        raise UsageError(f"expected at least {RECURS_FROM} past incidents of {family} here, found {len(folders)}")
    signed = [one for one in map(read_signature, folders) if one is not None]
    changes = [one.change for one in signed if one.change]
    return Runbook(
        cause=causes[family],
        courses=tuple(_follow(read_state(folder, now)) for folder in folders),
        texts=_count((one.texts for one in signed), RECURS_FROM),
        exceptions=_count((one.exceptions for one in signed), RECURS_FROM),
        code=_count((one.code for one in signed), RECURS_FROM),
        services=_count((one.services for one in signed), 1),
        changes=_count(((one,) for one in changes), 1),
        unchanged=len(signed) - len(changes),
        actions=tuple(list_open((folder.name, read_actions(folder)) for folder in folders)),
    )


def _follow(state: State) -> Course:
    events, card = state.log.events, state.card
    return Course(
        incident=card.id,
        folder=state.folder.name,
        started_at=card.started_at,
        severity=card.severity,
        status=state.status,
        services=card.services,
        statement=card.statement,
        recovered_at=card.ended_at,
        ended=tuple(one for one in events if one.kind in _ENDS and one.done and not _was_undone(one, events)),
        failed=tuple(_find_failed(events)),
    )


def _find_failed(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the attempts that ended nothing, and what ended it only until it was opened again."""
    for one in events:
        if (one.kind in _TRIED and not one.done) or (one.kind in _ENDS and one.done and _was_undone(one, events)):
            yield one


def _was_undone(event: Event, events: Sequence[Event]) -> bool:
    """Tell whether the incident was opened again after an event, in the order they were written."""
    later = events[events.index(event) + 1 :]
    return any(one.kind == EventKind.REOPENED for one in later)


def _count(lists: Iterable[Iterable[str]], least: int) -> tuple[Shared, ...]:
    """Return what at least so many lists hold, with how many; what most hold comes first, then in order of coming."""
    found = Counter(name for names in lists for name in dict.fromkeys(names))
    return tuple(Shared(said, number) for said, number in found.most_common() if number >= least)
