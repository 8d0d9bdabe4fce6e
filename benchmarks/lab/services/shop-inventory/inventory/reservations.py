"""Stock and reservations."""

import logging
from typing import Any

from inventory import db, settings, warehouse

log = logging.getLogger("inventory.reservations")
Answer = tuple[int, dict[str, Any]]


def show_stock(sku: str) -> Answer:
    """Says how much of a product lies in stock."""
    with db.connection() as connection:
        row = connection.execute("SELECT sku, on_hand FROM stock WHERE sku = %s", (sku,)).fetchone()
    return (200, row) if row else (404, {"error": "no such product"})


def reserve(basket: str, sku: str, quantity: int) -> Answer:
    """Sets goods aside for a basket."""
    hold = settings.load()["reservations"]["hold_minutes"]
    with db.connection() as connection:
        row = connection.execute("SELECT on_hand, shelf FROM stock WHERE sku = %s", (sku,)).fetchone()
        if row is None:
            return 404, {"error": "no such product"}
        if row["on_hand"] < quantity or not warehouse.confirm(sku, row["shelf"], quantity):
            log.warning("out of stock", extra={"data": {"sku": sku, "wanted": quantity, "on_hand": row["on_hand"]}})
            return 409, {"error": "out of stock"}
        made = connection.execute(
            "INSERT INTO reservations (sku, quantity, basket, expires_at)"
            " VALUES (%s, %s, %s, now() + %s * interval '1 minute') RETURNING id",
            (sku, quantity, basket, hold),
        ).fetchone()
    return 201, {"reservation": made["id"]}
