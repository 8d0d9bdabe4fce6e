"""The partner's warehouse becomes slow; the services that call it time out and shout."""

from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Scenario, Step, Truth
from lab.shop import EDGE, deploy_checkout, open_purchases, purchase_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _slow_down(stage: Stage) -> None:
    (stage.root / "etc" / "partner-delay").write_text("4.0")


SCENARIO = Scenario(
    name="slow-dependency",
    title="A slow dependency, whose callers time out and shout",
    shows=(
        "The partner's warehouse, which writes no log here, starts to need four seconds more. `inventory` waits two "
        "seconds and gives up with one warning and one error; `checkout` tries three times and shouts. Nothing was "
        "deployed at that time."
    ),
    lasts_s=670,
    needs=("nginx", "python", "postgres"),
    build=open_purchases,
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 3.6, seed=57),
    steps=(
        Step(190, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
        Step(310, "access log rotated", rotate_nginx),
        Step(440, "the warehouse needs four seconds more", _slow_down, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="warehouse.partner.example",
        category="dependency_timeout",
        statement="the warehouse (warehouse.partner.example:8090) does not answer inventory within two seconds",
        onset=FirstRecord("inventory/inventory.log", '"warehouse call failed"'),
        clues=("warehouse.partner.example", "timed out"),
        victims=("inventory", "checkout", "nginx"),
        innocent=("4.2.1",),
    ),
)
