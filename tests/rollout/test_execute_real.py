"""Rollouts of real versions behind real balancers under load, by the program as a user runs it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from hotfix.rollout.traffic import read_traffic
from tests.loopback import wait_until
from tests.rollout.balancers import CHECKED, HAProxy
from tests.rollout.promserver import run_prometheus
from tests.rollout.rollouts import Site, run_haproxy_site, run_nginx_site
from tests.rollout.services import Version

_PROMETHEUS = """source = "prometheus"
url = "{url}"
new = 'version="new"'
old = 'version="old"'
counter = "shop_requests_total"
histogram = "shop_request_seconds"
"""
_PASSED = ["begun", "moving", "moved", "moving", "moved", "moving", "moved"]
_BACK_IN_PHASE_1 = ["begun", "moving", "moved", "going back", "rolled back"]

Opened = Callable[..., AbstractContextManager[Site]]
_GROUNDS: dict[str, Opened] = {
    "haproxy": run_haproxy_site,
    "nginx-buckets": partial(run_nginx_site, mode="buckets"),
    "nginx-upstream": partial(run_nginx_site, mode="upstream"),
}


@pytest.mark.parametrize("ground", _GROUNDS)
def test_good_version_reaches_all_requests_and_is_confirmed(tmp_path: Path, ground: str) -> None:
    """It goes through every phase, is watched at full traffic, and no request is lost."""
    with _GROUNDS[ground](tmp_path) as site:
        ended = site.do("run", "--yes", "--json")
        assert (ended.code, site.kinds) == (0, _PASSED), ended.err
        assert "NO-GO: no test report lies in the incident folder" in ended.err
        assert site.see_versions() == {"new"}
        last = ended.looks[-1]
        assert (last["phase"], last["share_planned"], last["verdict"]) == (3, 1.0, "confirmed")
        assert all(set(look) == set(last) for look in ended.looks)
        assert site.load.lost == []


@pytest.mark.parametrize("ground", _GROUNDS)
def test_version_with_8_percent_errors_goes_back_in_the_first_phase(tmp_path: Path, ground: str) -> None:
    """The reason tells the counts; the old version serves all when the program ends."""
    with _GROUNDS[ground](tmp_path, new=Version("new", errors=0.08)) as site:
        ended = site.do("run", "--yes", "--json")
        assert (ended.code, site.kinds) == (1, _BACK_IN_PHASE_1), ended.err
        assert ended.looks[-1]["verdict"] == "rolled back"
        assert "canary requests failed" in str(ended.looks[-2]["reason"])
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


def test_version_that_is_three_times_slower_goes_back(tmp_path: Path) -> None:
    """Latency is held against the old version's at the same time."""
    new = Version("new", latency_ms=90.0)
    with run_haproxy_site(tmp_path, new, old=Version("old", latency_ms=30.0)) as site:
        ended = site.do("run", "--yes")
        assert (ended.code, site.kinds) == (1, _BACK_IN_PHASE_1), ended.err
        assert "of the baseline's" in ended.err
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


def test_new_fatal_exception_at_a_low_rate_goes_back(tmp_path: Path) -> None:
    """Two of a class that no other version knows are enough, at any number of requests."""
    with run_haproxy_site(tmp_path, Version("new", fatal=0.01), {"minimum_requests": 2000}) as site:
        ended = site.do("run", "--yes")
        assert (ended.code, site.kinds[-2:]) == (1, ["going back", "rolled back"]), ended.err
        assert "CouponTableError" in ended.err
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


def test_canary_that_crashes_goes_back(tmp_path: Path) -> None:
    """HAProxy finds it down and sends nothing more to it: that is not where traffic was put."""
    checked = {"new": f"weight 0 {CHECKED}", "old": f"weight 10 {CHECKED}"}
    with run_haproxy_site(tmp_path, keys={"minimum_requests": 100000}, parameters=checked) as site:
        running = site.start("run", "--yes")
        site.wait_for(running, "looked", 2)
        site.new.kill()
        ended = running.wait()
        assert (ended.code, site.kinds) == (1, _BACK_IN_PHASE_1), ended.err
        assert site.see_versions() == {"old"}


def test_canary_that_crashes_unseen_by_the_balancer_goes_back(tmp_path: Path) -> None:
    """Where nothing checks the servers the silence of the canary is what tells."""
    with run_haproxy_site(tmp_path, keys={"minimum_requests": 100000}) as site:
        running = site.start("run", "--yes")
        site.wait_for(running, "looked", 2)
        site.new.kill()
        ended = running.wait()
        assert (ended.code, site.kinds) == (1, _BACK_IN_PHASE_1), ended.err
        assert site.see_versions() == {"old"}


