"""Finds incidents over all folders by an index that follows the folders by itself and can always be made anew.

Comes in: the folder of incidents and what is asked. Goes out: summaries, newest first. Where the index cannot be
written it is made in memory for this one answer, and that is said.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from hotfix.core.errors import UsageError
from hotfix.learn.database import is_damage, make_database, open_database, open_memory
from hotfix.learn.indexing import follow_folders
from hotfix.learn.query import Found, Query
from hotfix.learn.searching import select_incidents

DATABASE = "hotfix.db"

T = TypeVar("T")


def find_incidents(root: Path, query: Query) -> Found:
    """Return the incidents in the folders of `root` that match.

    Raises:
        InputError: `root` cannot be read.
        UsageError: this SQLite can hold no index at all.
    """
    return ask_index(root, lambda index, note: select_incidents(index, query, note))


def ask_index(root: Path, ask: Callable[[sqlite3.Connection, str | None], T]) -> T:
    """Return what `ask` finds in the index over the folders of `root`; it is told why one had to be made in memory.

    Raises:
        InputError: `root` cannot be read.
        UsageError: this SQLite can hold no index at all.
    """
    path, note = root.parent / DATABASE, None
    if root.is_dir():
        for _ in range(2):
            try:
                with open_database(path) as index:
                    follow_folders(index, root)
                    return ask(index, None)
            except (sqlite3.Error, OSError) as error:
                note = _say_unwritable(path, error)
                if not (isinstance(error, sqlite3.Error) and is_damage(error) and _throw_away(path)):
                    break
    return _ask_in_memory(root, ask, note)


def reindex(root: Path) -> Found:
    """Make the index anew from the folders, and return all of them.

    Raises:
        InputError: `root` cannot be read.
        UsageError: the index cannot be written, as on a full disk.
    """
    path = root.parent / DATABASE
    if not root.is_dir():
        return find_incidents(root, Query())
    try:
        make_database(path, anew=True)
    except (sqlite3.Error, OSError) as error:
        raise UsageError(_say_unwritable(path, error)) from None
    found = find_incidents(root, Query())
    if found.note:
        raise UsageError(found.note)
    return found


def _ask_in_memory(root: Path, ask: Callable[[sqlite3.Connection, str | None], T], note: str | None) -> T:
    with closing(open_memory()) as index:
        follow_folders(index, root)
        return ask(index, note)


def _throw_away(path: Path) -> bool:
    """Make a damaged index anew; tell whether that was possible."""
    try:
        make_database(path, anew=True)
    except (sqlite3.Error, OSError):
        return False
    return True


def _say_unwritable(path: Path, error: sqlite3.Error | OSError) -> str:
    found = (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
    return f"expected an index that can be written at {path}, found: {found}"
