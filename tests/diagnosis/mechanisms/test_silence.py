from collections.abc import Sequence
from pathlib import Path

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.silence import find_silence
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0


def _find(site: Site, folder: Path, *, claimed: bool = False) -> Sequence[Clue]:
    return tuple(find_silence(make_scene(site.save(folder), site.at(ONSET) if claimed else None)))


def _failing_shop(site: Site) -> None:
    """A service that goes on and fails since the onset."""
    for moment in site.ticks(4):
        site.python("shop", moment, "INFO", f"served in {site.rng.randrange(9, 90)} ms")
    for moment in site.ticks(1, ONSET):
        site.python("shop", moment, "ERROR", "prices are stale")


def test_names_a_service_that_stopped_with_the_onset(tmp_path: Path) -> None:
    """A service that wrote steadily and nothing since the onset is named with its last record."""
    site = Site(seed=3)
    _failing_shop(site)
    moments = site.ticks(1, 0, ONSET - 2)
    for moment in moments:
        site.java("pricing", moment, "INFO", f"price of product {site.rng.randrange(99)} sent")
    (clue,) = _find(site, tmp_path)
    assert clue.service == "pricing"
    assert clue.statement.startswith(f"pricing wrote {len(moments)} records with no pause over")
    assert "and nothing in the 8 min" in clue.statement
    assert clue.at == site.at(moments[-1])
    assert (clue.place.file.endswith("pricing.log"), clue.place.line) == (True, len(moments))
    assert clue.strength > 0.9


def test_names_a_heartbeat_that_stopped(tmp_path: Path) -> None:
    """A record that came every ten seconds, and no more since before the onset, is named though its service goes on."""
    site = Site(seed=4)
    _failing_shop(site)
    for moment in site.ticks(2):
        site.json("importer", moment, "info", "row read", row=site.rng.randrange(10**6))
    for second in range(0, 690, 10):
        site.json("importer", second, "info", "lease renewed")
    (clue,) = _find(site, tmp_path)
    assert clue.service == "importer"
    assert "came every 10 s, 69 times until 2026-03-04T09:11:20Z, and 51 are missing since" in clue.statement
    assert clue.strength > 0.8


def test_names_a_schedule_that_stopped_earlier_as_a_weaker_clue(tmp_path: Path) -> None:
    """A regular job whose last run lies minutes before the onset counts, the less the longer ago it was."""
    site = Site(seed=5, minutes=30)
    _failing_shop(site)
    for second in range(0, 400, 30):
        site.plain("cron", second + site.rng.random(), "CMD (/usr/local/bin/rotate-tokens)")
    (clue,) = _find(site, tmp_path)
    assert clue.service == "cron"
    assert 0.4 < clue.strength < 0.8


def test_names_the_one_host_that_stopped(tmp_path: Path) -> None:
    """A host that stops while others of its service go on is named."""
    site = Site(seed=6)
    _failing_shop(site)
    for moment in site.ticks(6):
        host = f"node-{site.rng.randrange(3)}"
        if host != "node-1" or moment < ONSET:
            site.json("search", moment, "info", "query answered", host=host)
    assert [clue.statement.partition(" wrote")[0] for clue in _find(site, tmp_path)] == ["search on node-1"]


def test_is_silent_when_all_go_on(tmp_path: Path) -> None:
    """Records that come at random, and heartbeats that go on, have not stopped."""
    site = Site(seed=7)
    _failing_shop(site)
    for second in range(0, 1200, 15):
        site.json("importer", second, "info", "lease renewed")
    for moment in site.ticks(0.05):
        site.plain("cron", moment, "CMD (/usr/local/bin/clean)")
    assert _find(site, tmp_path) == ()


def test_is_silent_on_messages_that_came_at_random(tmp_path: Path) -> None:
    """A message without a regular interval may be missing for a while."""
    site = Site(seed=8)
    _failing_shop(site)
    for moment in site.ticks(0.03, 0, ONSET):
        site.python("shop", moment, "WARNING", "slow query took long")
    assert _find(site, tmp_path) == ()


def test_is_silent_when_a_release_words_its_message_anew(tmp_path: Path) -> None:
    """A regular message that another one takes over from has not stopped."""
    site = Site(seed=12)
    _failing_shop(site)
    for second in range(0, 1200, 10):
        said = f"lease renewed for {second} s" if second < ONSET else f"renewal of the lease went well, now {second}"
        site.json("importer", second, "info", said)
    assert _find(site, tmp_path) == ()


def test_is_silent_on_start_up_lines(tmp_path: Path) -> None:
    """Lines that a service only writes at its start never used to come."""
    site = Site(seed=9)
    _failing_shop(site)
    for second in range(12):
        site.java("stock", second, "INFO", f"Loading module number {second}")
    for moment in site.ticks(1):
        site.java("stock", moment, "INFO", "Reserved")
    assert _find(site, tmp_path) == ()


def test_is_silent_in_healthy_times(tmp_path: Path) -> None:
    """Nothing stopped at a moment at which nothing happened."""
    site = Site(seed=10)
    for moment in site.ticks(4):
        site.python("shop", moment, "INFO", "served")
    for second in range(0, 1200, 20):
        site.python("shop", second, "INFO", "flushed")
    assert _find(site, tmp_path, claimed=True) == ()


def test_is_silent_on_a_log_that_merely_ends_early(tmp_path: Path) -> None:
    """A log that was collected long before the trouble began tells of no service that stopped."""
    site = Site(seed=13, minutes=60)
    for moment in site.ticks(2):
        site.python("shop", moment, "INFO", "served")
    for moment in site.ticks(1, 2400):
        site.python("shop", moment, "ERROR", "could not save order")
    for moment in site.ticks(2, 0, 1800):
        site.json("importer", moment, "info", "row read", row=site.rng.randrange(10**6))
    for second in range(0, 1800, 10):
        site.json("importer", second, "info", "lease renewed")
    assert _find(site, tmp_path) == ()
