import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from hotfix.rollout.traffic import Traffic, TrafficError, move_share, read_traffic
from tests.rollout import hosts
from tests.rollout.balancers import run_haproxy
from tests.rollout.hosts import Site, run_site
from tests.rollout.services import Load, count_versions

_NAMES = ("app1", "app2", "app3")


def _configure(site: Site, keys: str = "", new: str = "2.15", health_s: float = 30) -> Traffic:
    path = site.folder / "hotfix.toml"
    path.write_text(
        f"""
        [deploy.traffic]
        provider = "systemd"
        hosts = ["app1", "app2", "app3"]
        ssh = "'{site.ssh}' {{host}}"
        new = "{new}"
        old = "2.14"
        switch = "echo {{version}} > next"
        restart = "shop restart"
        running = "ask /version"
        health = "ask /order/0"
        count = "ask /count"
        health_s = {health_s}
        {keys}
        """
    )
    return read_traffic(path)


def _drain_at(socket: Path) -> str:
    program = f"{sys.executable} -S {hosts.__file__}"
    return f'drain = "{program} drain {socket} {{host}}"\nrestore = "{program} restore {socket} {{host}}"'


def test_rolling_restart_under_load_loses_nothing(tmp_path: Path) -> None:
    """Host after host is drained, restarted and put back; its own counters tell the share that moved."""
    with run_site(tmp_path / "site", _NAMES, "2.14") as site:
        servers = {name: f"127.0.0.1:{host.port}" for name, host in zip(_NAMES, site.hosts, strict=True)}
        with run_haproxy(tmp_path / "haproxy", servers) as haproxy:
            traffic = _configure(site, _drain_at(haproxy.socket))
            for share, versions in ((0.34, {"2.15": 1, "2.14": 2}), (1.0, {"2.15": 3}), (0.0, {"2.14": 3})):
                with Load(haproxy.port, clients=2) as load:
                    reading = move_share(traffic, share)
                assert load.lost == []
                assert reading.share == traffic.settle_share(share)
                assert Counter(site.list_versions()) == versions
                mark = traffic.mark_count() or ""  # of hosts that are asked one after the other
                with Load(haproxy.port, clients=2) as load:
                    load.wait_for(60)
                seen, moved = count_versions(load.answers), traffic.measure_share(mark)
                assert (moved.new, moved.old) == (seen["2.15"], seen["2.14"])
                assert moved.share == pytest.approx(reading.share, abs=0.05)


def test_share_is_whole_hosts(tmp_path: Path) -> None:
    """Never more hosts than were wanted, but one at least for any share at all."""
    with run_site(tmp_path / "site", _NAMES, "2.14") as site:
        settled = [_configure(site).settle_share(share) for share in (0.0, 0.01, 0.5, 2 / 3, 0.99, 1.0)]
    assert settled == pytest.approx([0.0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1.0])


def test_commands_are_shown_and_change_nothing(tmp_path: Path) -> None:
    """A dry run shows each host's commands; one that runs its version already is not to be restarted."""
    with run_site(tmp_path / "site", _NAMES, "2.14") as site:
        shown = _configure(site, 'drain = "out {host}"\nrestore = "in {host}"').list_commands(0.34)
        assert site.list_versions() == ["2.14"] * 3
        assert {tuple(host.commands) for host in site.hosts} == {("ask /version",)}
    assert shown[:5] == (
        "out app1",
        f"{site.ssh} app1 'echo 2.15 > next'",
        f"{site.ssh} app1 'shop restart'",
        f"{site.ssh} app1 'ask /order/0'",
        "in app1",
    )
    assert shown[5:8] == (f"{site.ssh} app2 'echo 2.14 > next'", f"{site.ssh} app2 'ask /order/0'", "in app2")


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("2.15-failing", "expected app1 to be healthy within 1 s, found: `ask /order/0` failed: /order/0 answers 500"),
        ("2.15-dead", "expected `shop restart` to succeed on app1, found: Job for shop.service failed"),
    ],
)
def test_first_failure_stops_and_can_be_gone_back_from(tmp_path: Path, version: str, reason: str) -> None:
    """A version that is not healthy, or does not start, reaches one host only; going back repairs that one alone."""
    with run_site(tmp_path / "site", _NAMES, "2.14") as site:
        traffic = _configure(site, new=version, health_s=1)
        with pytest.raises(TrafficError) as caught:
            move_share(traffic, 1.0)
        assert str(caught.value).startswith(reason)
        assert str(caught.value).endswith("; not touched: app2, app3")
        assert site.hosts[1].commands == []
        assert move_share(traffic, 0.0).share == 0.0
        assert site.list_versions() == ["2.14"] * 3
        assert [host.commands.count("shop restart") for host in site.hosts] == [2, 0, 0]


