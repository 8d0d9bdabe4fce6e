"""The connection pool of the inventory service shrinks from 20 to 2; its caller shouts, it merely waits."""

from lab.runs.gunicorn import reload_web
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, deploy_checkout, open_purchases, purchase_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _shrink_pool(stage: Stage) -> None:
    config = stage.root / "inventory" / "config.toml"
    config.write_text(config.read_text().replace("pool_size = 20", "pool_size = 2"))
    reload_web(stage, "inventory")


SCENARIO = Scenario(
    name="pool-shrunk-by-config",
    title="A connection pool shrunk by a configuration change, with a caller who is louder than the culprit",
    shows=(
        "`inventory` holds a database connection while the partner's warehouse confirms (0.5 to 1.2 s). A changed "
        "configuration cuts its pool from 20 connections to 2; requests queue for a connection. `checkout` times out"
        " after 2.5 s, tries three times with errors each time, and makes it worse. Release 4.2.1 of `checkout`, "
        "four minutes earlier, is harmless. The warehouse is as fast as ever."
    ),
    lasts_s=690,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_purchases(stage, 0.5, 1.2),
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 4.3, seed=44),
    steps=(
        Step(205, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
        Step(330, "access log rotated", rotate_nginx),
        Step(452, "inventory: database.pool_size 20 → 2, workers replaced", _shrink_pool, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="inventory",
        category="connection_pool_exhaustion",
        statement="database.pool_size of inventory was cut from 20 to 2: requests queue for a database connection",
        onset=FirstRecord("inventory/inventory.log", '"slow to get a database connection"|"no database connection"'),
        first_visible=FirstRecord("checkout/checkout.log", " ERROR "),
        trigger=Trigger("config", "inventory", "database.pool_size", "20", "2"),
        clues=("database.pool_size", "20", "2"),
        victims=("checkout", "nginx"),
        innocent=("4.2.1", "warehouse.partner.example"),
    ),
)
