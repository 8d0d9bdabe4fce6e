"""Jobs whose runs hold the bad periods are told; jobs beside them, and those that run all the time, are not."""

from pathlib import Path

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.windows import find_windows
from tests.diagnosis.scenes import make_scene
from tests.site import Site


def find(site: Site, folder: Path, onset: float) -> list[Clue]:
    """Return the clues of a site's logs, best first."""
    return list(find_windows(make_scene(site.save(folder), site.at(onset))))


def fill(site: Site, bad: list[tuple[float, float]]) -> None:
    """Write healthy traffic, and errors in some periods."""
    for moment in site.ticks(3):
        site.python(
            "shop", moment, "INFO", f"GET /basket/{site.rng.randrange(99)} served in {site.rng.randrange(9, 190)} ms"
        )
    for begin, end in bad:
        for moment in site.ticks(1.5, begin, end):
            site.python("shop", moment, "ERROR", "database did not answer within 5000 ms")


def test_one_run_of_a_backup(tmp_path: Path) -> None:
    """Errors from the start to the end of a backup that ran once are laid to it."""
    site = Site(seed=1)
    fill(site, [(705, 850)])
    site.plain("pgtools", 700, "starting nightly backup of /var/lib/postgresql (base, wal)")
    site.plain("pgtools", 846, "nightly backup finished: 4.1 GB in 146 s")
    best = find(site, tmp_path, 705)[0]
    assert best.service == "pgtools"
    assert "the bad period lies inside a run of 'nightly backup' of pgtools, 09:11:40 to 09:14:06" in best.statement
    assert best.strength >= 0.6


def test_every_run_of_a_periodic_job_in_json(tmp_path: Path) -> None:
    """Five bad periods, each in one run of a job that is named in a field, are laid to it and not to another."""
    site = Site(seed=2)
    fill(site, [(begin + 3, begin + 40) for begin in range(160, 1200, 220)])
    for begin in range(160, 1200, 220):
        site.json("cron", begin, "info", "job started", job="reindex-catalog", run=begin)
        site.json("cron", begin + 42, "info", "job completed", job="reindex-catalog", took_ms=42000)
    for begin in range(30, 1200, 75):
        site.json("cron", begin, "info", "job started", job="sweep-carts", run=begin)
        site.json("cron", begin + 20, "info", "job completed", job="sweep-carts", took_ms=20000)
    found = find(site, tmp_path, 163)
    assert len(found) == 1
    assert "each of 5 bad periods lies inside a run of 'reindex catalog' of cron" in found[0].statement
    assert found[0].strength >= 0.8


def test_a_java_task_in_other_words(tmp_path: Path) -> None:
    """'Executing … began' and '… ended' pair as well."""
    site = Site(seed=3)
    fill(site, [(402, 500)])
    for begin, end in ((400, 498),):
        site.java("ledger", begin, "INFO", "CompactionTask#run began for tablespace invoices")
        site.java("ledger", end, "INFO", "CompactionTask#run ended for tablespace invoices, 1204 pages rewritten")
    assert "compaction" in find(site, tmp_path, 402)[0].statement


def test_bad_periods_beside_the_job_are_silent(tmp_path: Path) -> None:
    """A job whose runs the errors do not keep to is not told."""
    site = Site(seed=4)
    fill(site, [(700, 1000)])
    site.plain("pgtools", 690, "starting nightly backup of /var/lib/postgresql")
    site.plain("pgtools", 760, "nightly backup finished: 4.1 GB in 70 s")
    assert find(site, tmp_path, 700) == []


def test_a_job_that_runs_all_the_time_is_silent(tmp_path: Path) -> None:
    """A job that runs most of the time holds everything, and says nothing."""
    site = Site(seed=5)
    fill(site, [(705, 760)])
    for begin in range(0, 1200, 60):
        site.python("sync", begin, "INFO", "starting synchronisation of stock levels")
        site.python("sync", begin + 50, "INFO", "synchronisation of stock levels done")
    assert find(site, tmp_path, 705) == []


def test_healthy_time_is_silent(tmp_path: Path) -> None:
    """Without anything bad a job is not told."""
    site = Site(seed=6)
    fill(site, [])
    site.plain("pgtools", 700, "starting nightly backup")
    site.plain("pgtools", 800, "nightly backup finished")
    assert find(site, tmp_path, 705) == []
