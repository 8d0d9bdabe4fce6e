"""What the services of the lab use of psycopg, over SQLite: a patched service runs where no PostgreSQL is installed.

As PostgreSQL does, it refuses connections when too many are open. `STATEMENTS` are those executed, oldest first.
"""

import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Self

CONNECTIONS_MOST = 20
"""Connections that may be open at a time; the lab's PostgreSQL has 30 for several services."""

STATEMENTS: list[tuple[str, tuple[Any, ...]]] = []
Error = sqlite3.Error
_MINUTES = re.compile(r"now\(\) \+ %s \* interval '1 minute'")


class OperationalError(sqlite3.OperationalError):
    """The server refuses."""


class Connection:
    """A connection whose rows are dictionaries."""

    _open = 0

    def __init__(self, path: str, *, autocommit: bool) -> None:
        if Connection._open >= CONNECTIONS_MOST:
            raise OperationalError("connection failed: FATAL: remaining connection slots are reserved")
        Connection._open += 1
        self._held = sqlite3.connect(
            path, detect_types=sqlite3.PARSE_DECLTYPES, isolation_level=None if autocommit else "DEFERRED"
        )
        self._held.row_factory = lambda cursor, row: dict(zip((one[0] for one in cursor.description), row, strict=True))

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute one statement, its parameters written as %s."""
        STATEMENTS.append((statement, tuple(parameters)))
        said = _MINUTES.sub("datetime('now', '+' || %s || ' minutes')", statement)
        return self._held.execute(said.replace("%s", "?"), tuple(parameters))

    def commit(self) -> None:
        """Keep what was done."""
        self._held.commit()

    def rollback(self) -> None:
        """Take back what was done."""
        self._held.rollback()

    def close(self) -> None:
        """Give the connection back to the server."""
        Connection._open -= 1
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        (self.rollback if failed else self.commit)()
        self.close()


def connect(url: str, *, autocommit: bool = False, application_name: str = "") -> Connection:
    """Connect outside of a pool; the address of a database is the path of its file."""
    assert application_name, "the server wants to know who asks"
    return Connection(url, autocommit=autocommit)


def _read_time(stored: bytes) -> datetime:
    return datetime.fromisoformat(stored.decode()).replace(tzinfo=UTC)


sqlite3.register_converter("timestamptz", _read_time)
sqlite3.register_converter("boolean", lambda stored: stored == b"1")
