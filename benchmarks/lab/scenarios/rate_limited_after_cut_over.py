"""Calls are cut over to a partner's new address, which takes few requests a second; retries make it worse."""

from lab.runs.gunicorn import reload_web
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, deploy_checkout, open_purchases, purchase_routes, start_warehouse
from lab.stage import Stage
from lab.traffic import Traffic

_OLD, _NEW = "http://warehouse.partner.example:8090", "http://api.warehouse.partner.example:8091"


def _build(stage: Stage) -> None:
    open_purchases(stage)
    start_warehouse(stage, 0.1, 0.3, port=8091, per_second=1)


def _cut_over(stage: Stage) -> None:
    config = stage.root / "inventory" / "config.toml"
    config.write_text(config.read_text().replace(_OLD, _NEW))
    reload_web(stage, "inventory")


SCENARIO = Scenario(
    name="rate-limited-after-cut-over",
    title="A dependency limits the rate after a cut-over, and retries amplify it",
    shows=(
        "The address of the partner's warehouse is changed to its new API, which takes one request a second and "
        "answers 429 to the others. `checkout` tries each reservation three times, which triples the calls."
    ),
    lasts_s=670,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 3.9, seed=73),
    steps=(
        Step(180, "access log rotated", rotate_nginx),
        Step(280, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
        Step(446, "inventory: warehouse.url moved to the new API, workers replaced", _cut_over, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="inventory",
        category="rate_limited",
        statement="warehouse.url of inventory was moved to the new API, which answers 429 beyond its rate limit",
        onset=FirstRecord("inventory/inventory.log", '"warehouse call failed"'),
        trigger=Trigger("config", "inventory", "warehouse.url", _OLD, _NEW),
        clues=("warehouse.url", "api.warehouse.partner.example", "429"),
        victims=("checkout", "nginx"),
        innocent=("4.2.1",),
    ),
)
