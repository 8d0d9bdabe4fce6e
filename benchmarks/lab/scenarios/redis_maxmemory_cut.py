"""A changed setting takes most of its memory from a cache; the database behind it gets what the cache kept away."""

import shutil
import urllib.request
from random import Random

from lab.limits import bound_cpu
from lab.programs import Command
from lab.repository import SERVICES, Edit, Release
from lab.runs.gunicorn import Web, reload_web, start_web
from lab.runs.nginx import rotate_nginx, start_nginx, write_nginx
from lab.runs.postgres import HOST, run_sql, start_postgres
from lab.runs.redis import PORT, start_redis
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import EDGE, ORDERS, ORDERS_PAST, ORDERS_SCHEMA, order_routes, start_orders, stray
from lab.stage import Stage
from lab.traffic import Request, Route, Traffic

_RECOMMEND, _STOREFRONT, _CACHE = "10.20.0.27", "10.20.0.28", "10.20.0.32"
_CACHE_HOST = "cache.shop.internal"
_PRODUCTS = range(1000, 1400)
_COLD = 5  # of a hundred products are not in the cache at first
_DATABASE_CPU = 0.15
_SETTINGS = """# redis.conf of the cache, written by confsync
maxmemory 64mb
maxmemory-policy allkeys-lru
slowlog-log-slower-than 10000
timeout 0
tcp-keepalive 300
"""
_STOREFRONT_PAST = (
    Release("7.3.0", "Show what others bought", hours_ago=200),
    Release(
        "7.3.1",
        "Show five products instead of six",
        (Edit("storefront/app.py", "_SHOWN = 6", "_SHOWN = 5"),),
        hours_ago=4,
    ),
)


def _product(rng: Random) -> Request:
    return Request("GET", f"/product/SKU-{rng.choice(_PRODUCTS)}")


_ROUTES = (Route(300, _product), Route(2, stray), *order_routes())


