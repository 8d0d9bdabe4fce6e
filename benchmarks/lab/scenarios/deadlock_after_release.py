"""A release reserves the goods of a basket in the visitor's order, where earlier ones sorted them: deadlocks."""

import json
from random import Random

from lab.repository import Edit, Release
from lab.runs.gunicorn import reload_web
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, INVENTORY_PAST, open_purchases
from lab.stage import Stage
from lab.traffic import Request, Route, Traffic

_MANY = '''

def reserve_all(basket: str, lines: list[dict[str, Any]]) -> Answer:
    """Sets all goods of a basket aside, or none."""
    with db.connection() as connection:
        for line in sorted(lines, key=lambda line: line["sku"]):
            row = connection.execute(
                "UPDATE stock SET on_hand = on_hand - %s WHERE sku = %s AND on_hand >= %s RETURNING shelf",
                (line["quantity"], line["sku"], line["quantity"]),
            ).fetchone()
            if row is None:
                connection.rollback()
                return 409, {"error": "out of stock"}
            warehouse.confirm(line["sku"], row["shelf"], line["quantity"])
    log.info("basket reserved", extra={"data": {"basket": basket, "lines": len(lines)}})
    return 201, {"basket": basket}
'''
_RELEASES = (
    *INVENTORY_PAST,
    Release(
        "1.10.0",
        "Reserve whole baskets",
        (
            Edit(
                "inventory/reservations.py",
                '    return 201, {"reservation": made["id"]}\n',
                '    return 201, {"reservation": made["id"]}\n' + _MANY,
            ),
            Edit(
                "inventory/app.py",
                '    return 404, {"error": "not found"}\n',
                '    if method == "POST" and path == "/stock/baskets":\n'
                '        body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))\n'
                '        return reservations.reserve_all(body["basket"], body["lines"])\n'
                '    return 404, {"error": "not found"}\n',
            ),
        ),
        hours_ago=90,
    ),
    Release(
        "1.10.1",
        "Reserve the goods of a basket in the order in which the visitor chose them",
        (
            Edit(
                "inventory/reservations.py",
                '        for line in sorted(lines, key=lambda line: line["sku"]):\n',
                "        for line in lines:\n",
            ),
        ),
        hours_ago=8,
    ),
)


def _basket(rng: Random) -> Request:
    chosen = rng.sample(("SKU-1010", "SKU-1020", "SKU-1030", "SKU-1040", "SKU-1050"), rng.choice((2, 2, 3)))
    body = {"basket": f"b{rng.randrange(16**8):08x}", "lines": [{"sku": sku, "quantity": 1} for sku in chosen]}
    return Request("POST", "/stock/baskets", json.dumps(body))


def _deploy(stage: Stage) -> None:
    stage.install("inventory", "1.10.1")
    reload_web(stage, "inventory")


def _build(stage: Stage) -> None:
    open_purchases(stage, 0.06, 0.2, inventory=_RELEASES)
    stage.install("inventory", "1.10.0")
    reload_web(stage, "inventory")


SCENARIO = Scenario(
    name="deadlock-after-release",
    title="Deadlocks after a release changes the order of locks",
    shows=(
        "`inventory` reserves the goods of a basket in one transaction, confirming each with the warehouse. Release "
        "1.10.1 no longer sorts them, so two baskets lock the same goods in opposite order; PostgreSQL detects "
        "deadlocks and ends one of the two."
    ),
    lasts_s=660,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(
        EDGE,
        80,
        (Route(60, _basket), Route(40, lambda rng: Request("GET", f"/stock/SKU-{rng.randrange(1000, 1706)}"))),
        lambda _: 3.4,
        seed=81,
    ),
    steps=(
        Step(200, "access log rotated", rotate_nginx),
        Step(436, "inventory 1.10.1 deployed, workers replaced", _deploy, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="inventory",
        category="deadlock",
        statement="inventory 1.10.1 no longer sorts the goods of a basket before it locks them: deadlocks",
        onset=FirstRecord("postgresql/postgresql-15-main.log", r"ERROR: +deadlock detected"),
        trigger=Trigger("release", "inventory", "version", "1.10.0", "1.10.1"),
        place=Place("inventory/reservations.py", "        for line in lines:", "1.10.1"),
        clues=("1.10.1", "deadlock detected"),
        victims=("postgresql", "nginx"),
    ),
)
