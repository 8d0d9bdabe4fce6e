"""What scenarios share of the shop: addresses, the past of its repositories, and what visitors ask for."""

import json
from random import Random

from lab.programs import Command
from lab.repository import SERVICES, Edit, Release
from lab.runs.gunicorn import Web, reload_web, start_web
from lab.runs.java import JavaService, start_java
from lab.runs.nginx import start_nginx, write_nginx
from lab.runs.postgres import start_postgres
from lab.stage import Stage
from lab.traffic import Request, Route

EDGE = "10.20.0.10"
HOSTS = {
    "shop.example": EDGE,
    "orders.shop.internal": "10.20.0.21",
    "catalog.shop.internal": "10.20.0.22",
    "inventory.shop.internal": "10.20.0.23",
    "checkout.shop.internal": "10.20.0.24",
    "reviews.shop.internal": "10.20.0.26",
    "db.shop.internal": "10.20.0.30",
    "queue.shop.internal": "10.20.0.31",
    "warehouse.partner.example": "10.20.0.40",
    "api.warehouse.partner.example": "10.20.0.40",
}
ORDERS = HOSTS["orders.shop.internal"]
CATALOG = HOSTS["catalog.shop.internal"]
REVIEWS = HOSTS["reviews.shop.internal"]
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
CATALOG_PAST = (Release("3.7.2", "Search in product names regardless of case", hours_ago=410),)
_WORDS = ("lamp", "oak", "kettle", "towel", "drill", "blue+tent", "puzzle", "green", "grand+pan", "xylophone")
INVENTORY_SCHEMA = SERVICES / "shop-inventory" / "schema.sql"
INVENTORY_PAST = (Release("1.9.3", "Hold reservations for thirty minutes", hours_ago=620),)
CHECKOUT_PAST = (
    Release("4.2.0", "Try a reservation three times", hours_ago=260),
    Release(
        "4.2.1",
        "Log the basket when goods are out of stock",
        (
            Edit(
                "checkout/inventory.py",
                "                    raise OutOfStockError(sku) from error\n",
                '                    log.warning("basket %s: %s is out of stock", basket, sku)\n'
                "                    raise OutOfStockError(sku) from error\n",
            ),
        ),
        hours_ago=3,
    ),
)


def start_inventory(stage: Stage, threads: int = 16, options: tuple[str, ...] = (), **extra: str) -> None:
    """Starts the inventory service with the configuration of its release, kept apart from it as in production."""
    config = stage.make_folder("inventory") / "config.toml"
    config.write_text((stage.current("inventory") / "config.toml").read_text())
    state = stage.make_folder("inventory/state")
    env = {"INVENTORY_CONFIG": str(config), "INVENTORY_STATE": str(state)}
    start_web(
        stage, Web("inventory", INVENTORY, 8000, workers=1, threads=threads, env={**env, **extra}, options=options)
    )


def start_checkout(stage: Stage, threads: int = 16, **extra: str) -> None:
    """Starts the checkout service, which calls the inventory service."""
    env = {"INVENTORY_URL": "http://inventory.shop.internal:8000"}
    start_web(stage, Web("checkout", CHECKOUT, 8000, threads=threads, env={**env, **extra}))


def start_warehouse(stage: Stage, fastest_s: float, slowest_s: float, port: int = 8090, per_second: int = 1000) -> None:
    """Starts the partner's warehouse, which the inventory service asks and which takes so many requests a second."""
    script = stage.root / "etc" / "partner.py"
    script.write_text((SERVICES / "partner.py").read_text())
    argv = ("python3", str(script), WAREHOUSE, str(port), str(fastest_s), str(slowest_s))
    etc = stage.root / "etc"
    env = {"PARTNER_DELAY": str(etc / "partner-delay"), "PARTNER_NO_SLOT": str(etc / "partner-no-slot")}
    env["PARTNER_LIMIT"] = str(per_second)
    stage.start(Command(f"warehouse-{port}", argv, stage.root, env=env), WAREHOUSE, port)


def purchase_routes() -> tuple[Route, ...]:
    """What visitors ask of the checkout and the inventory service."""
    return (
        Route(70, lambda rng: Request("POST", "/checkout", _basket(rng))),
        Route(30, lambda rng: Request("GET", f"/stock/SKU-{rng.randrange(1000, 1706)}")),
        Route(1, stray),
    )


