"""Control: an ordinary stretch of work with a deployment that changes nothing for visitors."""

from lab.runs.gunicorn import reload_web
from lab.runs.nginx import rotate_nginx, start_nginx, write_nginx
from lab.runs.postgres import start_postgres
from lab.scenario import Scenario, Step, Truth
from lab.shop import (
    CATALOG,
    CATALOG_PAST,
    EDGE,
    ORDERS,
    ORDERS_PAST,
    ORDERS_SCHEMA,
    catalog_routes,
    order_routes,
    start_catalog,
    start_orders,
)
from lab.stage import Stage
from lab.traffic import Traffic


def _build(stage: Stage) -> None:
    start_postgres(stage, (("orders", ORDERS_SCHEMA),))
    stage.make_service("orders", ORDERS_PAST)
    stage.make_service("catalog", CATALOG_PAST)
    stage.install("catalog", "3.7.2")
    stage.install("orders", "2.14.0")
    start_catalog(stage, "catalog-1")
    start_orders(stage)
    upstreams = {"orders": (f"{ORDERS}:8000",), "catalog": (f"{CATALOG}:8081",)}
    write_nginx(stage, upstreams, {"/api/": "orders", "/healthz": "orders", "/catalog/": "catalog"})
    start_nginx(stage)


def _deploy(stage: Stage) -> None:
    stage.install("orders", "2.14.1")
    reload_web(stage, "orders")


SCENARIO = Scenario(
    name="healthy-deploy",
    title="A healthy stretch with a harmless deployment",
    shows=(
        "Nothing is wrong: two services behind nginx with the usual strays (404), rejected orders (422) and "
        "warnings, a log rotation, vacuums, and release 2.14.1 of `orders`, which only words a log line differently."
    ),
    lasts_s=660,
    needs=("nginx", "python", "java", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, (*order_routes(), *catalog_routes()), lambda _: 4.0, seed=7),
    steps=(
        Step(240, "access log rotated", rotate_nginx),
        Step(372, "orders 2.14.1 deployed, workers replaced", _deploy),
    ),
    truth=Truth(verdict="no_incident", innocent=("2.14.1",)),
)
