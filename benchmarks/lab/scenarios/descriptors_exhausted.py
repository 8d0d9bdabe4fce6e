"""A release keeps one file open per customer until the process may open no more."""

from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS_PAST, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic

_JOURNAL = '''"""A journal per customer: what was asked for, one file each."""

import logging
import os
from pathlib import Path
from typing import TextIO

log = logging.getLogger("orders.journal")

_open: dict[int, TextIO] = {}


def note(customer_id: int, what: str) -> None:
    """Appends one line to the journal of a customer."""
    if customer_id not in _open:
        path = Path(os.environ["ORDERS_DATA"]) / f"journal-{customer_id}.txt"
        _open[customer_id] = path.open("a")
        log.info("journal of customer %d opened, %d open", customer_id, len(_open))
    _open[customer_id].write(what + "\\n")
    _open[customer_id].flush()
'''
_RELEASES = (
    *ORDERS_PAST,
    Release(
        "2.15.0",
        "Keep a journal per customer",
        (
            Edit("orders/journal.py", "", _JOURNAL),
            Edit("orders/views.py", "from orders import store\n", "from orders import journal, store\n"),
            Edit(
                "orders/views.py",
                '    """Lists a customer\'s orders."""\n',
                '    """Lists a customer\'s orders."""\n    journal.note(customer_id, "orders listed")\n',
            ),
        ),
        hours_ago=6,
    ),
)


def _build(stage: Stage) -> None:
    stage.make_folder("orders/data")
    open_orders(stage, _RELEASES, open_files=110)


SCENARIO = Scenario(
    name="descriptors-exhausted",
    title="File descriptors run out after a release",
    shows=(
        "Release 2.15.0 of `orders` keeps a journal file open per customer. Each worker may have 110 files open; "
        "when they are used up, gunicorn itself cannot serve, nginx sees connections closed early, a worker ends, "
        "and its successor starts to fill again."
    ),
    lasts_s=740,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.6, seed=72),
    steps=(
        Step(160, "access log rotated", rotate_nginx),
        Step(250, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(
            340, "orders 2.15.0 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.15.0"), injects=True
        ),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="fd_exhaustion",
        shape="intermittent",
        statement="orders 2.15.0 keeps a journal file open per customer until the worker may open no more files",
        onset=FirstRecord("orders/*.log", r"ERROR"),
        trigger=Trigger("release", "orders", "version", "2.14.1", "2.15.0"),
        place=Place("orders/journal.py", '_open[customer_id] = path.open("a")', "2.15.0"),
        clues=("2.15.0", "journal", "Too many open files"),
        victims=("nginx",),
        innocent=("2.14.1",),
    ),
)
