"""The partner's answers begin to lack a part that always was there."""

from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Truth
from lab.shop import EDGE, deploy_checkout, open_purchases, purchase_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _send_null(stage: Stage) -> None:
    (stage.root / "etc" / "partner-no-slot").write_text("0.35")


SCENARIO = Scenario(
    name="partner-sends-null",
    title="A partner starts to send null",
    shows=(
        "A third of the answers of the partner's warehouse begin to lack their slot (null). `inventory`, unchanged, "
        "reads the gate of the slot and raises; `checkout` tries again, which mostly helps. Release 4.2.1 of "
        "`checkout` is harmless."
    ),
    lasts_s=670,
    needs=("nginx", "python", "postgres"),
    build=open_purchases,
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 3.8, seed=58),
    steps=(
        Step(150, "access log rotated", rotate_nginx),
        Step(290, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
        Step(451, "the warehouse begins to send no slot in a third of its answers", _send_null, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="inventory",
        category="null_reference",
        statement="inventory reads the gate of a slot which the partner now sends as null in a third of its answers",
        onset=FirstRecord("inventory/inventory.log", "'NoneType' object is not subscriptable"),
        place=Place("inventory/warehouse.py", 'confirmation["slot"]["gate"]', "1.9.3"),
        clues=("inventory/warehouse.py", "NoneType"),
        victims=("checkout", "nginx"),
        innocent=("4.2.1",),
    ),
)
