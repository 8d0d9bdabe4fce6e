"""What was to be done after similar incidents and is not: would one of these actions have prevented the new one?"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.facts import Comparison
from hotfix.learn.actions import Action, Standing, read_actions
from hotfix.learn.store import ask_index


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action that nobody has done or declined, and the incident after which it was proposed."""

    incident: str  # id
    action: Action


def find_open_actions(root: Path, found: Comparison) -> tuple[OpenAction, ...]:
    """Return the open actions of the incidents that were found, in their folders below `root`; most alike first.

    A folder may have another name than its incident, and one incident may lie in several.

    Raises:
        InputError: `root`, or the actions of one, cannot be read.
        UsageError: this SQLite can hold no index at all.
    """
    if not found.similar:
        return ()
    folders = ask_index(root, _select_folders)
    pairs = ((one.incident, root / name) for one in found.similar for name in folders.get(one.incident, ()))
    return tuple(list_open((incident, read_actions(folder)) for incident, folder in pairs))


def _select_folders(index: sqlite3.Connection, _note: str | None) -> Mapping[str, Sequence[str]]:
    """Return the names of the folders by the id of the incident in them."""
    found = defaultdict[str, list[str]](list)
    rows = index.execute("SELECT id, name FROM incidents JOIN folders USING (number) ORDER BY name")
    for incident, name in rows:
        found[incident].append(name)
    return found


def list_open(actions: Iterable[tuple[str, Iterable[Action]]]) -> Iterator[OpenAction]:
    """Yield those that are open of the actions of several incidents, given with their ids."""
    return (
        OpenAction(incident, action)
        for incident, proposed in actions
        for action in proposed
        if action.standing is Standing.OPEN
    )
