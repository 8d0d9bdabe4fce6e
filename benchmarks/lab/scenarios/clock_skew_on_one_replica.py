"""One of two inventory replicas comes back with a clock 95 s ahead, and takes fresh tokens for expired ones."""

from pathlib import Path

from lab.repository import Edit, Release
from lab.runs.gunicorn import Web, start_web
from lab.runs.nginx import rotate_nginx, start_nginx, write_nginx
from lab.runs.postgres import start_postgres
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import (
    CHECKOUT,
    CHECKOUT_PAST,
    EDGE,
    INVENTORY,
    INVENTORY_PAST,
    INVENTORY_SCHEMA,
    purchase_routes,
    start_checkout,
    start_warehouse,
)
from lab.stage import Stage
from lab.traffic import Traffic

_TOKENS = '''"""Short-lived tokens between our services."""

import hashlib
import hmac
import os
import time

_LIFE_S = 60


def make() -> str:
    """Makes a token that is valid for a minute."""
    expires = str(int(time.time()) + _LIFE_S)
    return f"{expires}.{_sign(expires)}"


def check(token: str) -> str | None:
    """Says what is wrong with a token; None where nothing is."""
    expires, _, signature = token.partition(".")
    if not hmac.compare_digest(signature, _sign(expires)):
        return "bad signature"
    late_s = time.time() - int(expires)
    return f"token expired {late_s:.0f} s ago" if late_s > 0 else None


def _sign(text: str) -> str:
    return hmac.new(os.environ["TOKEN_KEY"].encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
'''
_INVENTORY = Release(
    "1.9.3",
    "Ask callers for a token",
    (
        Edit("inventory/tokens.py", "", _TOKENS),
        Edit("inventory/app.py", "settings, warehouse\n", "settings, tokens, warehouse\n"),
        Edit(
            "inventory/app.py",
            '    if method == "POST" and path == "/reservations":\n',
            '    if method == "POST" and (wrong := tokens.check(environ.get("HTTP_X_SHOP_TOKEN", ""))):\n'
            '        log.warning("token rejected", extra={"data": {"path": path, "reason": wrong}})\n'
            '        return 401, {"error": wrong}\n'
            '    if method == "POST" and path == "/reservations":\n',
        ),
    ),
    hours_ago=620,
)
_CHECKOUT = Release(
    "4.2.0",
    "Send a token to the inventory service",
    (
        Edit("checkout/tokens.py", "", _TOKENS),
        Edit(
            "checkout/inventory.py",
            "from typing import Any\n",
            "from typing import Any\n\nfrom checkout import tokens\n",
        ),
        Edit(
            "checkout/inventory.py",
            '"X-Request-ID": request_id}',
            '"X-Request-ID": request_id, "X-Shop-Token": tokens.make()}',
        ),
    ),
    hours_ago=260,
)
_KEY = {"TOKEN_KEY": "k3-2f9d"}
_AHEAD_S = 95


def _start(stage: Stage, number: int, **extra: str) -> None:
    name = f"inventory-{number}"
    config = stage.make_folder("inventory") / "config.toml"
    config.write_text((stage.current("inventory") / "config.toml").read_text())
    state = stage.make_folder(f"inventory/state-{number}")
    env = {"INVENTORY_CONFIG": str(config), "INVENTORY_STATE": str(state), **_KEY, **extra}
    start_web(stage, Web("inventory", INVENTORY, 8000 + number, workers=1, threads=8, name=name, env=env))


def _build(stage: Stage) -> None:
    start_postgres(stage, (("inventory", INVENTORY_SCHEMA),))
    stage.make_service("inventory", (_INVENTORY,))
    stage.make_service("checkout", (_CHECKOUT, CHECKOUT_PAST[1]))
    stage.install("inventory", INVENTORY_PAST[0].version)
    stage.install("checkout", "4.2.1")
    start_warehouse(stage, 0.1, 0.4)
    _start(stage, 1)
    _start(stage, 2)
    start_checkout(stage, INVENTORY_URL=f"http://{EDGE}", TOKEN_KEY=_KEY["TOKEN_KEY"])
    upstreams = {"checkout": (f"{CHECKOUT}:8000",), "inventory": (f"{INVENTORY}:8001", f"{INVENTORY}:8002")}
    write_nginx(stage, upstreams, {"/checkout": "checkout", "/stock/": "inventory", "/reservations": "inventory"})
    start_nginx(stage)


def _restart_ahead(stage: Stage) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    stage.stop("inventory-2")
    _start(stage, 2, LD_PRELOAD=str(library), FAKETIME=f"+{_AHEAD_S}s", NO_FAKE_STAT="1")


SCENARIO = Scenario(
    name="clock-skew-on-one-replica",
    title="Clock skew breaks tokens on one replica",
    shows=(
        "`checkout` sends a token of one minute's life with each reservation. `inventory-2` is started again on a "
        "host whose clock is 95 s ahead and rejects every token as expired; its log is 95 s ahead as well. "
        "`checkout` tries again and often reaches `inventory-1`."
    ),
    lasts_s=640,
    needs=("nginx", "python", "postgres", "faketime"),
    build=_build,
    traffic=Traffic(EDGE, 80, purchase_routes(), lambda _: 3.6, seed=82),
    steps=(
        Step(180, "access log rotated", rotate_nginx),
        Step(420, "inventory-2 started again with its clock 95 s ahead", _restart_ahead, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="inventory",
        replica="inventory-2",
        category="clock_skew",
        statement="the clock of inventory-2 is 95 s ahead since its restart: it takes fresh tokens for expired ones",
        onset=FirstRecord("checkout/checkout.log", r"ERROR .*HTTP Error 401"),
        trigger=Trigger("restart", "inventory", "clock of inventory-2", "right", "95 s ahead"),
        clues=("inventory-2", "token expired"),
        victims=("checkout", "nginx"),
        innocent=("inventory-1",),
    ),
)
