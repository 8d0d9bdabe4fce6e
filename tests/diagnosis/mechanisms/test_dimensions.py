import re
from collections.abc import Sequence
from pathlib import Path

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.dimensions import find_dimensions
from hotfix.diagnosis.samples import Side
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0


def _find(site: Site, folder: Path, *, claimed: bool = False) -> Sequence[Clue]:
    return tuple(find_dimensions(make_scene(site.save(folder), site.at(ONSET) if claimed else None)))


def _json_replicas(site: Site, failing: Sequence[str], ratio: float = 0.8) -> None:
    """Three replicas of a service that logs JSON; some of them fail since the onset."""
    for moment in site.ticks(4):
        host = f"web-{site.rng.randrange(1, 4)}"
        fields = {
            "host": host,
            "route": site.rng.choice(["/pay", "/refund"]),
            "reqId": f"{site.rng.getrandbits(64):016x}",
        }
        if moment >= ONSET and host in failing and site.rng.random() < ratio:
            site.json("pay", moment, "error", "payment failed: environment variable PAY_KEY is not set", **fields)
        else:
            site.json("pay", moment, "info", "payment accepted", **fields)


def test_names_the_one_replica_that_fails(tmp_path: Path) -> None:
    """The host that all failing records carry is named, with the hosts that do the same work without failing."""
    site = Site(seed=3)
    _json_replicas(site, ["web-2"])
    clue = _find(site, tmp_path)[0]
    assert clue.service == "pay"
    assert "carry host=web-2" in clue.statement
    assert "2 other hosts (web-1, web-3) work without failing" in clue.statement
    assert clue.strength > 0.7


def test_counts_of_samples_are_told_as_such(tmp_path: Path) -> None:
    """Of more failures than are looked at, the sentence counts those looked at and claims no total."""
    site = Site(seed=3, minutes=40)
    _json_replicas(site, ["web-2"])
    scene = make_scene(site.save(tmp_path))
    total = sum('"error"' in line for line in (tmp_path / "pay.jsonl").read_text("utf-8").splitlines())
    sampled = sum(sample.side is Side.BAD for sample in scene.samples)
    said = next(iter(find_dimensions(scene))).statement
    told = re.match(r"(\d+) of the (\d+) failing records of pay looked at carry host=web-2, ", said)
    assert told is not None
    assert int(told[1]) <= int(told[2]) <= sampled < total


def test_is_silent_when_all_replicas_fail_alike(tmp_path: Path) -> None:
    """A value that is spread over failing records as over others explains nothing."""
    site = Site(seed=3)
    _json_replicas(site, ["web-1", "web-2", "web-3"], ratio=0.5)
    assert _find(site, tmp_path) == ()


def test_counts_what_another_record_of_the_same_request_says(tmp_path: Path) -> None:
    """A value that is logged at INFO counts for the error of the same request, which does not repeat it."""
    site = Site(seed=4)
    for moment in site.ticks(3):
        ident, shard = f"{site.rng.getrandbits(128):032x}", site.rng.randrange(5)
        site.java("cart", moment, "INFO", f"[{ident}] loading basket from shard {shard}")
        if moment >= ONSET and shard == 3:
            site.java("cart", moment + 0.02, "ERROR", f"[{ident}] basket could not be loaded: read timed out")
        else:
            site.java("cart", moment + 0.02, "INFO", f"[{ident}] basket loaded")
    clue = _find(site, tmp_path)[0]
    assert "failing requests of cart looked at carry shard=3, none of the " in clue.statement
    assert "4 other values of shard (0, 1, 2, 4) work without failing" in clue.statement
    assert clue.strength > 0.95


def test_names_a_client_in_access_logs(tmp_path: Path) -> None:
    """The user agent of all failing requests of an access log is named."""
    site = Site(seed=5)
    for moment in site.ticks(4):
        agent = site.rng.choice(["shop-app/5.11.3 (iOS 18.5)", "shop-app/5.12.0 (Android 14)", "Mozilla/5.0 (X11)"])
        bad = moment >= ONSET and "5.12.0" in agent
        stamp = site.at(moment).strftime("%d/%b/%Y:%H:%M:%S +0000")
        path = site.rng.choice(["/basket", "/orders/7?full=1", "/search?q=oak"])
        head = f"10.0.{site.rng.randrange(99)}.{site.rng.randrange(250)} - - [{stamp}]"
        site.line("nginx/access.log", moment, f'{head} "GET {path} HTTP/1.1" {500 if bad else 200} 99 "-" "{agent}"')
    clue = _find(site, tmp_path)[0]
    assert "carry agent=shop-app/5.12.0 (Android 14), none of the " in clue.statement


