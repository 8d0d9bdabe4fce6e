"""A release of the orders service reads a delivery preference that one customer in six never gave."""

from lab.repository import Edit, Release
from lab.runs.gunicorn import reload_web
from lab.runs.nginx import rotate_nginx, start_nginx, write_nginx
from lab.runs.postgres import start_postgres
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS, ORDERS_PAST, ORDERS_SCHEMA, order_routes, start_orders
from lab.stage import Stage
from lab.traffic import Traffic

_RELEASES = (
    *ORDERS_PAST,
    Release(
        "2.15.0",
        "Show the delivery window on the order page",
        (
            Edit(
                "orders/delivery.py",
                "",
                '''"""When a parcel will come."""

from typing import Any

from orders import store

_WORDS = {"08-12": "in the morning", "12-16": "in the afternoon", "16-20": "in the evening"}


def describe_window(customer_id: int) -> dict[str, Any]:
    """Says in which part of the day a customer's parcels come."""
    preference = store.find_delivery_preference(customer_id)
    window = preference["time_window"]
    return {"window": window, "words": _WORDS[window], "neighbour": preference["leave_with_neighbour"]}
''',
            ),
            Edit("orders/views.py", "from orders import store\n", "from orders import delivery, store\n"),
            Edit(
                "orders/views.py",
                '        "lines": order["lines"],\n',
                '        "lines": order["lines"],\n'
                '        "delivery": delivery.describe_window(order["customer_id"]),\n',
            ),
        ),
        hours_ago=2,
    ),
)


def _build(stage: Stage) -> None:
    start_postgres(stage, (("orders", ORDERS_SCHEMA),))
    stage.make_service("orders", _RELEASES)
    stage.install("orders", "2.14.0")
    start_orders(stage)
    write_nginx(stage, {"orders": (f"{ORDERS}:8000",)}, {"/api/": "orders", "/healthz": "orders"})
    start_nginx(stage)


def _release(version: str) -> Step:
    at_s = {"2.14.1": 135, "2.15.0": 441}[version]

    def act(stage: Stage) -> None:
        stage.install("orders", version)
        reload_web(stage, "orders")

    return Step(at_s, f"orders {version} deployed, workers replaced", act, injects=version == "2.15.0")


SCENARIO = Scenario(
    name="python-null-after-release",
    title="A release of a Python service raises on a missing value",
    shows=(
        "Release 2.15.0 of `orders` shows the delivery window on the order page. One customer in six never chose a "
        "window; for them the row is missing, `preference` is None and the page answers 500. Release 2.14.1, five "
        "minutes earlier, is harmless."
    ),
    lasts_s=680,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.5, seed=20),
    steps=(
        _release("2.14.1"),
        Step(290, "access log rotated", rotate_nginx),
        _release("2.15.0"),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="null_reference",
        statement="orders 2.15.0 reads the time window of a delivery preference that some customers never gave (None)",
        onset=FirstRecord("orders/orders.log", r"ERROR .*unhandled error serving GET /api/orders/"),
        trigger=Trigger("release", "orders", "version", "2.14.1", "2.15.0"),
        place=Place("orders/delivery.py", 'window = preference["time_window"]', "2.15.0"),
        clues=("2.15.0", "orders/delivery.py", "NoneType"),
        victims=("nginx",),
        innocent=("2.14.1",),
    ),
)
