"""A release of the inventory service never finds what it caches, until the kernel kills its worker, again and again."""

from lab.limits import bound_memory
from lab.repository import Edit, Release
from lab.runs.gunicorn import reload_web
from lab.runs.nginx import rotate_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, deploy_checkout, open_purchases, purchase_routes
from lab.stage import Stage
from lab.traffic import Traffic

_MEMORY_BYTES = 120 * 1024 * 1024

_USAGE = '''"""Says now and then what this process uses."""

import logging
import threading
import time
from pathlib import Path

log = logging.getLogger("inventory.usage")

_EVERY_S = 20.0


def watch() -> None:
    """Begins to log memory and threads of this process."""
    threading.Thread(target=_watch, daemon=True, name="usage").start()


def _watch() -> None:
    while True:
        time.sleep(_EVERY_S)
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        rss_mb = round(int(status["VmRSS"].split()[0]) / 1024, 1)
        log.info("process", extra={"data": {"rss_mb": rss_mb, "threads": threading.active_count()}})
'''
_HALL = '''"""The hall as the pickers see it: which bays lie near a shelf."""

import logging
import zlib

log = logging.getLogger("inventory.hall")

_COLUMNS, _ROWS = 480, 320
_WIDTH = 40
_plans: dict[tuple[str, str], bytearray] = {}


def nearest_bay(shelf: str, sku: str, basket: str) -> int:
    """Returns the bay to pick from, looked up in the plan of the hall around a shelf."""
    plan = _plan(shelf, basket)
    at = zlib.crc32(sku.encode()) % (len(plan) - _WIDTH)
    return at // _COLUMNS + plan[at : at + _WIDTH].index(min(plan[at : at + _WIDTH]))


def _plan(shelf: str, basket: str) -> bytearray:
    """Draws the plan around a shelf once, as drawing takes longer than looking up."""
    key = (shelf, basket)
    if key not in _plans:
        row = bytes(zlib.crc32(f"{shelf}/{column}".encode()) % 250 for column in range(_COLUMNS))
        _plans[key] = bytearray(row * _ROWS)
    return _plans[key]
'''
_RELEASES = (
    Release(
        "1.9.3",
        "Log what the process uses",
        (
            Edit("inventory/usage.py", "", _USAGE),
            Edit("inventory/app.py", "settings, warehouse\n", "settings, usage, warehouse\n"),
            Edit("inventory/app.py", "settings.load()\n", "settings.load()\nusage.watch()\n"),
        ),
        hours_ago=620,
    ),
    Release(
        "1.10.0",
        "Name the bay to pick from in each reservation",
        (
            Edit("inventory/hall.py", "", _HALL),
            Edit("inventory/reservations.py", "import db, settings", "import db, hall, settings"),
            Edit(
                "inventory/reservations.py",
                '    return 201, {"reservation": made["id"]}',
                '    bay = hall.nearest_bay(row["shelf"], sku, basket)\n'
                '    return 201, {"reservation": made["id"], "bay": bay}',
            ),
        ),
        hours_ago=5,
    ),
)


def _build(stage: Stage) -> None:
    open_purchases(stage, 0.5, 1.2, inventory=_RELEASES)
    bound_memory(stage, ("inventory",), _MEMORY_BYTES)


def _deploy(stage: Stage) -> None:
    stage.install("inventory", "1.10.0")
    reload_web(stage, "inventory")


SCENARIO = Scenario(
    name="memory-leak-until-killed",
    title="A memory leak in a Python service, until the kernel kills its worker",
    shows=(
        "Release 1.10.0 of `inventory` caches plans of the hall under a key that holds the basket, so that none is "
        "ever found again. The worker, which logs its memory every 20 s, grows for three minutes without any error "
        "until the kernel kills it at the limit of the service, 120 MB; gunicorn starts another, and so on. "
        "Reservations in flight are lost: `checkout` shouts, tries again and mostly succeeds."
    ),
    lasts_s=880,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 5.0, seed=83),
    steps=(
        Step(150, "access log rotated", rotate_nginx),
        Step(268, "inventory 1.10.0 deployed, workers replaced", _deploy, injects=True),
        Step(395, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
    ),
    truth=Truth(
        verdict="incident",
        service="inventory",
        category="out_of_memory",
        shape="gradual",
        statement="inventory 1.10.0 keeps a plan of the hall per basket for ever; its worker is killed at 120 MB",
        onset=FirstRecord("inventory/gunicorn.log", r"was sent SIGKILL! Perhaps out of memory\?"),
        first_visible=FirstRecord("checkout/checkout.log", " ERROR .*attempt 1 of 3"),
        trigger=Trigger("release", "inventory", "version", "1.9.3", "1.10.0"),
        place=Place("inventory/hall.py", "_plans[key] = bytearray(row * _ROWS)", "1.10.0"),
        clues=("1.10.0", "rss_mb", "SIGKILL"),
        victims=("checkout", "nginx"),
        innocent=("4.2.1", "warehouse.partner.example", "postgresql"),
    ),
)
