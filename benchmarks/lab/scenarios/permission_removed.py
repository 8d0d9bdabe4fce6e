"""A right of the service's database role is revoked."""

from lab.runs.nginx import rotate_nginx
from lab.runs.postgres import run_sql
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _revoke(stage: Stage) -> None:
    del stage  # the database is reached by its address
    run_sql("orders", "REVOKE INSERT ON order_lines FROM orders;")


SCENARIO = Scenario(
    name="permission-removed",
    title="A database permission is removed",
    shows=(
        "An administrator tightens rights and revokes INSERT on `order_lines` from the role of the service. Reading "
        "goes on; every new order fails. PostgreSQL logs the statement and the errors."
    ),
    lasts_s=660,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_orders(stage, log_statement="ddl"),
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.2, seed=54),
    steps=(
        Step(150, "access log rotated", rotate_nginx),
        Step(262, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(437, "INSERT on order_lines revoked from role orders", _revoke, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="permission_denied",
        statement="INSERT on order_lines was revoked from the database role orders",
        onset=FirstRecord("postgresql/postgresql-15-main.log", r"ERROR: +permission denied for table order_lines"),
        trigger=Trigger("permission", "orders", "INSERT ON order_lines", "granted", "revoked"),
        clues=("REVOKE INSERT", "order_lines"),
        victims=("nginx",),
        innocent=("2.14.1",),
    ),
)
