"""Control: two deployments under steady traffic that change nothing for visitors."""

from lab.repository import Edit, Release
from lab.runs.gunicorn import reload_web
from lab.runs.nginx import rotate_nginx
from lab.scenario import Scenario, Step, Truth
from lab.shop import EDGE, INVENTORY_PAST, deploy_checkout, open_purchases, purchase_routes
from lab.stage import Stage
from lab.traffic import Traffic

_RELEASES = (
    *INVENTORY_PAST,
    Release(
        "1.9.4",
        "Log the number of each reservation",
        (
            Edit(
                "inventory/reservations.py",
                '    return 201, {"reservation": made["id"]}\n',
                '    log.info("reserved", extra={"data": {"sku": sku, "reservation": made["id"]}})\n'
                '    return 201, {"reservation": made["id"]}\n',
            ),
        ),
        hours_ago=20,
    ),
)


def _deploy_inventory(stage: Stage) -> None:
    stage.install("inventory", "1.9.4")
    reload_web(stage, "inventory")


SCENARIO = Scenario(
    name="deploy-without-effect",
    title="Deployments without effect",
    shows=(
        "Release 4.2.1 of `checkout` and release 1.9.4 of `inventory` are deployed under steady traffic. The latter "
        "begins to log a line per reservation that was never there before, at INFO; nothing breaks. Some goods are "
        "out of stock, as always."
    ),
    lasts_s=650,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_purchases(stage, inventory=_RELEASES),
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 3.4, seed=64),
    steps=(
        Step(180, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
        Step(260, "access log rotated", rotate_nginx),
        Step(400, "inventory 1.9.4 deployed, workers replaced", _deploy_inventory),
    ),
    truth=Truth(verdict="no_incident", innocent=("4.2.1", "1.9.4")),
)