def test_several_hosts_at_once(tmp_path: Path) -> None:
    """With `at_once` two hosts are worked on together, and a failure of one stops before the third."""
    with run_site(tmp_path / "site", _NAMES, "2.14") as site:
        traffic = _configure(site, "at_once = 2")
        site.hosts[0].unplug()
        with pytest.raises(TrafficError, match=r"expected to reach app1, found: ssh: connect .*; not touched: app3"):
            move_share(traffic, 1.0)
        assert site.list_versions() == ["2.14", "2.15", "2.14"]
        site.hosts[0].plug_in()
        assert move_share(traffic, 1.0).share == 1.0


def test_going_back_passes_by_hosts_that_cannot_be_reached(tmp_path: Path) -> None:
    """The other hosts run the old version at once; the lost one is named, and until it answers no share is claimed."""
    with run_site(tmp_path / "site", _NAMES, "2.15") as site:
        traffic = _configure(site)
        site.hosts[1].unplug()
        with pytest.raises(TrafficError, match=r"expected to reach app2, found: ssh.*; every other host runs 2\.14"):
            move_share(traffic, 0.0)
        assert site.list_versions() == ["2.14", "2.15", "2.14"]
        reading = traffic.read_share()
        assert (reading.share, reading.notes) == (None, ("app2 cannot be reached",))
        site.hosts[1].plug_in()
        assert move_share(traffic, 0.0).share == 0.0


def test_going_back_passes_by_a_host_that_hangs(tmp_path: Path) -> None:
    """A frozen host answers nothing, also no error: after the deadline it counts as one that cannot be reached."""
    with run_site(tmp_path / "site", _NAMES, "2.15") as site:
        traffic = _configure(site, "deadline_s = 10")
        site.hosts[0].freeze()
        with pytest.raises(TrafficError, match=r"app1 .* to end within 10 s; it [^;]*; every other host runs 2\.14"):
            move_share(traffic, 0.0)
        assert site.list_versions() == ["2.15", "2.14", "2.14"]
        reading = traffic.read_share()
        assert (reading.share, reading.notes) == (None, ("app1 cannot be reached",))


def test_killed_run_leaves_nothing_that_the_next_one_does_not_repair(tmp_path: Path) -> None:
    """A host whose version was switched but not started, and that is drained, is whole again after going back."""
    with run_site(tmp_path / "site", _NAMES, "2.14") as site:
        servers = {name: f"127.0.0.1:{host.port}" for name, host in zip(_NAMES, site.hosts, strict=True)}
        with run_haproxy(tmp_path / "haproxy", servers) as haproxy:
            traffic = _configure(site, _drain_at(haproxy.socket))
            hosts.main("drain", str(haproxy.socket), "app1")
            site.hosts[0].install("2.15")
            assert traffic.read_share().share == 0.0
            move_share(traffic, 0.0)
            assert (site.folder / "app1" / "next").read_text() == "2.14\n"
            with Load(haproxy.port) as load:
                load.wait_for(30)
            assert int(site.hosts[0].ask("/count")) > 1  # the first was the check of its health


def test_host_whose_service_is_down_is_told(tmp_path: Path) -> None:
    """A host that runs nothing is no share of either version; setting a share starts it again."""
    with run_site(tmp_path / "site", _NAMES, "2.14") as site:
        traffic = _configure(site)
        site.hosts[0].end(signal.SIGKILL)
        reading = traffic.read_share()
        assert (reading.share, reading.notes) == (0.0, ("app1 runs nothing",))
        assert move_share(traffic, 0.34).share == pytest.approx(1 / 3)