def _build(stage: Stage) -> None:
    start_postgres(
        stage, (("orders", ORDERS_SCHEMA), ("recommend", SERVICES / "shop-recommend" / "schema.sql")), work_mem="8MB"
    )
    run_sql("recommend", "VACUUM ANALYZE")
    start_redis(stage, "--save", "", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru", address=_CACHE)
    _start_confsync(stage)
    _start_services(stage)
    bound_cpu(stage, ("postgresql",), _DATABASE_CPU)
    upstreams = {"storefront": (f"{_STOREFRONT}:8000",), "orders": (f"{ORDERS}:8000",)}
    locations = {"/product/": "storefront", "/api/": "orders", "/healthz": "orders"}
    write_nginx(stage, upstreams, locations, read_timeout="7s")
    start_nginx(stage)


def _start_confsync(stage: Stage) -> None:
    (stage.root / "etc" / "redis.conf").write_text(_SETTINGS)
    script = stage.root / "etc" / "confsync.py"
    script.write_text((SERVICES / "confsync.py").read_text())
    python = str(stage.root / "venv" / "bin" / "python")
    argv = (python, str(script), "redis", _CACHE_HOST, str(PORT), str(stage.root / "etc" / "redis.conf"))
    stage.start(Command("confsync", argv, stage.root, stage.make_log_folder("confsync") / "confsync.log"))


def _start_services(stage: Stage) -> None:
    stage.make_service("recommend", (Release("1.6.2", "Keep answers until Redis needs the room", hours_ago=1100),))
    stage.make_service("storefront", _STOREFRONT_PAST)
    stage.make_service("orders", ORDERS_PAST[:1])
    for service, version in (("recommend", "1.6.2"), ("storefront", "7.3.0"), ("orders", "2.14.0")):
        stage.install(service, version)
    env = {"RECOMMEND_DATABASE_URL": f"postgresql://recommend:recommend@{HOST}/recommend"}
    env["RECOMMEND_CACHE"] = f"redis://{_CACHE_HOST}:{PORT}/0"
    _fill_cache(stage, env)
    start_web(stage, Web("recommend", _RECOMMEND, 8000, threads=16, env=env))
    env = {"RECOMMEND_URL": "http://recommend.shop.internal:8000"}
    start_web(stage, Web("storefront", _STOREFRONT, 8000, threads=16, env=env))
    start_orders(stage)


def _fill_cache(stage: Stage, env: dict[str, str]) -> None:
    """Asks for most products once, as the visitors of the days before did, and leaves no other trace of that."""
    start_web(stage, Web("recommend", _RECOMMEND, 8001, name="before", env=env))
    for sku in _PRODUCTS:
        if sku % 100 >= _COLD:
            urllib.request.urlopen(f"http://{_RECOMMEND}:8001/recommend/SKU-{sku}").read()
    stage.stop("before")
    shutil.rmtree(stage.log / "before")


def _change(stage: Stage, **settings: str) -> None:
    """Changes settings in the file that confsync looks at."""
    file = stage.root / "etc" / "redis.conf"
    lines = file.read_text().splitlines()
    for name, value in settings.items():
        key = name.replace("_", "-")
        lines = [f"{key} {value}" if line.startswith(f"{key} ") else line for line in lines]
    file.with_suffix(".new").write_text("\n".join(lines) + "\n")
    file.with_suffix(".new").replace(file)


def _deploy_storefront(stage: Stage) -> None:
    stage.install("storefront", "7.3.1")
    reload_web(stage, "storefront")


SCENARIO = Scenario(
    name="redis-maxmemory-cut",
    title="The memory of a Redis cache is cut by a configuration change, and the database behind it drowns",
    shows=(
        "`confsync` takes maxmemory of the cache from 64mb to 4mb. Redis evicts most answers and goes on; `recommend`, "
        "which asks it first, asks PostgreSQL instead, which has a seventh of a processor and cannot bear it. "
        "`storefront` times out after 1.5 s, tries twice and shouts; `orders`, in the same PostgreSQL, is slow too. "
        "Release 7.3.1 of `storefront`, two minutes earlier, and two settings changed before are harmless."
    ),
    lasts_s=645,
    needs=("nginx", "python", "postgres", "redis"),
    build=_build,
    traffic=Traffic(EDGE, 80, _ROUTES, lambda _: 8.0, seed=87),
    steps=(
        Step(
            148,
            "cache: slowlog-log-slower-than 10000 → 20000, timeout 0 → 300",
            lambda stage: _change(stage, slowlog_log_slower_than="20000", timeout="300"),
        ),
        Step(230, "access log rotated", rotate_nginx),
        Step(335, "storefront 7.3.1 deployed, workers replaced", _deploy_storefront),
        Step(
            455,
            "cache: maxmemory 64mb → 4mb, tcp-keepalive 300 → 60",
            lambda stage: _change(stage, maxmemory="4mb", tcp_keepalive="60"),
            injects=True,
        ),
    ),
    truth=Truth(
        verdict="incident",
        service="redis",
        category="cache_thrash",
        statement="maxmemory of redis was cut from 64mb to 4mb: it evicts most answers, and their load is postgresql's",
        onset=FirstRecord("postgresql/postgresql-15-main.log", r"duration: .* FROM bought one"),
        first_visible=FirstRecord("storefront/storefront.log", " ERROR "),
        trigger=Trigger("config", "redis", "maxmemory", "64mb", "4mb"),
        clues=("maxmemory", "64mb", "4mb"),
        victims=("postgresql", "recommend", "storefront", "orders", "nginx"),
        innocent=("7.3.1", "slowlog-log-slower-than", "tcp-keepalive"),
    ),
    hosts={
        "recommend.shop.internal": _RECOMMEND,
        "storefront.shop.internal": _STOREFRONT,
        _CACHE_HOST: _CACHE,
    },
)
