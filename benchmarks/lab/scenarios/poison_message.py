"""One event that the consumer cannot read: it dies on it, starts again, and dies on it again."""

from lab.programs import Command
from lab.repository import SERVICES, Release
from lab.runs.nginx import rotate_nginx
from lab.runs.redis import ADDRESS, PORT, start_redis
from lab.runs.supervisor import supervise
from lab.scenario import FirstRecord, Place, Scenario, Step, Truth
from lab.shop import EDGE, deploy_orders, open_orders, order_routes
from lab.stage import Stage
from lab.traffic import Traffic


def _build(stage: Stage) -> None:
    open_orders(stage)
    start_redis(stage)
    stage.make_service("mailer", (Release("0.8.4", "Acknowledge an event after its mail is out", hours_ago=900),))
    stage.install("mailer", "0.8.4")
    python = str(stage.root / "venv" / "bin" / "python")
    env = {"MAILER_REDIS": f"redis://queue.shop.internal:{PORT}/0", "PYTHONUNBUFFERED": "1"}
    mailer = Command("mailer", (python, "-m", "mailer"), stage.current("mailer"), env=env)
    supervise(stage, mailer, "mailer.log")
    script = stage.root / "etc" / "feeder.py"
    script.write_text((SERVICES / "feeder.py").read_text())
    odd = {"FEEDER_ODD": str(stage.make_folder("feeder") / "odd")}
    stage.start(Command("feeder", ("python3", str(script), ADDRESS, str(PORT)), stage.root, env=odd))


def _send_odd_event(stage: Stage) -> None:
    (stage.root / "feeder" / "odd").touch()


SCENARIO = Scenario(
    name="poison-message",
    title="A poison message: the consumer dies at the same event for ever",
    shows=(
        "`mailer` reads order events from a Redis stream. One event writes its total with a comma; the mailer "
        "raises, ends, is started again by supervisord, reads the same event first, and so on. Mails stop, the "
        "stream grows. The web service beside it is healthy."
    ),
    lasts_s=660,
    needs=("nginx", "python", "postgres", "redis"),
    build=_build,
    traffic=Traffic(EDGE, 80, order_routes(), lambda _: 3.0, seed=74),
    steps=(
        Step(150, "access log rotated", rotate_nginx),
        Step(290, "orders 2.14.1 deployed, workers replaced", lambda stage: deploy_orders(stage, "2.14.1")),
        Step(431, "an event with an odd total is published", _send_odd_event, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="mailer",
        category="poison_message",
        statement="mailer dies on one event whose total has a comma, and reads that event first after each restart",
        onset=FirstRecord("mailer/mailer.log", r"CRITICAL mailer cannot handle event"),
        place=Place("mailer/render.py", 'total = Decimal(event["total"])', "0.8.4"),
        clues=("cannot handle event", "mailer/render.py"),
        innocent=("orders", "2.14.1"),
    ),
)
