"""Access to PostgreSQL through one pool."""
# mypy: disable-error-code="import-not-found"

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from inventory import settings

log = logging.getLogger("inventory.db")
Timeout = PoolTimeout

_LONG_WAIT_S = 1.0


@cache
def pool() -> Any:
    """Opens the pool of this process."""
    database = settings.load()["database"]
    return ConnectionPool(
        database["url"],
        min_size=1,
        max_size=database["pool_size"],
        timeout=database["pool_timeout_s"],
        kwargs={"row_factory": dict_row, "application_name": "inventory"},
        open=True,
    )


@contextmanager
def connection() -> Iterator[Any]:
    """Lends a connection; commits at the end, rolls back on an error."""
    asked = time.monotonic()
    with pool().connection() as lent:
        waited_s = time.monotonic() - asked
        if waited_s > _LONG_WAIT_S:
            stats = pool().get_stats()
            data = {"waited_ms": round(1000 * waited_s), "waiting": stats.get("requests_waiting", 0)}
            log.warning("slow to get a database connection", extra={"data": {**data, "pool_size": stats["pool_size"]}})
        yield lent