@pytest.mark.parametrize("weight", ["0", "10"])
def test_haproxy_that_crashes_and_comes_back_is_not_left_where_it_came_back(tmp_path: Path, weight: str) -> None:
    """Its weights are those of its file again, be they none for the new version or half: everything goes back."""
    with run_haproxy_site(tmp_path, keys={"minimum_requests": 100000}, parameters={"new": f"weight {weight}"}) as site:
        assert isinstance(site.balancer, HAProxy)
        if weight == "10":
            assert site.do("rollback").code == 0
        running = site.start("run", "--yes")
        site.wait_for(running, "looked", 2)
        site.balancer.kill()
        seen = len(site.journal)
        wait_until(lambda: len(site.journal) > seen + 2, "looks while HAProxy is away")
        site.balancer.restart()
        ended = running.wait()
        assert (ended.code, site.kinds[-1]) == (1, "rolled back"), ended.err
        assert site.see_versions() == {"old"}


def test_haproxy_that_stays_away_ends_at_the_deadline_and_is_told(tmp_path: Path) -> None:
    """Nothing can be sent back through a balancer that does not run: exit code 1, and how to try again."""
    with run_haproxy_site(tmp_path, keys={"minimum_requests": 100000}) as site:
        running = site.start("run", "--yes")
        site.wait_for(running, "looked", 2)
        site.balancer.process.kill()
        site.wait_for(running, "going back", 2)
        running.process.terminate()
        assert running.wait().code == 130
        assert site.do("rollback", "--keep-trying", "1").code == 1
        assert isinstance(site.balancer, HAProxy)
        site.balancer.restart()
        assert site.do("rollback").code == 0
        assert site.see_versions() == {"old"}


def test_monitoring_that_dies_is_blindness_and_goes_back_at_the_deadline(tmp_path: Path) -> None:
    """Both versions are well, and nobody hears them: hold, say so, and back when the time is over."""
    with run_haproxy_site(tmp_path, keys={"minimum_requests": 100000}) as site:
        running = site.start("run", "--yes", "--json")
        site.wait_for(running, "looked", 2)
        for log in (site.new.log, site.old.log):
            log.unlink()
        ended = running.wait()
        verdicts = [look["verdict"] for look in ended.looks]
        assert (ended.code, site.kinds) == (1, _BACK_IN_PHASE_1), ended.err
        assert "blind" in verdicts
        assert verdicts[-2:] == ["roll back", "rolled back"]
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


def test_prometheus_that_dies_is_blindness_and_goes_back_at_the_deadline(tmp_path: Path) -> None:
    """The same with metrics: its death is not taken for health, and the versions never notice."""
    keys = {"minimum_requests": 100000, "check_s": 1, "blind_after_s": 8, "blind_deadline_s": 16}
    with (
        run_haproxy_site(tmp_path, keys=keys) as site,
        run_prometheus(tmp_path / "prometheus", (site.new, site.old)) as prometheus,
    ):
        site.watch_by(_PROMETHEUS.format(url=prometheus.url))
        prometheus.wait_for_scrapes(2)
        running = site.start("run", "--yes", "--json")
        site.wait_for(running, "looked", 3)
        prometheus.stop()
        ended = running.wait()
        verdicts = [look["verdict"] for look in ended.looks]
        assert (ended.code, site.kinds) == (1, _BACK_IN_PHASE_1), ended.err
        assert verdicts[0] == "hold"
        assert "blind" in verdicts
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


def test_version_that_is_down_gets_no_request(tmp_path: Path) -> None:
    """The balancer refuses the first step; what was begun is taken back, and told."""
    with run_haproxy_site(tmp_path, parameters={"new": f"weight 0 {CHECKED}"}) as site:
        site.new.kill()
        read = read_traffic(site.folder / "hotfix.toml").read_share
        wait_until(lambda: "DOWN" in read().state, "HAProxy to notice")
        ended = site.do("run", "--yes", "--json")
        assert (ended.code, site.kinds) == (1, ["begun", "moving", "not moved", "going back", "rolled back"])
        assert "expected a server of the new version that is up" in str(ended.looks[0]["reason"])
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


@pytest.mark.parametrize("ground", ["haproxy", "nginx-buckets"])
def test_blue_green_switches_all_requests_and_back(tmp_path: Path, ground: str) -> None:
    """One step from none to all; the old version stands by, and gets all of them back with one command."""
    with _GROUNDS[ground](tmp_path, keys={"strategy": "blue-green"}, shares=()) as site:
        ended = site.do("run", "--yes")
        assert (ended.code, site.kinds) == (0, ["begun", "moving", "moved"]), ended.err
        assert site.see_versions() == {"new"}
        assert site.do("rollback").code == 0
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


def test_blue_green_that_fails_is_switched_back(tmp_path: Path) -> None:
    """All requests are at the bad version, so it is found at once."""
    with run_haproxy_site(tmp_path, Version("new", errors=0.2), {"strategy": "blue-green"}, shares=()) as site:
        ended = site.do("run", "--yes")
        assert (ended.code, site.kinds) == (1, _BACK_IN_PHASE_1), ended.err
        assert site.see_versions() == {"old"}
        assert site.load.lost == []
