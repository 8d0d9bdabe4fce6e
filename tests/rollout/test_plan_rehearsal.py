"""The rehearsal at a real HAProxy in front of two real versions: what is tried, what moves, and that all comes back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from hotfix.rollout.execute.lock import hold_lock
from hotfix.rollout.plan.contract import Rehearsal
from hotfix.rollout.plan.rehearsal import check_traffic, rehearse_rollback
from hotfix.rollout.traffic import Traffic, TrafficError, move_share, read_traffic
from hotfix.rollout.traffic.contract import Moved, Reading
from tests.rollout.balancers import HAProxy, run_haproxy
from tests.rollout.hosts import run_site
from tests.rollout.services import Load, Service, count_versions, run_pair

_SHARES = (0.1, 0.5, 1.0)
_NOW = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(slots=True)
class _Ground:
    """A balancer, the provider that steers it, and the versions behind it."""

    traffic: Traffic
    haproxy: HAProxy
    new: Service


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[_Ground]:
    """Return a running HAProxy that sends everything to the old version."""
    with run_pair(tmp_path) as (new, old):
        servers = {"old": old.address, "new": f"{new.address} weight 0"}
        with run_haproxy(tmp_path / "haproxy", servers) as haproxy:
            path = tmp_path / "hotfix.toml"
            path.write_text(
                f'[deploy.traffic]\nprovider = "haproxy"\nsocket = "{haproxy.socket}"\nbackend = "shop"\nnew = "new"\n'
            )
            yield _Ground(read_traffic(path), haproxy, new)


def _check(traffic: Traffic) -> Rehearsal:
    return check_traffic(traffic, _SHARES, _NOW, count().__next__)


def _list_failed(rehearsal: Rehearsal) -> list[str]:
    return [step.what for step in rehearsal.steps if not step.passed]


def test_what_can_be_tried_moves_nothing(ground: _Ground) -> None:
    """Reading, settling, listing and counting are tried and timed, and no request reaches the new version."""
    with Load(ground.haproxy.port) as load:
        seen = _check(ground.traffic)
        answers = load.wait_for(100)
    assert (seen.passed, seen.moved, seen.back_s, seen.counts) == (True, None, None, True)
    assert seen.settled == pytest.approx(_SHARES, abs=0.001)
    assert [step.what for step in seen.steps] == [
        "read the share",
        "find the shares that can be set",
        "list the commands of every phase",
        "list the commands back",
        "read the counters of requests",
        "list the commands of a share of 0",
        "set a share of 0 where it is 0",
    ]
    assert all(step.seconds > 0 for step in seen.steps)
    assert [len(commands) for commands in seen.commands] == [1, 1, 1]
    assert "set server shop/new weight" in seen.commands[0][0]
    assert seen.back[0].startswith("echo 'set server shop/old weight 1; set server shop/new weight 0' | socat")
    assert set(count_versions(answers)) == {"old"}


def test_round_trip_is_measured(ground: _Ground) -> None:
    """The smallest share goes to the new version and comes back; and no request is lost."""
    with Load(ground.haproxy.port) as load:
        rehearsal = rehearse_rollback(ground.traffic, _check(ground.traffic), count().__next__)
        answers = load.wait_for(100)
    assert (rehearsal.passed, rehearsal.moved) == (True, pytest.approx(0.01, abs=0.001))
    assert rehearsal.back_s is not None
    assert rehearsal.back_s > 0
    assert (load.lost, set(count_versions(answers)), ground.traffic.read_share().share) == ([], {"old"}, 0)


def test_rehearsal_is_refused_while_requests_are_at_the_new_version(ground: _Ground) -> None:
    """A share above none is left alone: a rollout may be running."""
    move_share(ground.traffic, 0.1)
    seen = _check(ground.traffic)
    rehearsal = rehearse_rollback(ground.traffic, seen, count().__next__)
    assert (_list_failed(rehearsal), rehearsal) == (["set a share of 0 where it is 0"], seen)
    assert seen.steps[-1].detail == "expected all requests at the old version, found a share of 10 %"
    assert ground.traffic.read_share().share == pytest.approx(0.1)


def test_rehearsal_is_refused_where_a_rollout_began_meanwhile(ground: _Ground) -> None:
    """What was seen may be old: the share is read again before anything moves."""
    seen = _check(ground.traffic)
    move_share(ground.traffic, 0.5)
    rehearsal = rehearse_rollback(ground.traffic, seen, count().__next__)
    assert (_list_failed(rehearsal), rehearsal.moved) == (["move a share"], None)
    assert ground.traffic.read_share().share == pytest.approx(0.5)


def test_traffic_that_somebody_moves_is_left_alone(ground: _Ground) -> None:
    """While another command holds the lock on this traffic, nothing is asked and nothing moves."""
    with hold_lock(ground.traffic.target, "hotfix deploy run other"):
        seen = _check(ground.traffic)
    assert (len(seen.steps), _list_failed(seen)) == (1, ["see that nobody moves this traffic"])
    assert "hotfix deploy run other" in seen.steps[0].detail


def test_version_that_is_not_there_fails_the_rehearsal(tmp_path: Path) -> None:
    """Where the new version is down nothing moves, and the step says why."""
    servers = {"old": "127.0.0.1:1", "new": "127.0.0.1:2 weight 0 disabled"}
    with run_haproxy(tmp_path / "haproxy", servers) as haproxy:
        path = tmp_path / "hotfix.toml"
        path.write_text(
            f'[deploy.traffic]\nprovider = "haproxy"\nsocket = "{haproxy.socket}"\nbackend = "shop"\nnew = "new"\n'
        )
        traffic = read_traffic(path)
        rehearsal = rehearse_rollback(traffic, _check(traffic), count().__next__)
        assert (rehearsal.passed, rehearsal.moved, rehearsal.back_s) == (False, None, None)
        assert "expected a server of the new version that is up" in "".join(one.detail for one in rehearsal.steps)
        assert traffic.read_share().share == 0


def test_provider_that_does_not_answer_is_one_failed_step(ground: _Ground) -> None:
    """A balancer that is gone is told in one step, and nothing further is tried."""
    ground.haproxy.kill()
    seen = _check(ground.traffic)
    assert (_list_failed(seen), len(seen.steps)) == (["read the share"], 1)


def test_whole_hosts_are_rehearsed_with_one(tmp_path: Path) -> None:
    """A provider of hosts gives the new version to one of them and takes it back; others are left as they are."""
    with run_site(tmp_path / "site", ("app1", "app2", "app3"), "1") as site:
        path = tmp_path / "hotfix.toml"
        path.write_text(
            '[deploy.traffic]\nprovider = "systemd"\nhosts = ["app1", "app2", "app3"]\nnew = "2"\nold = "1"\n'
            f"""ssh = "'{site.ssh}' {{host}}"\nswitch = "echo {{version}} > next"\nrestart = "shop restart"\n"""
            'running = "ask /version"\nhealth = "ask /health"\n'
        )
        traffic = read_traffic(path)
        rehearsal = rehearse_rollback(traffic, _check(traffic), count().__next__)
        assert (rehearsal.passed, rehearsal.moved) == (True, pytest.approx(1 / 3))
        assert [len(commands) > 0 for commands in (*rehearsal.commands, rehearsal.back)] == [True] * 4
        assert traffic.read_share().share == 0


@dataclass(slots=True)
class _Stuck:
    """A provider which moves a share and cannot bring it back."""

    share: float = 0.0

    @property
    def target(self) -> str:
        """Nothing else moves it."""
        return "a switch"

    def settle_share(self, share: float) -> float:
        """Return the share itself."""
        return share

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:
        """Return nothing where nothing would be done."""
        return () if share == (self.share if before is None else before) else (f"set {share}",)

    def set_share(self, share: float) -> None:
        """Go up only."""
        if share < self.share:
            raise TrafficError("expected the switch to go back, found it stuck")
        self.share = share

    def read_share(self) -> Reading:
        """Return what was set."""
        return Reading(self.share, f"at {self.share}")

    def mark_count(self) -> None:
        """Count nothing."""

    def measure_share(self, _mark: str) -> Moved:
        """Count nothing."""
        raise TrafficError("expected counters, found none")


def test_way_back_that_fails_is_the_last_step() -> None:
    """When the requests cannot be brought back, the rehearsal has failed and says so."""
    traffic = _Stuck()
    rehearsal = rehearse_rollback(traffic, _check(traffic), count().__next__)
    last = rehearsal.steps[-1]
    assert (last.what, last.passed, rehearsal.back_s) == ("move everything back and read it back", False, None)
    assert last.detail == "expected the switch to go back, found it stuck"


@dataclass(slots=True)
class _Busy(_Stuck):
    """A provider whose every setting does something on hosts."""

    settings: int = 0

    def list_commands(self, share: float, _before: float | None = None) -> tuple[str, ...]:
        """Return a command always."""
        return (f"set {share}",)

    def set_share(self, share: float) -> None:
        """Count the settings."""
        self.settings += 1
        self.share = share


def test_provider_that_would_do_something_is_not_told_to() -> None:
    """Without --rehearse a share of none is set only where the provider says that nothing would be done for it."""
    traffic = _Busy()
    seen = _check(traffic)
    assert (seen.passed, traffic.settings, seen.steps[-1].what) == (True, 0, "list the commands of a share of 0")