def start_catalog(stage: Stage, name: str) -> None:
    """Starts one replica of the catalog (`catalog-1`, `catalog-2`) from the release installed last."""
    port = 8080 + int(name.rpartition("-")[2])
    java = JavaService("catalog", "com.shop.catalog.Main", CATALOG, port, name)
    start_java(stage, java, stage.current("catalog").resolve())


def catalog_routes() -> tuple[Route, ...]:
    """What visitors ask of the catalog."""
    return (
        Route(60, lambda rng: Request("GET", f"/catalog/products/{rng.randrange(1000, 1404)}{_member(rng)}")),
        Route(24, lambda rng: Request("GET", f"/catalog/search?q={rng.choice(_WORDS)}")),
        Route(1, stray),
    )


def open_orders(
    stage: Stage,
    releases: tuple[Release, ...] = ORDERS_PAST,
    replicas: int = 1,
    open_files: int = 1024,
    **settings: str,
) -> None:
    """Opens the orders service at its first release, behind nginx, over PostgreSQL with the given settings.

    One replica is called `orders` and listens on 8000; more are called `orders-1`, … and listen on 8001, ….
    """
    start_postgres(stage, (("orders", ORDERS_SCHEMA),), **settings)
    stage.make_service("orders", releases)
    stage.install("orders", releases[0].version)
    ports = [8000] if replicas == 1 else [8000 + number for number in range(1, replicas + 1)]
    for port in ports:
        start_orders(stage, name=f"orders-{port - 8000}" if replicas > 1 else "", port=port, open_files=open_files)
    upstreams = {"orders": tuple(f"{ORDERS}:{port}" for port in ports)}
    write_nginx(stage, upstreams, {"/api/": "orders", "/healthz": "orders"})
    start_nginx(stage)


def deploy_orders(stage: Stage, version: str) -> None:
    """Deploys a version of the orders service, which runs as one replica."""
    stage.install("orders", version)
    reload_web(stage, "orders")


def open_purchases(
    stage: Stage, fastest_s: float = 0.1, slowest_s: float = 0.4, inventory: tuple[Release, ...] = INVENTORY_PAST
) -> None:
    """Opens checkout, inventory and the partner's warehouse, which answers within the given seconds."""
    start_postgres(stage, (("inventory", INVENTORY_SCHEMA),))
    stage.make_service("inventory", inventory)
    stage.make_service("checkout", CHECKOUT_PAST)
    stage.install("inventory", INVENTORY_PAST[0].version)
    stage.install("checkout", CHECKOUT_PAST[0].version)
    start_warehouse(stage, fastest_s, slowest_s)
    start_inventory(stage)
    start_checkout(stage)
    upstreams = {"checkout": (f"{CHECKOUT}:8000",), "inventory": (f"{INVENTORY}:8000",)}
    write_nginx(stage, upstreams, {"/checkout": "checkout", "/stock/": "inventory"}, read_timeout="7s")
    start_nginx(stage)


def deploy_checkout(stage: Stage, version: str) -> None:
    """Deploys a version of the checkout service."""
    stage.install("checkout", version)
    reload_web(stage, "checkout")


def start_orders(
    stage: Stage, name: str = "", port: int = 8000, open_files: int = 1024, hosts: str = "", **env: str
) -> None:
    """Starts one replica of the orders service, whose release is installed; an empty value unsets a variable."""
    url = "postgresql://orders:orders@db.shop.internal/orders"
    known = {"ORDERS_DATABASE_URL": url, "ORDERS_FLAGS": str(stage.root / "orders" / "flags.json")}
    data = stage.root / "orders" / "data"
    merged = {key: value for key, value in {**known, "ORDERS_DATA": str(data), **env}.items() if value}
    start_web(stage, Web("orders", ORDERS, port, name=name, env=merged, open_files=open_files, hosts=hosts))


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


def _member(rng: Random) -> str:
    return "?member=1" if rng.random() < 0.35 else ""


def _basket(rng: Random) -> str:
    basket = f"b{rng.randrange(16**8):08x}"
    return json.dumps(
        {"basket": basket, "sku": f"SKU-{rng.randrange(1000, 1700)}", "quantity": rng.choice((1, 1, 1, 2))}
    )
