"""Two operators cannot move one service at once, and a crash leaves no lock behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotfix.rollout.execute.lock import LockedError, find_holder, hold_lock, is_held_by
from hotfix.rollout.traffic import move_share
from tests.loopback import PATIENCE_S, wait_until
from tests.rollout.rollouts import Site, run_haproxy_site
from tests.rollout.services import heed_signals

_HOLD = """
import sys, time
from hotfix.rollout.execute.lock import hold_lock
with hold_lock(sys.argv[1], "hotfix deploy run elsewhere"):
    print("held", flush=True)
    time.sleep(600)
"""


def _hold(target: str, temporary: Path) -> subprocess.Popen[str]:
    """Start a process that holds a lock, with its own folder for temporary files; it is held when this returns."""
    environment = os.environ | {"TMPDIR": str(temporary)}
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, target], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_lock_is_of_one_holder_who_is_named_and_ends_with_its_process(tmp_path: Path) -> None:
    """Who, since when, what, and in which process; SIGKILL frees it."""
    target = f"backend shop of HAProxy at {tmp_path}"
    other = _hold(target, tmp_path)
    try:
        with pytest.raises(LockedError) as caught, hold_lock(target, "hotfix deploy run here"):
            pass
        said = rf"(hotfix deploy run elsewhere, process {other.pid} on "
        assert str(caught.value).startswith(f"expected nobody else to move {target}, found ")
        assert said in str(caught.value)
        holder = find_holder(target)
        assert holder
        assert (holder.pid, is_held_by(target, other.pid)) == (other.pid, True)
    finally:
        other.kill()
        other.wait()
    assert find_holder(target) is None
    with hold_lock(target, "hotfix deploy run here"):
        assert is_held_by(target, os.getpid())
    with hold_lock(f"{target}-other", "hotfix deploy run here"), hold_lock(target, "hotfix deploy run here"):
        pass


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a site on which no phase ever has its requests."""
    with run_haproxy_site(tmp_path_factory.mktemp("site"), keys={"minimum_requests": 100000}) as made:
        yield made


@pytest.fixture
def site(ground: Site) -> Iterator[Site]:
    """Give each test a new incident; afterwards all requests are at the old version, and none was lost."""
    ground.open_incident()
    yield ground
    move_share(ground.traffic, 0.0)
    assert ground.load.lost == []


def test_second_operator_is_refused_and_told_by_whom(site: Site) -> None:
    """Also with another incident: what counts is the traffic; status says who drives it, and changes nothing."""
    running = site.start("run", "--yes")
    site.wait_for(running, "looked")
    said = site.do("status").out
    assert f"process {running.process.pid} on" in said
    assert "next      Nothing: it is driven." in said
    site.open_incident()
    ended = site.do("run", "--yes")
    assert (ended.code, site.kinds) == (1, [])
    assert f"process {running.process.pid} on" in ended.err
    assert running.process.poll() is None
    running.process.terminate()
    running.wait()


def test_rollback_takes_over_from_a_rollout_that_runs(site: Site) -> None:
    """It is told to end, leaves all as it is, and everything goes back by the one command."""
    running = site.start("run", "--yes")
    site.wait_for(running, "looked")
    ended = site.do("rollback")
    assert ended.code == 0, ended.err
    assert "is told to end" in ended.err
    assert running.wait().code == 130
    assert site.kinds == ["begun", "moving", "moved", "interrupted", "going back", "rolled back"]
    assert site.see_versions() == {"old"}


def test_rollback_needs_neither_incident_nor_journal(site: Site) -> None:
    """With the table [deploy.traffic] alone, after a rollout that was killed; twice, and as JSON."""
    running = site.start("run", "--yes")
    site.wait_for(running, "looked")
    running.process.send_signal(signal.SIGKILL)
    running.wait()
    for word in (str(site.folder), str(site.folder / "hotfix.toml")):
        ended = site.start_words("rollback", "--config", word, "--json").wait()
        (found,) = ended.looks
        assert (ended.code, found["rolled_back"]) == (0, True), ended.err
    ended = site.start_words("rollback", "no-such-incident", "--config", str(site.folder)).wait()
    assert (ended.code, "it is rolled back without a journal" in ended.err) == (0, True)
    assert site.see_versions() == {"old"}


