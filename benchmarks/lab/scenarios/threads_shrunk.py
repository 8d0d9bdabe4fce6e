"""The checkout service is configured to one thread per worker in place of sixteen."""

from lab.runs.gunicorn import reload_web, write_threads
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, deploy_checkout, open_purchases, purchase_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _shrink(stage: Stage) -> None:
    write_threads(stage, "checkout", 1)
    reload_web(stage, "checkout")


SCENARIO = Scenario(
    name="threads-shrunk",
    title="A thread pool shrunk by a configuration change",
    shows=(
        "`checkout` needs about a second per purchase, waiting for the warehouse. A changed configuration gives it "
        "one thread per worker instead of sixteen; purchases queue in front of it, and nginx gives up after seven "
        "seconds. Its own log shows nothing but its start: each request that it serves is as fast as ever."
    ),
    lasts_s=690,
    needs=("nginx", "python", "postgres"),
    build=lambda stage: open_purchases(stage, 0.6, 1.3),
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 4.3, seed=79),
    steps=(
        Step(170, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
        Step(300, "access log rotated", rotate_nginx),
        Step(443, "checkout: 1 thread per worker, was 16; workers replaced", _shrink, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="checkout",
        category="thread_pool_exhaustion",
        statement="checkout was configured to 1 thread per worker, was 16: purchases queue in front of it",
        onset=FirstRecord("nginx/access.log", r"POST /checkout .* rt=([2-9]|\d\d)\."),
        first_visible=FirstRecord("nginx/error.log", r"upstream timed out"),
        trigger=Trigger("config", "checkout", "threads", "16", "1"),
        clues=("1 threads", "16"),
        victims=("nginx",),
        innocent=("4.2.1", "inventory", "warehouse.partner.example"),
    ),
)
