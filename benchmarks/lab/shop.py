"""What scenarios share of the shop: addresses, the past of its repositories, and what visitors ask for."""

import json
from random import Random

from lab.repository import SERVICES, Edit, Release
from lab.runs.gunicorn import Web, start_web
from lab.stage import Stage
from lab.traffic import Request, Route

EDGE = "10.20.0.10"
HOSTS = {
    "shop.example": EDGE,
    "orders.shop.internal": "10.20.0.21",
    "catalog.shop.internal": "10.20.0.22",
    "inventory.shop.internal": "10.20.0.23",
    "checkout.shop.internal": "10.20.0.24",
    "db.shop.internal": "10.20.0.30",
    "queue.shop.internal": "10.20.0.31",
    "warehouse.partner.example": "10.20.0.40",
}
ORDERS = HOSTS["orders.shop.internal"]
CATALOG = HOSTS["catalog.shop.internal"]
INVENTORY = HOSTS["inventory.shop.internal"]
CHECKOUT = HOSTS["checkout.shop.internal"]
WAREHOUSE = HOSTS["warehouse.partner.example"]

ORDERS_SCHEMA = SERVICES / "shop-orders" / "schema.sql"
ORDERS_PAST = (
    Release("2.14.0", "List the latest twenty orders of a customer", hours_ago=171),
    Release(
        "2.14.1",
        "Name the customer in the log line of a placed order",
        (
            Edit(
                "orders/views.py",
                'order %d placed by customer %s: %d lines"',
                'order %d placed: customer=%s lines=%d"',
            ),
        ),
        hours_ago=29,
    ),
)


def start_orders(stage: Stage, name: str = "", port: int = 8000, **env: str) -> None:
    """Starts one replica of the orders service, whose release is installed."""
    url = "postgresql://orders:orders@db.shop.internal/orders"
    start_web(stage, Web("orders", ORDERS, port, name=name, env={"ORDERS_DATABASE_URL": url, **env}))


def order_routes() -> tuple[Route, ...]:
    """What visitors ask of the orders service, with the strays that every public address gets."""
    return (
        Route(46, lambda rng: Request("GET", f"/api/orders/{rng.randrange(1, 9040)}")),
        Route(24, lambda rng: Request("GET", f"/api/customers/{rng.randrange(1, 2001)}/orders")),
        Route(18, lambda rng: Request("POST", "/api/orders", _order_body(rng))),
        Route(3, lambda _: Request("GET", "/healthz", headers={"User-Agent": "kube-probe/1.31"})),
        Route(1, stray),
    )


def stray(rng: Random) -> Request:
    """What crawlers and scanners ask for, in vain."""
    return Request("GET", rng.choice(("/robots.txt", "/favicon.ico", "/wp-login.php", "/.env", "/sitemap.xml")))


def _order_body(rng: Random) -> str:
    sku, cents = f"SKU-{rng.randrange(1000, 1700)}", rng.randrange(500, 9000)
    lines = [{"sku": sku, "quantity": rng.choice((1, 1, 2)), "unit_cents": cents}] if rng.random() < 0.97 else []
    return json.dumps({"customer_id": rng.randrange(1, 2001), "lines": lines})
