"""Times quoted inside records that equal the onset are told; a record's own stamp and schedules all over are not."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotfix.diagnosis.mechanisms.coincidence import find_coincidences
from hotfix.diagnosis.mechanisms.contract import Clue
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0


def find(site: Site, folder: Path, onset: float = ONSET) -> list[Clue]:
    """Return the clues of a site's logs, best first."""
    return list(find_coincidences(make_scene(site.save(folder), site.at(onset))))


def fill(site: Site) -> None:
    """Write healthy traffic, then errors from the onset on."""
    for moment in site.ticks(3):
        site.access(moment, f"/orders/{site.rng.randrange(999)}", 200, site.rng.uniform(0.01, 0.2))
        site.python(
            "shop", moment, "INFO", f"GET /orders/{site.rng.randrange(999)} served in {site.rng.randrange(9, 190)} ms"
        )
    for moment in (ONSET, *site.ticks(1, ONSET)):
        site.python("shop", moment + 0.4, "ERROR", "call to payments failed: handshake refused")


def test_certificate_that_ends_at_the_onset(tmp_path: Path) -> None:
    """'notAfter' in the words of openssl, told once long before, is the onset."""
    site = Site(seed=1)
    fill(site)
    end = site.at(ONSET).strftime("%b %e %H:%M:%S %Y GMT")
    site.java("gateway", 2, "INFO", f"loaded certificate CN=payments.internal issuer=acme-ca notAfter={end}")
    best = find(site, tmp_path)[0]
    assert (best.service, best.at) == ("gateway", site.at(ONSET))
    assert "CN=payments.internal" in best.statement
    assert "is the moment of the onset" in best.statement
    assert best.strength >= 0.8


def test_token_that_lives_a_number_of_seconds(tmp_path: Path) -> None:
    """A lifetime in seconds from the record on that runs out at the onset is told."""
    site = Site(seed=2)
    fill(site)
    site.json("shop-auth", 100, "info", "service token issued", client="shop", expires_in=600)
    best = find(site, tmp_path)[0]
    assert best.service == "shop-auth"
    assert "from then on 600" in best.statement


def test_epoch_seconds_of_a_reset(tmp_path: Path) -> None:
    """A quota's reset told as epoch seconds is told."""
    site = Site(seed=3)
    fill(site)
    reset = int(site.at(ONSET).timestamp())
    site.plain("limiter", 30, f"WARN quota of client shop nearly used up, reset={reset}")
    assert find(site, tmp_path)[0].service == "limiter"


def test_schedule_in_the_zone_of_the_file(tmp_path: Path) -> None:
    """A maintenance window in local time of a file two hours ahead of UTC is the onset."""
    site = Site(seed=4)
    fill(site)
    for second in range(0, 1200, 30):
        stamp = (site.at(second) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
        site.line("planner.log", second, f"{stamp} INFO planner heartbeat {second}")
    stamp = (site.at(40) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
    local = (site.at(ONSET) + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M:%S")
    site.line("planner.log", 40, f"{stamp} INFO planner maintenance of payments scheduled from {local}")
    best = find(site, tmp_path)[0]
    assert "maintenance of payments" in best.statement
    assert best.at == site.at(ONSET)


def test_error_that_quotes_its_limit(tmp_path: Path) -> None:
    """An error right behind the onset that quotes when something expired is told, with the thing."""
    site = Site(seed=5)
    fill(site)
    end = site.at(ONSET).strftime("%Y-%m-%dT%H:%M:%SZ")
    site.python("billing", ONSET + 1.2, "ERROR", f"licence ACME-77 expired on {end}")
    best = find(site, tmp_path)[0]
    assert "licence ACME-77 expired" in best.statement


@pytest.mark.parametrize("onset", [410.0, 700.0])
def test_own_times_and_times_all_over_are_silent(tmp_path: Path, onset: float) -> None:
    """Second stamps of a record, creation times, hundreds of schedules and ends far away say nothing."""
    site = Site(seed=6)
    fill(site)
    for moment in site.ticks(2):
        own = site.at(moment).isoformat()
        site.json("pay", moment, "info", "paid", created_at=own, epoch=int(site.at(moment).timestamp()), expires_in=900)
        later = site.at(moment + site.rng.randrange(5, 300)).strftime("%Y-%m-%d %H:%M:%S")
        site.plain("mailer", moment, f"mail {site.rng.randrange(10**6)} scheduled for {later}")
    site.plain("gateway", 1, "certificate of api.shop valid until 2027-01-31 00:00:00")
    site.plain("gateway", 2, "backup scheduled at 02:00, retention 30 days, ttl=86400")
    assert [clue.statement for clue in find(site, tmp_path, onset)] == []
