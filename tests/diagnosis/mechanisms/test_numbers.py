"""Numbers that move before the onset are told with their limit and driver; ids, noise and consequences are not."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.numbers import find_numbers
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0


def find(site: Site, folder: Path, onset: float | None = ONSET) -> list[Clue]:
    """Return the strong clues of a site's logs, best first."""
    scene = make_scene(site.save(folder), None if onset is None else site.at(onset))
    return [clue for clue in find_numbers(scene) if clue.strength >= 0.3]


def fill(site: Site, service: str = "orders") -> None:
    """Write healthy traffic, then errors from the onset on."""
    for moment in site.ticks(3):
        took = site.rng.randrange(9, 190)
        site.python(service, moment, "INFO", f"GET /orders/{site.rng.randrange(9999)} served in {took} ms")
    for moment in site.ticks(1, ONSET):
        site.python(service, moment, "ERROR", "cannot save order: internal error")


def test_heap_that_grows_into_the_limit_of_its_own_record(tmp_path: Path) -> None:
    """'used 310 MB of 2048 MB' that grows until the failure is told with both ends and the limit."""
    site = Site(seed=1)
    fill(site)
    for second in range(5, 1200, 10):
        used = min(2040, 310 + max(second - 200, 0) * 3.5 + site.rng.uniform(-25, 25))
        site.java("stock", second, "INFO", f"GC pause (young) heap used {used:.0f} MB of 2048 MB after collection")
    best = find(site, tmp_path)[0]
    assert best.service == "stock"
    assert "heap used N MB' of stock grew from" in best.statement
    assert "up to its limit" in best.statement
    assert "2048 MB" in best.statement
    assert best.strength >= 0.6
    assert best.at < site.at(ONSET - 300)


