"""Nearly everybody wants one offer: the shard that holds it cannot keep up, the others have nothing to do."""

import json
import subprocess
from random import Random
from threading import Event
from zlib import crc32

from lab.limits import bound_cpu
from lab.repository import Edit, Release
from lab.runs.gunicorn import Web, reload_web, start_web
from lab.runs.nginx import rotate_nginx, start_nginx, write_nginx
from lab.runs.redis import PORT, start_redis
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, stray
from lab.stage import Stage
from lab.traffic import Request, Route, Traffic

_OFFERS = "10.20.0.29"
_SHARDS = {"redis-1": "10.20.0.33", "redis-2": "10.20.0.34", "redis-3": "10.20.0.35"}
_SHARD_CPU = 0.05
_SKUS = range(1000, 1030)
_HOT = "SKU-1016"
_HELD, _PIECES = 2400, 90000
_HOT_SHARE, _HOT_RATE, _RATE = 0.86, 30.0, 4.0
_campaign = Event()
_RELEASES = (
    Release("2.2.0", "Hold a piece for half an hour", hours_ago=96),
    Release(
        "2.2.1",
        "Say that an offer is sold out and not that it conflicts",
        (Edit("offers/app.py", '(409, {"error": "sold out"})', '(410, {"error": "sold out"})'),),
        hours_ago=6,
    ),
)


def _pick(rng: Random) -> str:
    return _HOT if _campaign.is_set() and rng.random() < _HOT_SHARE else f"SKU-{rng.choice(_SKUS)}"


def _hold(rng: Random) -> Request:
    body = json.dumps({"visitor": f"v{rng.randrange(16**8):08x}"})
    return Request("POST", f"/offers/{_pick(rng)}/hold", body)


_ROUTES = (
    Route(65, lambda rng: Request("GET", f"/offers/{_pick(rng)}")),
    Route(34, _hold),
    Route(1, stray),
)


def _build(stage: Stage) -> None:
    for name, address in _SHARDS.items():
        start_redis(stage, "--save", "", "--loglevel", "verbose", name=name, address=address)
    for sku in _SKUS:
        _fill(f"offer:SKU-{sku}", sku * _HELD)
    for name in _SHARDS:
        bound_cpu(stage, (name,), _SHARD_CPU)
    stage.make_service("offers", _RELEASES)
    stage.install("offers", "2.2.0")
    shards = ",".join(f"{name}={name}.shop.internal:{PORT}" for name in _SHARDS)
    start_web(stage, Web("offers", _OFFERS, 8000, threads=20, env={"OFFERS_SHARDS": shards}))
    write_nginx(stage, {"offers": (f"{_OFFERS}:8000",)}, {"/offers/": "offers"})
    start_nginx(stage)


def _fill(key: str, first: int) -> None:
    """Gives an offer the pieces and the holds of the hours before, on the shard that the service looks for it."""
    address = list(_SHARDS.values())[crc32(key.encode()) % len(_SHARDS)]
    holds = " ".join(f"v{first + number:08x} 4102444800" for number in range(_HELD))
    command = ["redis-cli", "-h", address, "-p", str(PORT)]
    subprocess.run(command, input=f"HSET {key} pieces {_PIECES} {holds}\n", check=True, capture_output=True, text=True)


def _deploy(stage: Stage) -> None:
    stage.install("offers", "2.2.1")
    reload_web(stage, "offers")


SCENARIO = Scenario(
    name="hot-key-on-one-shard",
    title="One key gets nearly all traffic, and its shard cannot keep up",
    shows=(
        "`offers` keeps each offer on one of three Redis servers, chosen by a hash of its key; each has 5 % "
        "of a processor. A mail names one offer, SKU-1016: six of seven requests ask for it from then on. Its shard, "
        "`redis-2`, does not answer within half a second, the other two are idle. Release 2.2.1 of `offers`, two "
        "minutes earlier, is harmless."
    ),
    lasts_s=606,
    needs=("nginx", "python", "redis"),
    build=_build,
    traffic=Traffic(EDGE, 80, _ROUTES, lambda _: _HOT_RATE if _campaign.is_set() else _RATE, seed=89),
    steps=(
        Step(205, "access log rotated", rotate_nginx),
        Step(340, "offers 2.2.1 deployed, workers replaced", _deploy),
        Step(462, "visitors begin to ask for SKU-1016", lambda _: _campaign.set(), injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="redis",
        replica="redis-2",
        category="hot_key",
        statement="six of seven requests ask for offer:SKU-1016: its shard redis-2 times out, the other two are idle",
        onset=FirstRecord("offers/offers.log", r"WARNING .*key offer:SKU-1016"),
        trigger=Trigger("traffic", "redis", "share of offer:SKU-1016", "1 of 30", "6 of 7"),
        clues=("redis-2", "offer:SKU-1016"),
        victims=("offers", "nginx"),
        innocent=("2.2.1", "redis-1", "redis-3"),
    ),
    hosts={
        "offers.shop.internal": _OFFERS,
        **{f"{name}.shop.internal": address for name, address in _SHARDS.items()},
    },
)
