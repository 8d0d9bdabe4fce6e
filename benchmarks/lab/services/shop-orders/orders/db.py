"""Access to PostgreSQL through one pool per process."""
# mypy: disable-error-code="import-not-found"

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection
DatabaseError = psycopg.Error


@cache
def pool() -> Any:
    """Opens the pool of this process."""
    return ConnectionPool(
        os.environ["ORDERS_DATABASE_URL"],
        min_size=1,
        max_size=int(os.environ.get("ORDERS_POOL_SIZE", "4")),
        timeout=5.0,
        kwargs={"row_factory": dict_row, "application_name": "orders"},
        open=True,
    )


@contextmanager
def connection() -> Iterator[Any]:
    """Lends a connection; commits at the end, rolls back on an error."""
    with pool().connection() as lent:
        yield lent
