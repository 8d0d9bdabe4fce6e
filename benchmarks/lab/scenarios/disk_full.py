"""A release writes a large receipt per order onto a small volume until it is full."""

import subprocess

from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS_PAST, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic

_RECEIPTS = '''"""Receipts of orders, kept as files for the accountants."""

import logging
import os
import shutil
from pathlib import Path
from typing import Any

log = logging.getLogger("orders.receipts")

_ROWS = 480


def keep(order_id: int, lines: list[dict[str, Any]]) -> None:
    """Renders the receipt of an order with its terms and keeps it."""
    folder = Path(os.environ["ORDERS_DATA"]) / "receipts"
    folder.mkdir(exist_ok=True)
    path = folder / f"{order_id}.html"
    rows = "".join(f"<tr><td>{line['sku']}</td><td>{line['quantity']}</td></tr>" for line in lines)
    terms = "<p>Terms of sale: goods may be returned within thirty days, unused and in their box.</p>" * _ROWS
    path.write_text(f"<html><body><h1>Order {order_id}</h1><table>{rows}</table>{terms}</body></html>")
    usage = shutil.disk_usage(folder)
    percent = 100 * usage.used // usage.total
    log.info("receipt of order %d kept: %d bytes, volume %d%% used", order_id, path.stat().st_size, percent)
'''
_RELEASES = (
    *ORDERS_PAST,
    Release(
        "2.15.0",
        "Keep a receipt of each order with the terms of sale",
        (
            Edit("orders/receipts.py", "", _RECEIPTS),
            Edit("orders/views.py", "from orders import store\n", "from orders import receipts, store\n"),
            Edit(
                "orders/views.py",
                '    log.info("order %d placed',
                '    receipts.keep(order_id, body["lines"])\n    log.info("order %d placed',
            ),
        ),
        hours_ago=3,
    ),
)


def _build(stage: Stage) -> None:
    data = stage.make_folder("orders/data")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=777", "tmpfs", str(data)], check=True)
    open_orders(stage, _RELEASES)


SCENARIO = Scenario(
    name="disk-full",
    title="A volume fills up until it is full",
    shows=(
        "Release 2.15.0 of `orders` keeps a receipt of 43 KB per order on a small volume. It fills over minutes "
        "without any error; then every new order fails with ENOSPC, after it was stored."
    ),
    lasts_s=740,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.6, seed=71),
    steps=(
        Step(130, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(220, "access log rotated", rotate_nginx),
        Step(
            352, "orders 2.15.0 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.15.0"), injects=True
        ),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="disk_full",
        shape="gradual",
        statement="receipts of orders 2.15.0 filled the data volume until no space was left",
        onset=FirstRecord("orders/orders.log", r"ERROR .*unhandled error serving POST /api/orders"),
        trigger=Trigger("release", "orders", "version", "2.14.1", "2.15.0"),
        place=Place("orders/receipts.py", "path.write_text(", "2.15.0"),
        clues=("2.15.0", "receipts", "No space left on device"),
        victims=("nginx",),
        innocent=("2.14.1", "postgresql"),
    ),
)