_SWITCH = """#!/bin/sh
case "$1" in
set) until test -e go; do touch asked; sleep 0.05; done;;
read) echo '{"share": 0}';;
*) exit 3;;
esac
"""


def test_way_back_outlives_its_terminal(tmp_path: Path) -> None:
    """A connection that breaks while everything is sent back breaks off nothing."""
    (tmp_path / "switch.sh").write_text(_SWITCH)
    (tmp_path / "switch.sh").chmod(0o755)
    (tmp_path / "hotfix.toml").write_text('[deploy.traffic]\nprovider = "command"\ncommand = "./switch.sh"\n')
    running = subprocess.Popen(
        [sys.executable, "-m", "hotfix", "deploy", "rollback"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=heed_signals,  # noqa: PLW1509  # before the program begins
    )
    wait_until((tmp_path / "asked").exists, "everything to be sent back")
    running.send_signal(signal.SIGHUP)
    (tmp_path / "go").touch()
    assert running.wait(PATIENCE_S) == 0


_LOADED = """
import sys
from hotfix.cli.program import run
assert run(["deploy", "rollback"]) == 0
print(sorted({"numpy", "polars"} & set(sys.modules)))
"""


def test_way_back_waits_for_no_library(tmp_path: Path) -> None:
    """What reads logs and judges is not loaded to send everything back."""
    (tmp_path / "percent").write_text("10")
    (tmp_path / "hotfix.toml").write_text('[deploy.traffic]\nprovider = "flagfile"\nfile = "percent"\n')
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    said = subprocess.check_output([sys.executable, "-c", _LOADED], cwd=tmp_path, env=environment, text=True)
    assert (said.splitlines()[-1], (tmp_path / "percent").read_text()) == ("[]", "0")


def test_dry_run_prints_every_command_and_changes_nothing(site: Site) -> None:
    """Of each phase and of each way back; neither journal nor traffic is touched."""
    move_share(site.traffic, 0.0)
    socket = f"| socat stdio {site.folder}/haproxy/admin.sock"
    assert site.do("run", "--dry-run").out.splitlines() == [
        "# phase 1, 20 %",
        f"echo 'set server shop/new weight 1; set server shop/old weight 4' {socket}",
        "# way back from phase 1",
        f"echo 'set server shop/new weight 0; set server shop/old weight 1' {socket}",
        "# phase 2, 50 %",
        f"echo 'set server shop/old weight 1' {socket}",
        "# way back from phase 2",
        f"echo 'set server shop/new weight 0' {socket}",
        "# phase 3, 100 %",
        f"echo 'set server shop/old weight 0' {socket}",
        "# way back from phase 3",
        f"echo 'set server shop/old weight 1; set server shop/new weight 0' {socket}",
    ]
    assert len(site.do("run", "--dry-run", "--json").looks) == 6
    assert site.kinds == []
    assert site.see_versions() == {"old"}


def test_without_a_terminal_approval_is_refused_before_anything_is_done(site: Site) -> None:
    """Nobody could approve: --yes is asked for. A wrong policy is refused with its line."""
    ended = site.do("run")
    assert (ended.code, "or --yes; found neither" in ended.err, site.kinds) == (2, True, [])
    config = site.folder / "hotfix.toml"
    right = config.read_text()
    config.write_text(right.replace("check_s = 0.3", "check_s = -1"))
    try:
        ended = site.do("run", "--yes")
    finally:
        config.write_text(right)
    assert (ended.code, "hotfix.toml:3: expected a number above 0 for deploy.check_s" in ended.err) == (2, True)
    assert site.kinds == []
