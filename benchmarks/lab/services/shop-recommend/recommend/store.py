"""What others bought, from PostgreSQL."""
# mypy: disable-error-code="import-not-found"

import os
from functools import cache
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

Timeout = PoolTimeout

_QUERY = (
    "SELECT p.sku, p.title, p.about, t.times FROM ("
    "SELECT other.sku, count(*) AS times FROM bought one"
    " JOIN bought other ON other.basket = one.basket AND other.sku <> one.sku"
    " WHERE one.sku = %s GROUP BY other.sku ORDER BY times DESC, other.sku LIMIT 40"
    ") t JOIN products p ON p.sku = t.sku ORDER BY t.times DESC, p.sku"
)


@cache
def _pool() -> Any:
    return ConnectionPool(
        os.environ["RECOMMEND_DATABASE_URL"],
        min_size=1,
        max_size=int(os.environ.get("RECOMMEND_POOL_SIZE", "10")),
        timeout=3.0,
        kwargs={"row_factory": dict_row, "application_name": "recommend"},
        open=True,
    )


def find_bought_together(sku: str) -> list[dict[str, Any]]:
    """Finds the forty products bought most often together with one."""
    with _pool().connection() as connection:
        return list(connection.execute(_QUERY, (sku,)).fetchall())
