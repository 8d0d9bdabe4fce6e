"""What the service answers."""

import logging
from typing import Any

from orders import store

log = logging.getLogger("orders.views")
Answer = tuple[int, dict[str, Any]]


def show_order(order_id: int) -> Answer:
    """Shows one order."""
    order = store.find_order(order_id)
    if order is None:
        log.warning("order %d not found", order_id)
        return 404, {"error": "no such order"}
    return 200, render_order(order)


def render_order(order: store.Row) -> dict[str, Any]:
    """Shapes an order for the order page."""
    total = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    return {
        "id": order["id"],
        "status": order["status"],
        "placed_at": order["placed_at"].isoformat(),
        "customer": {"id": order["customer_id"], "name": order["name"], "city": order["city"]},
        "lines": order["lines"],
        "total_cents": total,
    }


def list_orders(customer_id: int) -> Answer:
    """Lists a customer's orders."""
    return 200, {
        "orders": [{**row, "placed_at": row["placed_at"].isoformat()} for row in store.list_orders(customer_id)]
    }


def place_order(body: dict[str, Any]) -> Answer:
    """Places an order."""
    if not body.get("lines"):
        log.warning("rejected an order of customer %s without lines", body.get("customer_id"))
        return 422, {"error": "an order needs at least one line"}
    order_id = store.place_order(int(body["customer_id"]), body["lines"])
    log.info("order %d placed by customer %s: %d lines", order_id, body["customer_id"], len(body["lines"]))
    return 201, {"id": order_id}
