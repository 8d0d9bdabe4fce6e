"""One of three replicas is moved, and cannot resolve the name of the database there."""

from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, open_orders, order_routes, start_orders
from lab.stage import Stage
from lab.traffic import Traffic


def _move(stage: Stage) -> None:
    hosts = stage.root / "etc" / "hosts-of-orders-3"
    hosts.write_text("127.0.0.1 localhost\n")
    stage.stop("orders-3")
    start_orders(stage, name="orders-3", port=8003, hosts=str(hosts))


SCENARIO = Scenario(
    name="dns-broken-on-one-replica",
    title="Name resolution is broken on one replica",
    shows=(
        "Three replicas of `orders`. `orders-3` is started again where the name `db.shop.internal` does not resolve;"
        " its pool never gets a connection, and each request there waits five seconds and fails."
    ),
    lasts_s=660,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_orders(stage, replicas=3),
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.0, seed=78),
    steps=(
        Step(260, "access log rotated", rotate_nginx),
        Step(441, "orders-3 started again without name resolution", _move, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        replica="orders-3",
        category="dns_failure",
        statement="orders-3 cannot resolve db.shop.internal since it was started again",
        onset=FirstRecord("orders-3/orders.log", r"WARNING .*error connecting in .*resolve|ERROR "),
        trigger=Trigger("restart", "orders", "name resolution of db.shop.internal", "works", "fails"),
        clues=("orders-3", "db.shop.internal", "resolve"),
        victims=("nginx",),
        innocent=("orders-1", "orders-2", "postgresql"),
    ),
)
