"""A feature flag turns on code that lay dormant since the last release, and raises for orders with one line."""

from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS_PAST, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic

_FLAGS = '''"""Feature flags, read again every few seconds from the file that the flag console writes."""

import json
import logging
import os
import threading
from pathlib import Path

log = logging.getLogger("orders.flags")

_EVERY_S = 2.0
_current: dict[str, bool] = {}


def is_on(name: str) -> bool:
    """Says whether a flag is on; an unknown flag is off."""
    return _current.get(name, False)


def watch() -> None:
    """Reads the flags now and from now on."""
    path = Path(os.environ["ORDERS_FLAGS"])
    fresh: dict[str, bool] = json.loads(path.read_text()) if path.exists() else {}
    for name in sorted({*fresh, *_current}):
        if fresh.get(name, False) != _current.get(name, False):
            log.info("feature flag %s changed: %s -> %s", name, _word(_current.get(name)), _word(fresh.get(name)))
    _current.clear()
    _current.update(fresh)
    timer = threading.Timer(_EVERY_S, watch)
    timer.daemon = True
    timer.start()


def _word(value: bool | None) -> str:
    return "on" if value else "off"
'''
_SHIPMENTS = '''"""How an order is split into shipments."""

from typing import Any


def split(lines: list[dict[str, Any]]) -> list[list[str]]:
    """Splits the lines of an order into the parcel that leaves first and the one that follows."""
    by_weight = sorted(lines, key=lambda line: line["quantity"])
    first, second = by_weight[0], by_weight[1]
    return [[first["sku"]], [second["sku"], *(line["sku"] for line in by_weight[2:])]]
'''
_RELEASES = (
    *ORDERS_PAST,
    Release(
        "2.15.0",
        "Split orders into shipments behind the flag split_shipments",
        (
            Edit("orders/flags.py", "", _FLAGS),
            Edit("orders/shipments.py", "", _SHIPMENTS),
            Edit(
                "orders/app.py", "from orders import __version__, logs,", "from orders import __version__, flags, logs,"
            ),
            Edit("orders/app.py", "\nStartResponse =", "flags.watch()\n\nStartResponse ="),
            Edit("orders/views.py", "from orders import store\n", "from orders import flags, shipments, store\n"),
            Edit(
                "orders/views.py",
                '        "total_cents": total,\n',
                '        "total_cents": total,\n'
                '        "shipments": shipments.split(order["lines"]) if flags.is_on("split_shipments") else [],\n',
            ),
        ),
        hours_ago=26,
    ),
)


def _build(stage: Stage) -> None:
    _write_flags(stage, "off")
    open_orders(stage, _RELEASES)


def _write_flags(stage: Stage, state: str) -> None:
    value = {"on": "true", "off": "false"}[state]
    path = stage.make_folder("orders") / "flags.json"
    path.write_text(f'{{"gift_wrapping": true, "split_shipments": {value}}}\n')


SCENARIO = Scenario(
    name="feature-flag-flip",
    title="A feature flag is flipped and its code raises",
    shows=(
        "Release 2.15.0 of `orders` brings code behind the flag `split_shipments` and runs well for minutes. When "
        "the flag is turned on, every order page with a single line fails with an IndexError."
    ),
    lasts_s=670,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.1, seed=55),
    steps=(
        Step(178, "orders 2.15.0 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.15.0")),
        Step(300, "access log rotated", rotate_nginx),
        Step(445, "flag split_shipments turned on", lambda stage: _write_flags(stage, "on"), injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="feature_flag",
        statement="the flag split_shipments was turned on; its code takes a second line that most orders do not have",
        onset=FirstRecord("orders/orders.log", r"ERROR .*unhandled error serving GET /api/orders/"),
        trigger=Trigger("flag", "orders", "split_shipments", "off", "on"),
        place=Place("orders/shipments.py", "first, second = by_weight[0], by_weight[1]", "2.15.0"),
        clues=("split_shipments", "orders/shipments.py"),
        victims=("nginx",),
    ),
)
