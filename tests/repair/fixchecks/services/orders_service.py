"""The patched service `orders` as a web server loads it, over a database of four orders."""

import json
import os
import sqlite3
import tempfile
from importlib import import_module
from pathlib import Path

from wsgi import Site, expect

_SCHEMA = """
CREATE TABLE customers (id integer PRIMARY KEY, name text, email text, city text);
CREATE TABLE delivery_preferences (customer_id integer PRIMARY KEY, time_window text, leave_with_neighbour boolean);
CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer,
  status text DEFAULT 'placed',
  placed_at timestamptz DEFAULT current_timestamp
);
CREATE TABLE order_lines (order_id integer, sku text, quantity integer, unit_cents integer);
CREATE TABLE audit_trail (order_id integer, customer_id integer, cents integer);
INSERT INTO customers VALUES (1, 'Ada', 'ada@mail.example', 'Lyon'), (2, 'Bo', 'bo@mail.example', NULL);
INSERT INTO delivery_preferences VALUES (1, '08-12', 1);
INSERT INTO orders VALUES
  (10, 1, 'packed', '2026-01-02 03:04:05'), (11, 2, 'placed', '2026-01-03 03:04:05'),
  (12, 1, 'shipped', '2026-01-04 03:04:05');
INSERT INTO order_lines VALUES (10, 'SKU-1', 2, 300), (10, 'SKU-2', 1, 50), (11, 'SKU-1', 1, 300), (12, 'SKU-3', 1, 70);
"""
FOLDER = Path(tempfile.mkdtemp(prefix="hotfix-check-"))
DATA = FOLDER / "data"


def open_orders(migration: str = "", flags: dict[str, bool] | None = None) -> Site:
    """Return the service over a fresh database, after a migration, with flags as the flag console wrote them."""
    DATA.mkdir()
    with sqlite3.connect(FOLDER / "orders.db") as database:
        database.executescript(_SCHEMA + migration)
    (FOLDER / "flags.json").write_text(json.dumps(flags or {}), "utf-8")
    os.environ |= {
        "LOG_FILE": str(FOLDER / "orders.log"),
        "ORDERS_DATABASE_URL": str(FOLDER / "orders.db"),
        "ORDERS_DATA": str(DATA),
        "ORDERS_FLAGS": str(FOLDER / "flags.json"),
    }
    return Site(import_module("orders.app").application)


def expect_all_well(site: Site) -> None:
    """Refuse a service that does not show, list and place orders as it did before the incident."""
    for path, known in _KNOWN.items():
        status, answer = site.get(path)
        expect(f"GET {path}", (status, {name: answer.get(name) for name in known}), (200, known))
    listed = site.get("/api/customers/1/orders")
    expect("orders of customer 1", [order["id"] for order in listed[1]["orders"]], [12, 10])
    expect("an order that is not there", site.get("/api/orders/99"), (404, {"error": "no such order"}))
    expect("an order without lines", site.post("/api/orders", {"customer_id": 1})[0], 422)
    status, placed = site.post("/api/orders", _order(1, 20))
    expect("a new order", status, 201)
    expect("the new order", site.get(f"/api/orders/{placed['id']}")[1]["total_cents"], 20)


def place_orders(site: Site, count: int, cents: int) -> None:
    """Place orders, each of a customer of its own, and refuse a service that fails to take one."""
    for customer in range(100, 100 + count):
        expect(f"order of customer {customer}", site.post("/api/orders", _order(customer, cents))[0], 201)


def _order(customer: int, cents: int) -> dict[str, object]:
    return {"customer_id": customer, "lines": [{"sku": "SKU-9", "quantity": 1, "unit_cents": cents}]}


_KNOWN = {
    "/api/orders/10": {
        "id": 10,
        "status": "packed",
        "placed_at": "2026-01-02T03:04:05+00:00",
        "customer": {"id": 1, "name": "Ada", "city": "Lyon"},
        "lines": [
            {"sku": "SKU-1", "quantity": 2, "unit_cents": 300},
            {"sku": "SKU-2", "quantity": 1, "unit_cents": 50},
        ],
        "total_cents": 650,
    },
    "/api/orders/11": {"id": 11, "customer": {"id": 2, "name": "Bo", "city": None}, "total_cents": 300},
    "/api/orders/12": {"id": 12, "customer": {"id": 1, "name": "Ada", "city": "Lyon"}, "total_cents": 70},
}
