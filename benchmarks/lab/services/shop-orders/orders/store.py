"""Reading and writing orders."""

from typing import Any

from orders import db

Row = dict[str, Any]


def find_order(order_id: int) -> Row | None:
    """Finds an order with its lines and its customer."""
    with db.connection() as connection:
        order = connection.execute(
            "SELECT o.id, o.status, o.placed_at, c.id AS customer_id, c.name, c.city"
            " FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = %s",
            (order_id,),
        ).fetchone()
        if order is None:
            return None
        lines = connection.execute("SELECT sku, quantity, unit_cents FROM order_lines WHERE order_id = %s", (order_id,))
        return {**order, "lines": lines.fetchall()}


def list_orders(customer_id: int) -> list[Row]:
    """Lists a customer's latest orders."""
    with db.connection() as connection:
        rows = connection.execute(
            "SELECT id, status, placed_at FROM orders WHERE customer_id = %s ORDER BY placed_at DESC LIMIT 20",
            (customer_id,),
        )
        return list(rows.fetchall())


def place_order(customer_id: int, lines: list[Row]) -> int:
    """Places an order and returns its id."""
    with db.connection() as connection:
        placed = connection.execute("INSERT INTO orders (customer_id) VALUES (%s) RETURNING id", (customer_id,))
        order_id = int(placed.fetchone()["id"])
        for line in lines:
            connection.execute(
                "INSERT INTO order_lines (order_id, sku, quantity, unit_cents) VALUES (%s, %s, %s, %s)",
                (order_id, line["sku"], line["quantity"], line["unit_cents"]),
            )
        return order_id


def find_delivery_preference(customer_id: int) -> Row | None:
    """Finds when a customer wants parcels to come; most have said so."""
    with db.connection() as connection:
        row: Row | None = connection.execute(
            "SELECT time_window, leave_with_neighbour FROM delivery_preferences WHERE customer_id = %s",
            (customer_id,),
        ).fetchone()
        return row
