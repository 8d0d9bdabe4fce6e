"""Control: the partner's warehouse is slow for forty seconds and recovers by itself."""

from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Scenario, Step, Truth
from lab.shop import EDGE, open_purchases, purchase_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _slow_down(stage: Stage) -> None:
    (stage.root / "etc" / "partner-delay").write_text("4.0")


def _recover(stage: Stage) -> None:
    (stage.root / "etc" / "partner-delay").unlink()


SCENARIO = Scenario(
    name="blip-recovers",
    title="A blip that recovers by itself",
    shows=(
        "For forty seconds the partner's warehouse needs four seconds more; then it answers as before, with nobody "
        "having done anything. Five healthy minutes follow."
    ),
    lasts_s=690,
    needs=("nginx", "python", "postgres"),
    build=open_purchases,
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 3.4, seed=63),
    steps=(
        Step(200, "access log rotated", rotate_nginx),
        Step(330, "the warehouse needs four seconds more", _slow_down, injects=True),
        Step(370, "the warehouse is as fast as before", _recover),
    ),
    truth=Truth(
        verdict="recovered",
        service="warehouse.partner.example",
        category="dependency_timeout",
        statement="the partner's warehouse was slow for forty seconds and recovered by itself",
        onset=FirstRecord("inventory/inventory.log", '"warehouse call failed"'),
        clues=("warehouse.partner.example",),
        victims=("inventory", "checkout", "nginx"),
    ),
)
