"""Keeps the encoder's vectors on disk by the hash of their texts: keys in, vectors out. It never holds a text.

One SQLite file in the user's cache folder, readable by the user alone, of at most VECTORS_KEPT vectors. It only saves
time: where it cannot be read or written, everything works without it.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotfix.core.settings import VECTORS_KEPT

_WAIT_S = 1.0
"""How long another process may hold the file before this one goes on without it, seconds."""

_TABLE = "CREATE TABLE IF NOT EXISTS vectors (number INTEGER PRIMARY KEY, key BLOB UNIQUE, vector BLOB NOT NULL)"
_FIND = "SELECT key, vector FROM vectors WHERE key = ?"
_FORGET = "DELETE FROM vectors WHERE number <= (SELECT MAX(number) FROM vectors) - ?"


class VectorStore:
    """Vectors (float16) by key, oldest forgotten first."""

    def __init__(self, path: Path, most: int = VECTORS_KEPT) -> None:
        self._path = path
        self._most = most

    def find(self, keys: Iterable[bytes]) -> dict[bytes, NDArray[np.float16]]:
        """Return the vectors that are kept of these keys; none when the store cannot be read."""
        try:
            with self._open() as store:
                rows = [store.execute(_FIND, (key,)).fetchone() for key in keys]
        except (sqlite3.Error, OSError):
            return {}
        return {row[0]: np.frombuffer(row[1], dtype=np.float16) for row in rows if row}

    def keep(self, vectors: Mapping[bytes, NDArray[np.float16]]) -> None:
        """Keep vectors, all of them or none; the oldest beyond the cap are forgotten."""
        rows = [(key, vector.astype(np.float16).tobytes()) for key, vector in vectors.items()]
        try:
            with self._open() as store, store:
                store.executemany("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)
                store.execute(_FORGET, (self._most,))
        except (sqlite3.Error, OSError):
            return

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Yield the store, made when it is not there; a damaged one is thrown away first."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            store = self._connect()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise
            self._path.unlink()
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            store = self._connect()
        with closing(store):
            yield store

    def _connect(self) -> sqlite3.Connection:
        store = sqlite3.connect(self._path, timeout=_WAIT_S)
        try:
            store.execute("PRAGMA synchronous = OFF")  # a lost cache costs time only; a damaged one is thrown away
            store.execute(_TABLE)
        except sqlite3.Error:
            store.close()
            raise
        return store
