"""Opens the SQLite file of the index so that several shells, crashes and damage do no harm to it.

A file of another version, and one that is damaged, is thrown away and made anew: what it held is in the folders. Who
throws it away waits until nobody has it open, by a lock on a file beside it; whoever is killed lets go of the lock.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hotfix.core.errors import UsageError
from hotfix.core.settings import INDEX_WAIT_S

DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH})
"""Codes of what is mended by making the file anew: damage, and tables that are not as they should be."""

_VERSION = 4
"""Raised with every change of the tables."""

_TABLES = """
CREATE TABLE folders (number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, fingerprint TEXT NOT NULL, problem TEXT);
CREATE TABLE incidents (
  number INTEGER PRIMARY KEY REFERENCES folders, id TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL,
  category TEXT, services TEXT NOT NULL, statement TEXT NOT NULL, started_at INTEGER NOT NULL,
  ended_at INTEGER, noticed_at INTEGER, mitigated_at INTEGER, resolved_at INTEGER, reviewed_at INTEGER
);
CREATE TABLE signatures (number INTEGER PRIMARY KEY REFERENCES folders, signature TEXT NOT NULL);
CREATE TABLE services (number INTEGER NOT NULL REFERENCES folders, service TEXT NOT NULL);
CREATE INDEX services_of_incidents ON services (number);
CREATE INDEX incidents_by_time ON incidents (started_at);
CREATE TABLE articles (name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, article TEXT, problem TEXT);
CREATE VIRTUAL TABLE texts USING fts5 (statement, evidence, notes, documents);
"""


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error goes away when the file is made anew."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in DAMAGE


@contextmanager
def open_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection to the file, made when it is missing or of another version; transactions are the caller's.

    Raises:
        sqlite3.Error: it cannot be opened or is damaged (`is_damage`).
        OSError: the folder cannot be written, or another process keeps the file for itself.
    """
    with _lock(path, fcntl.LOCK_SH):
        ready = _is_ready(path)
    if not ready:
        make_database(path)
    with _lock(path, fcntl.LOCK_SH), closing(_connect(path)) as connection:
        yield connection


def open_memory() -> sqlite3.Connection:
    """Return an empty index that lives as long as the connection.

    Raises:
        UsageError: this SQLite can hold no index.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.executescript(_TABLES)
    except sqlite3.OperationalError as error:
        connection.close()
        raise UsageError(f"expected an SQLite with FTS5, found {sqlite3.sqlite_version}: {error}") from None
    return connection


def make_database(path: Path, *, anew: bool = False) -> None:
    """Make an empty file that this user alone can read, in place of one that is damaged or of another version.

    Args:
        path: where it is to lie.
        anew: also in place of one that is as it should be.

    Raises:
        sqlite3.Error: it cannot be written.
        OSError: the folder cannot be written, or another process keeps the file for itself.
    """
    with _lock(path, fcntl.LOCK_EX):
        if not anew and _is_ready(path):
            return
        for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
            name.unlink(missing_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
        with closing(_connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")


def _is_ready(path: Path) -> bool:
    """Tell whether the file is an index of this version."""
    if not path.is_file():
        return False
    with closing(_connect(path)) as connection:
        try:
            return bool(connection.execute("PRAGMA user_version").fetchone() == (_VERSION,))
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                return False
            raise


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=INDEX_WAIT_S, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")  # with a WAL a crash costs the last transactions, never the file
    return connection


@contextmanager
def _lock(path: Path, how: int) -> Iterator[None]:
    """Hold the lock beside the file; wait for it as long as for SQLite's own."""
    handle = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        end = time.monotonic() + INDEX_WAIT_S
        while True:
            try:
                fcntl.flock(handle, how | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                time.sleep(_LOCK_STEP_S)
        yield
    finally:
        os.close(handle)


_LOCK_STEP_S = 0.02
