"""A migration renames a column that the running release still reads."""

from lab.runs.nginx import rotate_nginx
from lab.runs.postgres import run_sql
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _migrate(stage: Stage) -> None:
    del stage  # the database is reached by its address
    run_sql("orders", "ALTER TABLE customers RENAME COLUMN city TO town;", as_user="orders")


SCENARIO = Scenario(
    name="column-missing-after-migration",
    title="A column is missing after a migration",
    shows=(
        "A migration renames `customers.city` to `town` ahead of a release which never came; `orders` 2.14.1 still "
        "reads `city`, so every order page fails, while lists and new orders work. PostgreSQL logs the statement and"
        " the errors."
    ),
    lasts_s=660,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_orders(stage, log_statement="ddl"),
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 4.0, seed=53),
    steps=(
        Step(171, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(320, "access log rotated", rotate_nginx),
        Step(448, "migration: customers.city renamed to town", _migrate, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="orders",
        category="schema_mismatch",
        statement="a migration renamed customers.city to town while orders 2.14.1 still reads city",
        onset=FirstRecord("postgresql/postgresql-15-main.log", r"ERROR: +column c\.city does not exist"),
        trigger=Trigger("migration", "orders", "customers.city", "city", "town"),
        clues=("RENAME COLUMN", "city"),
        victims=("nginx",),
        innocent=("2.14.1",),
    ),
)