def test_connections_in_json_up_to_a_limit_stated_at_the_start(tmp_path: Path) -> None:
    """A JSON field that climbs to the maximum which a start-up line of another program states is told with it."""
    site = Site(seed=2)
    fill(site)
    site.plain("postgresql", 1, "UTC [1] LOG:  configuration: max_connections = 100, shared_buffers = 16384")
    for second in range(3, 1200, 7):
        count = min(100, max(8, 8 + (second - 150) // 5) + site.rng.randrange(2))
        site.json("ledger", second, "info", "pool stats", db={"open_connections": count}, waiting=site.rng.randrange(3))
    best = find(site, tmp_path)[0]
    assert "'db.open_connections' of ledger grew from" in best.statement
    assert "up to the limit 'max_connections" in best.statement


def test_disk_in_percent_of_plain_lines(tmp_path: Path) -> None:
    """A percentage that runs to 100 is told with that limit."""
    site = Site(seed=3)
    fill(site)
    for second in range(2, 1200, 6):
        site.plain("agent", second, f"disk /var/lib/data usage {min(100.0, 41 + second * 0.085):.1f}% inodes 12%")
    best = find(site, tmp_path)[0]
    assert best.service == "agent"
    assert "up to the limit of 100%" in best.statement


def test_growth_that_a_new_message_tells(tmp_path: Path) -> None:
    """Growth told by records that first came a few minutes before names the message, which is what is new."""
    site = Site(seed=12)
    fill(site)
    for step, second in enumerate(range(560, 700, 2)):
        site.python(
            "orders",
            second,
            "INFO",
            f"receipt of order {9330 + step} kept: 42336 bytes, volume {2 + step * 1.3:.0f}% used",
        )
    best = find(site, tmp_path)[0]
    assert "'volume N% used' of orders grew from" in best.statement
    assert "told by records that first came at 09:09:20: 'receipt of order 9330 kept" in best.statement
    assert best.strength >= 0.6


def test_a_count_that_only_rises(tmp_path: Path) -> None:
    """'12 pages' that only ever become more are a count of things, and no number of a page."""
    site = Site(seed=13)
    fill(site)
    for step, second in enumerate(range(500, 700, 1)):
        site.java("catalog", second, "INFO", f"Search kept, {step + 1} pages in cache")
    best = find(site, tmp_path)[0]
    assert "'Search kept N pages' of catalog grew from" in best.statement


def test_setting_that_jumps_before_the_onset(tmp_path: Path) -> None:
    """A constant that becomes another constant seconds before the onset is told with both values."""
    site = Site(seed=4)
    fill(site)
    for second in range(4, 1200, 15):
        limit = 20 if second < ONSET - 20 else 2
        site.line(
            "pool.log",
            second,
            f"time={site.at(second).isoformat()} level=info service=pool msg=stats busy=1 maxsize={limit}",
        )
    best = find(site, tmp_path)[0]
    assert "'maxsize' of pool went from 20 to 2" in best.statement
    assert best.strength >= 0.5


def test_the_driver_is_named(tmp_path: Path) -> None:
    """Of three tenants whose queue is told in turn, the one that grows is named and not the others."""
    site = Site(seed=5)
    fill(site)
    for step, second in enumerate(range(2, 1200, 2)):
        tenant = ("acme", "globex", "initech")[step % 3]
        depth = 5 + site.rng.randrange(4) + (max(second - 300, 0) if tenant == "globex" else 0)
        site.python("worker", second, "INFO", f"queue depth {depth} tenant={tenant}")
    best = find(site, tmp_path)[0]
    assert "queue depth N" in best.statement
    assert "tenant globex" in best.statement


def test_falling_to_nothing(tmp_path: Path) -> None:
    """What is left and runs down to nothing is told as well."""
    site = Site(seed=6)
    fill(site)
    for second in range(2, 1200, 5):
        site.plain("smtp", second, f"credits remaining {max(0, 9000 - int(second * 13))} for sender shop")
    assert "fell from" in find(site, tmp_path)[0].statement


def test_consequences_are_weaker(tmp_path: Path) -> None:
    """A number that moves only after the onset is told, if at all, as a weak clue."""
    site = Site(seed=7)
    fill(site)
    for second in range(3, 1200, 5):
        waiting = site.rng.randrange(3) + (80 if second > ONSET + 10 else 0)
        site.java("stock", second, "INFO", f"pool stats active={site.rng.randrange(3, 9)} waiting={waiting}")
    scene = make_scene(site.save(tmp_path), site.at(ONSET))
    told = [clue for clue in find_numbers(scene) if "waiting" in clue.statement]
    assert [clue.strength <= 0.25 and "after the onset" in clue.statement for clue in told] == [True]


def test_metrics_of_a_leak_among_healthy_ones(tmp_path: Path) -> None:
    """Of measurements the threads that something sets growing are told; slow growth and a disk at 3 % are not."""
    site = Site(seed=11)
    fill(site)
    for second in range(2, 1200, 5):
        fresh = int(max(second - 580, 0) / 2)
        for name, threads in (("orders", 13 + site.rng.randrange(2)), ("database", min(10 + fresh, 64))):
            values = {"rss_bytes": int(9e7 + 4e4 * second), "threads": threads, "disk_used_percent": 2 + second / 1000}
            site.json(name, second, "info", "metrics", **values)
    told = find(site, tmp_path)
    assert ["'threads' of database grew from 10" in clue.statement for clue in told] == [True]
    assert abs(told[0].at - site.at(580)) < timedelta(seconds=30)


@pytest.mark.parametrize("onset", [400.0, 700.0, 1000.0])
def test_healthy_time_is_silent(tmp_path: Path, onset: float) -> None:
    """Ids that count up, ports, noise, sawtooth memory and warm-up say nothing, whatever moment is asked about."""
    site = Site(seed=8)
    used = 300.0
    for step, moment in enumerate(site.ticks(3)):
        site.access(moment, f"/orders/{9000 + step}", 200, site.rng.uniform(0.01, 0.2))
        site.python(
            "orders", moment, "INFO", f"order {9000 + step} placed from port {site.rng.randrange(30000, 60000)}"
        )
        site.json("pay", moment, "info", "paid", offset=5 * step, amount=site.rng.randrange(900), reqId=step * 17)
    for second in range(1, 1200, 5):
        used = 300 if used > 900 else used + site.rng.uniform(10, 60)
        site.java("stock", second, "INFO", f"heap used {used:.0f} MB of 1024 MB, uptime {second}")
        site.plain("cache", second, f"cache entries {min(500, 40 * second)} hits {second * 31 + site.rng.randrange(9)}")
    assert [clue.statement for clue in find(site, tmp_path, onset)] == []


def test_a_process_id_that_changes_with_a_restart_is_no_number(tmp_path: Path) -> None:
    """New process ids after a restart are ids, not a shift."""
    site = Site(seed=9)
    fill(site)
    for second in range(2, 1200, 5):
        site.plain("web", second, f"worker pid: {98 if second < ONSET else 4166} heartbeat ok port 8080")
    assert [clue.statement for clue in find(site, tmp_path)] == []


def test_onset_comes_from_the_program_too(tmp_path: Path) -> None:
    """With the onset that the program finds by itself the growth before it is told the same."""
    site = Site(seed=10)
    fill(site)
    for second in range(5, 1200, 10):
        site.plain("queue", second, f"backlog {12 + site.rng.randrange(9) + max(second - 400, 0)} messages")
    best = find(site, tmp_path, onset=None)[0]
    assert "backlog" in best.statement
    assert abs(best.at - site.at(400)) < timedelta(seconds=200)


@pytest.mark.parametrize(("release_s", "tied"), [(290.0, True), (60.0, False)])
def test_growth_is_tied_to_the_release_that_it_began_with(release_s: float, *, tied: bool, tmp_path: Path) -> None:
    """A growth from a release of its service on is told with it; one that began long after a release is not."""
    site = Site(seed=11)
    fill(site)
    for second, version in ((1.0, "2.0.0"), (release_s, "2.1.0")):
        site.python("orders", second, "INFO", f"orders {version} started")
    for second in range(5, 1200, 5):
        count = 12 + max(0, second - 295) // 4 + site.rng.randrange(2)
        site.python("orders", second, "INFO", f"session pool holds {min(count, 110)} open sessions")
    (clue,) = [clue for clue in find(site, tmp_path) if "open" in clue.statement][:1]
    assert ("having begun with orders 2.1.0" in clue.statement) is tied
