"""Keeps the index like the folders: what is new or has changed is read, what is gone is forgotten."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.settings import INDEX_FOLDERS_AT_ONCE
from hotfix.learn.entry import Entry, find_folders, read_entry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_INCIDENT = "INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_TEXTS = "INSERT INTO texts (rowid, statement, evidence, notes, documents) VALUES (?, ?, ?, ?, ?)"
_SIGNATURE = "INSERT INTO signatures VALUES (?, ?)"
_DELETES = (
    "DELETE FROM texts WHERE rowid = ?",
    "DELETE FROM signatures WHERE number = ?",
    "DELETE FROM services WHERE number = ?",
    "DELETE FROM incidents WHERE number = ?",
    "DELETE FROM folders WHERE number = ?",
)


def follow_folders(index: sqlite3.Connection, root: Path) -> None:
    """Bring the index up to date; each transaction is short, and none is begun when nothing has changed.

    Raises:
        InputError: `root` cannot be read.
        sqlite3.Error: the index cannot be written.
    """
    known = dict(index.execute("SELECT name, fingerprint FROM folders"))
    present = find_folders(root)  # after what is known: what another shell adds meanwhile is not taken for gone
    if gone := [name for name in known if name not in present]:
        with change_index(index):
            for name in gone:
                _forget(index, name)
    changed = [name for name, fingerprint in present.items() if known.get(name) != fingerprint]
    for start in range(0, len(changed), INDEX_FOLDERS_AT_ONCE):
        read = [(name, _read_folder(root / name)) for name in changed[start : start + INDEX_FOLDERS_AT_ONCE]]
        with change_index(index):
            for name, entry in read:
                _forget(index, name)
                _keep(index, name, present[name], entry)


def to_number(time: datetime | None) -> int | None:
    """Return an instant as whole microseconds since 1970, which SQLite compares and keeps without loss."""
    return None if time is None else (time - EPOCH) // timedelta(microseconds=1)


def clean(text: str) -> str:
    """Return text that SQLite can keep: lone surrogates, as JSON may hold, become question marks; so do zero bytes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def _read_folder(folder: Path) -> Entry | str | None:
    """Return its entry, or why it cannot be read."""
    try:
        return read_entry(folder)
    except InputError as error:
        return str(error)


@contextmanager
def change_index(index: sqlite3.Connection) -> Iterator[None]:
    """Do all of what is inside or nothing of it."""
    index.execute("BEGIN IMMEDIATE")
    try:
        yield
        index.execute("COMMIT")
    finally:
        if index.in_transaction:
            index.execute("ROLLBACK")


def _forget(index: sqlite3.Connection, name: str) -> None:
    for row in index.execute("SELECT number FROM folders WHERE name = ?", (name,)).fetchall():
        for statement in _DELETES:
            index.execute(statement, row)


def _keep(index: sqlite3.Connection, name: str, fingerprint: str, found: Entry | str | None) -> None:
    problem = clean(found) if isinstance(found, str) else None
    row = (name, fingerprint, problem)
    number = index.execute("INSERT INTO folders (name, fingerprint, problem) VALUES (?, ?, ?)", row).lastrowid
    if not isinstance(found, Entry):
        return
    card, services = found.card, [clean(one) for one in found.card.services]
    category = None if card.category is None else clean(card.category)
    words = (clean(card.id), card.severity.value, found.status.value, category, json.dumps(services))
    index.execute(_INCIDENT, (number, *words, clean(card.statement), *map(to_number, astuple(found.times))))
    index.executemany("INSERT INTO services VALUES (?, ?)", [(number, one) for one in services])
    index.execute(_SIGNATURE, (number, found.signature))
    index.execute(_TEXTS, (number, *map(clean, astuple(found.texts))))
