"""One of three replicas is restarted with an environment that lacks a variable."""

from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, open_orders, order_routes, start_orders
from lab.stage import Stage
from lab.traffic import Traffic


def _restart(stage: Stage) -> None:
    stage.stop("orders-2")
    start_orders(stage, name="orders-2", port=8002, ORDERS_DATABASE_URL="")


SCENARIO = Scenario(
    name="env-missing-on-one-replica",
    title="An environment variable is missing on one replica",
    shows=(
        "Three replicas of `orders`. `orders-2` is restarted from a new environment file that lacks "
        "ORDERS_DATABASE_URL; it starts, and fails each request that needs the database. A third of the visitors see"
        " errors."
    ),
    lasts_s=660,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_orders(stage, replicas=3),
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.4, seed=52),
    steps=(
        Step(210, "access log rotated", rotate_nginx),
        Step(433, "orders-2 restarted without ORDERS_DATABASE_URL", _restart, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        replica="orders-2",
        category="config_missing",
        statement="orders-2 was restarted without the environment variable ORDERS_DATABASE_URL",
        onset=FirstRecord("orders-2/orders.log", r"ERROR .*unhandled error serving"),
        trigger=Trigger("config", "orders", "ORDERS_DATABASE_URL", "set", "missing"),
        clues=("orders-2", "ORDERS_DATABASE_URL"),
        victims=("nginx",),
        innocent=("orders-1", "orders-3"),
    ),
)
