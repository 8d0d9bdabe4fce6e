"""Control: three times as many visitors for three minutes, and nothing breaks."""

from lab.runs.nginx import rotate_nginx
from lab.scenario import Scenario, Step, Truth
from lab.shop import EDGE, open_orders, order_routes
from lab.traffic import Traffic


def _rate(second: float) -> float:
    return 10.5 if 330 <= second < 510 else 3.5


SCENARIO = Scenario(
    name="traffic-surge",
    title="A surge of traffic without errors",
    shows="From second 330 to 510 three times as many visitors come; every request is answered as well as before.",
    lasts_s=660,
    needs=("nginx", "python", "postgres"),
    build=open_orders,
    traffic=Traffic(EDGE, 80, order_routes(), _rate, seed=61),
    steps=(Step(240, "access log rotated", rotate_nginx),),
    truth=Truth(verdict="no_incident"),
)
