"""A release keeps one database connection per audited customer and never closes it."""

from lab.repository import Edit, Release
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS_PAST, deploy_orders, open_orders, order_routes
from lab.traffic import Traffic

_AUDIT = '''"""Writes who placed what to the audit trail, through the client library's sessions (version 2)."""

import logging
import os
from typing import Any

from orders import db

log = logging.getLogger("orders.audit")

_LARGE_CENTS = 5000
_sessions: dict[int, Any] = {}


def record(order_id: int, customer_id: int, cents: int) -> None:
    """Records a large order."""
    if cents < _LARGE_CENTS:
        return
    session = _open_session(customer_id)
    session.execute(
        "INSERT INTO audit_trail (order_id, customer_id, cents) VALUES (%s, %s, %s)", (order_id, customer_id, cents)
    )


def _open_session(customer_id: int) -> Any:
    if customer_id not in _sessions:
        url = os.environ["ORDERS_DATABASE_URL"]
        _sessions[customer_id] = db.connect(url, application_name="orders-audit")
        log.info("audit session opened for customer %d, %d open", customer_id, len(_sessions))
    return _sessions[customer_id]
'''
_RELEASES = (
    *ORDERS_PAST,
    Release(
        "2.15.0",
        "Upgrade the audit client library to version 2",
        (
            Edit("orders/audit.py", "", _AUDIT),
            Edit(
                "orders/db.py",
                "DatabaseError = psycopg.Error\n",
                "DatabaseError = psycopg.Error\n\n\ndef connect(url: str, application_name: str) -> Any:\n"
                '    """Connects outside the pool; each statement commits."""\n'
                "    return psycopg.connect(url, autocommit=True, application_name=application_name)\n",
            ),
            Edit("orders/views.py", "from orders import store\n", "from orders import audit, store\n"),
            Edit(
                "orders/views.py",
                '    log.info("order %d placed',
                '    cents = sum(line["quantity"] * line["unit_cents"] for line in body["lines"])\n'
                '    audit.record(order_id, int(body["customer_id"]), cents)\n    log.info("order %d placed',
            ),
        ),
        hours_ago=4,
    ),
)

SCENARIO = Scenario(
    name="connection-leak",
    title="A connection leak after a library upgrade, until PostgreSQL refuses",
    shows=(
        "Release 2.15.0 of `orders` upgrades the audit client, which opens one session per customer and keeps it. "
        "Connections grow for minutes without any error; then PostgreSQL, which allows 60, refuses more and orders "
        "fail."
    ),
    lasts_s=760,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_orders(stage, _RELEASES, log_connections="on", log_disconnections="on"),
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.4, seed=56),
    steps=(
        Step(120, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(240, "access log rotated", rotate_nginx),
        Step(
            365, "orders 2.15.0 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.15.0"), injects=True
        ),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="connection_pool_exhaustion",
        shape="gradual",
        statement="orders 2.15.0 keeps an audit session open per customer until PostgreSQL refuses",
        onset=FirstRecord(
            "postgresql/postgresql-15-main.log", r"FATAL: +(sorry, too many clients already|remaining connection slots)"
        ),
        trigger=Trigger("release", "orders", "version", "2.14.1", "2.15.0"),
        place=Place("orders/audit.py", "_sessions[customer_id] = db.connect(", "2.15.0"),
        clues=("2.15.0", "audit"),
        victims=("postgresql", "nginx"),
        innocent=("2.14.1",),
    ),
)
