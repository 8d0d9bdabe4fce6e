"""The patched service `inventory` as a web server loads it, over a small stock and a warehouse that answers."""

import json
import os
import re
import sqlite3
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

from wsgi import Site, expect

_SCHEMA = """
CREATE TABLE stock (sku text PRIMARY KEY, on_hand integer, shelf text);
CREATE TABLE reservations (
  id integer PRIMARY KEY, sku text, quantity integer, basket text, expires_at timestamptz
);
INSERT INTO stock VALUES
  ('SKU-1', 1000, 'A-1'), ('SKU-2', 1000, 'B-2'), ('SKU-3', 0, 'C-3'), ('SKU-4', 9, 'D-4'), ('SKU-5', 9, 'E-5'),
  ('SKU-6', 9, 'F-6');
"""
FOLDER = Path(tempfile.mkdtemp(prefix="hotfix-check-"))
_ANSWERS = {
    "SKU-4": {"confirmed": True, "slot": None},
    "SKU-5": {"confirmed": False, "slot": {"gate": "G5"}},
}
_USUAL = {"confirmed": True, "slot": {"gate": "G1"}}
_DOWN = "SKU-6"


class _Warehouse(BaseHTTPRequestHandler):
    """The partner: no slot for SKU-4, a no for SKU-5, an error for SKU-6, a yes for the others."""

    def do_GET(self) -> None:
        """Answer one question."""
        sku = self.path.partition("?")[0].rpartition("/")[2]
        body = json.dumps(_ANSWERS.get(sku, _USUAL)).encode()
        self.send_response(500 if sku == _DOWN else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def open_inventory() -> Site:
    """Return the service over a fresh stock, with the tree's own settings but for the two addresses."""
    with sqlite3.connect(FOLDER / "stock.db") as database:
        database.executescript(_SCHEMA)
    warehouse = ThreadingHTTPServer(("127.0.0.1", 0), _Warehouse)
    threading.Thread(target=warehouse.serve_forever, daemon=True).start()
    settings = re.sub(r'"postgresql://[^"]*"', f'"{FOLDER / "stock.db"}"', Path("config.toml").read_text("utf-8"))
    settings = re.sub(r'"http://[^"]*"', f'"http://127.0.0.1:{warehouse.server_port}"', settings)
    (FOLDER / "config.toml").write_text(settings, "utf-8")
    os.environ |= {
        "LOG_FILE": str(FOLDER / "inventory.log"),
        "INVENTORY_CONFIG": str(FOLDER / "config.toml"),
        "INVENTORY_STATE": str(FOLDER),
    }
    return Site(import_module("inventory.app").application)


def reserve(site: Site, sku: str, basket: str = "b-1", quantity: int = 1) -> int:
    """Return the status with which goods are set aside."""
    return site.post("/reservations", {"basket": basket, "sku": sku, "quantity": quantity})[0]


def expect_all_well(site: Site) -> None:
    """Refuse a service that does not answer as it did before the incident."""
    expect("stock of SKU-2", site.get("/stock/SKU-2"), (200, {"sku": "SKU-2", "on_hand": 1000}))
    expect("stock of a product that is not there", site.get("/stock/SKU-77")[0], 404)
    expect("a reservation", reserve(site, "SKU-2"), 201)
    expect("a reservation of what is out of stock", reserve(site, "SKU-3"), 409)
    expect("a reservation that the warehouse refuses", reserve(site, "SKU-5"), 409)
    expect("a reservation while the warehouse is down", reserve(site, "SKU-6"), 504)
    expect("a reservation of a product that is not there", reserve(site, "SKU-77"), 404)
    logged = [json.loads(line) for line in (FOLDER / "inventory.log").read_text("utf-8").splitlines()]
    gates = [line["gate"] for line in logged if line["msg"] == "warehouse confirmed" and line["sku"] == "SKU-2"]
    expect("the gate in the log", gates, ["G1"])
