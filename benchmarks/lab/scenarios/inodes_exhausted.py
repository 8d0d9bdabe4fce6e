"""A release writes one small file per order onto a volume that has room for bytes, and for few files."""

import subprocess

from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS_PAST, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic

_OUTBOX = '''"""One small file per order for the courier, who collects them at night."""

import json
import logging
import os
import shutil
from pathlib import Path

log = logging.getLogger("orders.outbox")


def drop(order_id: int, customer_id: int) -> None:
    """Drops an order into the courier's outbox."""
    folder = Path(os.environ["ORDERS_DATA"]) / "outbox"
    folder.mkdir(exist_ok=True)
    (folder / f"{order_id}.json").write_text(json.dumps({"order": order_id, "customer": customer_id}))
    free = shutil.disk_usage(folder).free
    log.info("order %d is in the outbox, %d KiB free", order_id, free // 1024)
'''
_RELEASES = (
    *ORDERS_PAST,
    Release(
        "2.15.0",
        "Drop each order into the courier's outbox",
        (
            Edit("orders/outbox.py", "", _OUTBOX),
            Edit("orders/views.py", "from orders import store\n", "from orders import outbox, store\n"),
            Edit(
                "orders/views.py",
                '    log.info("order %d placed',
                '    outbox.drop(order_id, int(body["customer_id"]))\n    log.info("order %d placed',
            ),
        ),
        hours_ago=12,
    ),
)


def _build(stage: Stage) -> None:
    data = stage.make_folder("orders/data")
    options = "size=64m,nr_inodes=130,mode=777"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(data)], check=True)
    open_orders(stage, _RELEASES)


SCENARIO = Scenario(
    name="inodes-exhausted",
    title="A volume runs out of inodes while bytes are free",
    shows=(
        "Release 2.15.0 of `orders` drops one small file per order onto a volume of 64 MB with 130 inodes. After "
        "minutes every new order fails with ENOSPC, though nearly all bytes are free, as the log says."
    ),
    lasts_s=740,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.4, seed=77),
    steps=(
        Step(140, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(230, "access log rotated", rotate_nginx),
        Step(
            347, "orders 2.15.0 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.15.0"), injects=True
        ),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="inode_exhaustion",
        shape="gradual",
        statement="orders 2.15.0 drops one small file per order until the volume has no inode left; bytes are free",
        onset=FirstRecord("orders/orders.log", r"ERROR .*unhandled error serving POST /api/orders"),
        trigger=Trigger("release", "orders", "version", "2.14.1", "2.15.0"),
        place=Place("orders/outbox.py", '(folder / f"{order_id}.json").write_text', "2.15.0"),
        clues=("2.15.0", "outbox", "No space left on device"),
        victims=("nginx",),
        innocent=("2.14.1", "postgresql"),
    ),
)
