"""A release of the orders service reads a delivery preference that one customer in six never gave."""

from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS_PAST, deploy_orders, open_orders, order_routes
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
    build=lambda stage: open_orders(stage, _RELEASES),
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.5, seed=20),
    steps=(
        Step(135, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(290, "access log rotated", rotate_nginx),
        Step(
            441, "orders 2.15.0 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.15.0"), injects=True
        ),
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