def test_names_a_parameter_that_only_some_requests_have(tmp_path: Path) -> None:
    """A parameter which others mostly lack discriminates by being there."""
    site = Site(seed=6)
    for moment in site.ticks(4):
        member = site.rng.random() < 0.3
        path = f"/products/{site.rng.randrange(400)}{'?member=1' if member else ''}"
        site.access(moment, path, 500 if member and moment >= ONSET else 200, 0.02)
    assert "carry member=1, none of the " in _find(site, tmp_path)[0].statement


def test_names_a_route(tmp_path: Path) -> None:
    """A route is one whatever orders are asked for, and status codes tell the outcome."""
    site = Site(seed=12)
    for moment in site.ticks(4):
        path = site.rng.choice([f"/orders/{site.rng.randrange(999)}", "/basket", "/search?q=oak"])
        bad = path.startswith("/orders") and moment >= ONSET
        site.python("shop", moment, "ERROR" if bad else "INFO", f"GET {path} {500 if bad else 200} in 7 ms")
    (clue,) = _find(site, tmp_path)
    assert "carry route=GET /orders/*, none of the " in clue.statement
    assert "2 other values of route (GET /basket, GET /search) work without failing" in clue.statement


def test_names_the_version_of_the_only_canary(tmp_path: Path) -> None:
    """A value that appears with the onset says so."""
    site = Site(seed=7)
    for moment in site.ticks(4):
        canary = moment >= ONSET - 1 and site.rng.random() < 0.25
        version = "4.3.0" if canary else "4.2.9"
        if canary and moment >= ONSET and site.rng.random() < 0.7:
            site.python("quote", moment, "ERROR", f"no quote given: 'NoneType' has no len() version={version}")
        else:
            site.python("quote", moment, "INFO", f"quote given in {site.rng.randrange(9, 90)} ms version={version}")
    said = _find(site, tmp_path)[0].statement
    assert "carry version=4.3.0" in said
    assert "before the onset did" in said


def test_names_a_new_version_that_runs_everywhere(tmp_path: Path) -> None:
    """A value that all requests since the onset carry and none before is a clue, a weaker one."""
    site = Site(seed=8)
    for moment in site.ticks(4):
        version = "4.3.0" if moment >= ONSET else "4.2.9"
        bad = moment >= ONSET and site.rng.random() < 0.3
        said = "no quote given: 'NoneType' has no len()" if bad else "quote given"
        site.python("quote", moment, "ERROR" if bad else "INFO", f"{said} version={version}")
    clues = _find(site, tmp_path)
    assert [("version=4.3.0" in clue.statement, clue.strength) for clue in clues] == [(True, 0.6)]


def test_is_silent_on_what_only_errors_say(tmp_path: Path) -> None:
    """A setting that only the error message quotes tells the outcome and discriminates nothing."""
    site = Site(seed=9)
    for moment in site.ticks(4):
        if moment >= ONSET and site.rng.random() < 0.4:
            site.java(
                "stock", moment, "ERROR", "Connection is not available pool=main total=2 reason=timeout status=503"
            )
        else:
            site.java("stock", moment, "INFO", f"Reserved {site.rng.randrange(1, 9)} items status=200")
    assert _find(site, tmp_path) == ()


def test_is_silent_on_a_value_that_nearly_all_carry(tmp_path: Path) -> None:
    """A region in which nearly all requests are says nothing when they fail."""
    site = Site(seed=10)
    for moment in site.ticks(4):
        region = "eu-1" if site.rng.random() < 0.9 else "us-1"
        bad = moment >= ONSET and region == "eu-1" and site.rng.random() < 0.3
        site.json("geo", moment, "error" if bad else "info", "lookup failed" if bad else "lookup done", region=region)
    assert _find(site, tmp_path) == ()


def test_is_silent_in_healthy_times(tmp_path: Path) -> None:
    """Records that always failed at random carry the same values as all others."""
    site = Site(seed=11)
    for moment in site.ticks(5):
        fields = {"host": f"web-{site.rng.randrange(3)}", "tenant": f"t{site.rng.randrange(20)}"}
        bad = site.rng.random() < 0.05
        site.json("mail", moment, "error" if bad else "info", "mailbox busy" if bad else "mail sent", **fields)
    assert _find(site, tmp_path, claimed=True) == ()
