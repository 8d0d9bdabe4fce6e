"""Rare records before the onset are told, changes of value first; what comes anyway is not."""

from pathlib import Path

import pytest

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.precursors import find_precursors
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0


def find(site: Site, folder: Path, onset: float = ONSET) -> list[Clue]:
    """Return the clues of a site's logs, best first."""
    return list(find_precursors(make_scene(site.save(folder), site.at(onset))))


def fill(site: Site, *, fails: bool = True) -> None:
    """Write healthy traffic, then errors from the onset on; start-up lines at the beginning."""
    site.python("shop", 1, "INFO", "Listening on 0.0.0.0:8000")
    site.java("stock", 1, "INFO", "HikariPool-1 - Added connection org.postgresql.jdbc.PgConnection@1f")
    for moment in site.ticks(3):
        site.python(
            "shop", moment, "INFO", f"GET /orders/{site.rng.randrange(999)} served in {site.rng.randrange(9, 190)} ms"
        )
        site.java(
            "stock", moment, "INFO", f"Reserved {site.rng.randrange(1, 9)} items of product {site.rng.randrange(99)}"
        )
    for moment in (ONSET, *site.ticks(1, ONSET)) if fails else ():
        site.python("shop", moment + 0.4, "ERROR", "call to stock failed: 500")


def test_a_limit_lowered_by_an_operator(tmp_path: Path) -> None:
    """A plain line of another program that tells an old and a new value seconds before the onset leads."""
    site = Site(seed=1)
    fill(site)
    site.plain("keyvalue", ONSET - 9, "client 10.3.0.9 adjusted maxmemory, was 512mb, is 64mb")
    site.java("stock", ONSET - 200, "INFO", "Refreshed exchange rates from the bank")
    best = find(site, tmp_path)[0]
    assert best.service == "keyvalue"
    assert "maxmemory, was 512mb, is 64mb" in best.statement
    assert "9.0 s before the onset, the first and only time" in best.statement
    assert best.strength >= 0.6


def test_a_revoked_grant_in_json(tmp_path: Path) -> None:
    """Something taken away at INFO in a JSON log is told, though nothing names a value."""
    site = Site(seed=2)
    fill(site)
    for moment in site.ticks(2):
        site.json("iam", moment, "info", "token checked", client=f"c{site.rng.randrange(9)}")
    site.json("iam", ONSET - 4, "info", "unassigned role writer of svc-stock on orders", actor="ops")
    best = find(site, tmp_path)[0]
    assert best.service == "iam"
    assert "unassigned role writer of svc-stock" in best.statement


def test_a_table_dropped_in_a_java_log(tmp_path: Path) -> None:
    """A maintenance line in the failing service's own log half a minute before is told."""
    site = Site(seed=3)
    fill(site)
    site.java("stock", ONSET - 30, "INFO", "Maintenance: dropped index idx_reservation_product on reservations")
    best = find(site, tmp_path)[0]
    assert "dropped index idx_reservation_product" in best.statement
    assert best.strength >= 0.4


def test_a_reload_that_suddenly_says_something_else(tmp_path: Path) -> None:
    """A line that said the same every minute and another value before the onset is told with both."""
    site = Site(seed=4)
    fill(site)
    for second in range(30, 1200, 60):
        workers = 16 if second < ONSET - 30 else 1
        site.plain("gateway", second, f"pool refreshed: workers={workers} keepalive=75")
    told = [clue for clue in find(site, tmp_path) if clue.service == "gateway"]
    assert "workers=1 keepalive=75" in told[0].statement
    assert "where it had always said 'pool refreshed: workers=16" in told[0].statement


def test_a_message_that_begins_to_come(tmp_path: Path) -> None:
    """What a program never said and says again and again since before the onset is told with its first record."""
    site = Site(seed=9)
    fill(site)
    for moment in (ONSET - 50, *site.ticks(0.5, ONSET - 50)):
        site.plain("database", moment, "LOG connection authorized: user=shop application_name=shop-audit")
    for moment in site.ticks(0.5):
        site.plain("database", moment, "LOG connection received: host=10.3.0.4")
    best = find(site, tmp_path)[0]
    assert "database began to say 50 s before the onset, never before" in best.statement
    assert "shop-audit" in best.statement


def test_a_reworded_message_is_nothing_new(tmp_path: Path) -> None:
    """A message that a release words a little differently did not begin to come."""
    site = Site(seed=10)
    fill(site)
    for moment in site.ticks(1):
        more = "" if moment < ONSET - 50 else " currency=EUR"
        site.plain(
            "billing", moment, f"invoice {site.rng.randrange(9999)} booked for account of customer, lines=1{more}"
        )
    assert [clue for clue in find(site, tmp_path) if clue.service == "billing"] == []


def test_changes_lead_over_other_rare_lines(tmp_path: Path) -> None:
    """Of two rare lines the one that speaks of a change is the stronger clue, though the other is nearer."""
    site = Site(seed=5)
    fill(site)
    site.plain("flags", ONSET - 12, "rule checkout-v2 changed: rollout 0% -> 100%")
    site.plain("mailer", ONSET - 3, "greeting of the day sent to the team")
    assert [clue.service for clue in find(site, tmp_path)] == ["flags", "mailer"]


def test_what_deploys_tell_is_left_out(tmp_path: Path) -> None:
    """A configuration change that is known as a deploy is not told again."""
    site = Site(seed=6)
    fill(site)
    site.java("stock", ONSET - 20, "INFO", "Configuration reloaded: datasource.maximum-pool-size changed from 20 to 2")
    scene = make_scene(site.save(tmp_path), site.at(ONSET))
    assert scene.case.deploys
    assert list(find_precursors(scene)) == []


@pytest.mark.parametrize("onset", [300.0, 700.0, 1100.0])
def test_healthy_time_is_silent(tmp_path: Path, onset: float) -> None:
    """Start-up lines, regular lines and one-off lines that come all day are no forerunners worth the name."""
    site = Site(seed=7)
    fill(site, fails=False)
    for step, moment in enumerate(site.ticks(0.1)):
        word = "".join(site.rng.choice("bcdfglmnprst") + site.rng.choice("aeiou") for _ in range(4))
        site.python("shop", moment, "INFO", f"{word} report {step} was {word}ed from {word} to {word} in {word} mode")
    for second in range(20, 1200, 100):
        site.java("stock", second, "INFO", f"Configuration cache refreshed, {second} entries changed")
    assert [clue.statement for clue in find(site, tmp_path, onset) if clue.strength >= 0.3] == []


def test_symptoms_are_not_their_own_forerunners(tmp_path: Path) -> None:
    """The errors of the incident themselves are not told."""
    site = Site(seed=8)
    fill(site)
    assert find(site, tmp_path) == []
