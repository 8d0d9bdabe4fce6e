"""Control: errors that were always there, and a deployment among them that has nothing to do with them."""

from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx
from lab.scenario import Scenario, Step, Truth
from lab.shop import EDGE, ORDERS_PAST, deploy_orders, open_orders, order_routes
from lab.traffic import Traffic

_HINTS = '''"""Hints beside the list of orders; a nicety, so that its failure is logged and no more."""

import json
import logging
import urllib.request
from typing import Any

log = logging.getLogger("orders.hints")

_URL = "http://recommendations.shop.internal:8000/for-customer/"


def find_hints(customer_id: int) -> list[Any]:
    """Asks the recommendation service for what a customer might like."""
    try:
        with urllib.request.urlopen(f"{_URL}{customer_id}", timeout=0.5) as answer:
            hints: list[Any] = json.load(answer)
    except OSError:
        log.exception("no hints for customer %d", customer_id)
        return []
    return hints
'''
_RELEASES = (
    Release(
        "2.13.0",
        "Show hints of the recommendation service to some customers",
        (
            Edit("orders/hints.py", "", _HINTS),
            Edit("orders/views.py", "from orders import store\n", "from orders import hints, store\n"),
            Edit(
                "orders/views.py",
                '    """Lists a customer\'s orders."""\n',
                '    """Lists a customer\'s orders."""\n'
                "    liked = hints.find_hints(customer_id) if customer_id % 3 == 0 else []\n",
            ),
            Edit(
                "orders/views.py",
                "for row in store.list_orders(customer_id)]\n",
                'for row in store.list_orders(customer_id)],\n        "hints": liked,\n',
            ),
        ),
        hours_ago=800,
    ),
    Release(
        "2.14.0",
        "List the latest twenty orders of a customer",
        (Edit("README.md", "listing", "listing (latest twenty)"),),
        171,
    ),
    ORDERS_PAST[1],
)

SCENARIO = Scenario(
    name="noisy-old-errors",
    title="Noisy errors that were always there",
    shows=(
        "The recommendation service was never started in this environment, and `orders` logs a stack trace whenever "
        "it asks for hints; visitors never notice. A harmless release in the middle changes nothing about it."
    ),
    lasts_s=660,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_orders(stage, _RELEASES),
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 3.8, seed=62),
    steps=(
        Step(200, "access log rotated", rotate_nginx),
        Step(350, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
    ),
    truth=Truth(verdict="no_incident", innocent=("2.14.1", "recommendations.shop.internal")),
    hosts={"recommendations.shop.internal": "10.20.0.25"},
)
