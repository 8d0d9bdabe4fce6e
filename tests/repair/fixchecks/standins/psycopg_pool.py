"""What the services of the lab use of psycopg_pool: one connection, lent in turn."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from psycopg import Connection


class PoolTimeout(Exception):  # noqa: N818  # the library's name
    """No connection became free in time."""


class ConnectionPool:
    """Lends connections; each use is one transaction."""

    def __init__(  # noqa: PLR0913  # the library's arguments
        self,
        conninfo: str,
        *,
        min_size: int,
        max_size: int,
        timeout: float,
        kwargs: Mapping[str, Any],
        open: bool,  # noqa: A002
    ) -> None:
        assert open, "a pool is opened when it is made"
        assert 0 < min_size <= max_size, "a pool lends at least one connection"
        assert timeout > 0, "a pool lets nobody wait for ever"
        assert kwargs["row_factory"] is dict, "rows are read by name"
        self._lent, self._size = Connection(conninfo, autocommit=False), max_size

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection; commit at the end, roll back on an error."""
        try:
            yield self._lent
        except BaseException:
            self._lent.rollback()
            raise
        self._lent.commit()

    def get_stats(self) -> dict[str, int]:
        """Return how large the pool is."""
        return {"pool_size": self._size, "requests_waiting": 0}
