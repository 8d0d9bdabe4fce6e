"""hotfix itself is killed with SIGKILL in every state: a resume completes the rollout, and a rollback undoes it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotfix.rollout.execute.journal import JOURNAL
from hotfix.rollout.traffic import move_share
from tests.loopback import PATIENCE_S
from tests.rollout.rollouts import Site, run_haproxy_site

_PROGRAM = Path(__file__).with_name("dying.py")
_GOOD = (
    "begun moving 0",
    "moving moving 0",
    "set 0",
    "moved watching 0",
    "looked watching 0",
    "said paused 0",
    "looked approval 0",
    "said watching 0",
    "looked moving 1",
    "moving moving 1",
    "set 1",
    "moved watching 1",
    "looked confirmed 1",
)
_BAD = ("looked going back 0", "going back going back 0", "set -1", "rolled back rolled back 0")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give the rollouts of this file a site, one after the other."""
    keys = {"rollback_volume": 0.01}  # others use the machine as well, for as long as this file lasts
    with run_haproxy_site(tmp_path_factory.mktemp("site"), keys=keys, shares=(0.4, 1.0)) as made:
        yield made


def _die(site: Site, moment: str) -> None:
    """Have a rollout of a new incident killed at a moment."""
    site.open_incident()
    command = [sys.executable, str(_PROGRAM), str(site.folder), str(site.incident), moment]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE_S)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def _go_back(site: Site) -> None:
    ended = site.do("rollback")
    assert ended.code == 0, ended.err
    assert site.see_versions() == {"old"}
    assert site.load.lost == []


@contextmanager
def _come_again(site: Site) -> Iterator[None]:
    """Have traffic and journal afterwards as they are now."""
    written, share = (site.incident / JOURNAL).read_bytes(), site.traffic.read_share().share
    yield
    (site.incident / JOURNAL).write_bytes(written)
    assert share is not None
    move_share(site.traffic, share)


@pytest.mark.parametrize("moment", _GOOD)
def test_rollout_that_was_killed_is_taken_back_or_completed(site: Site, moment: str) -> None:
    """Either by one command, from whatever is true then; what is confirmed is not done again."""
    _die(site, moment)
    with _come_again(site):
        _go_back(site)
    ended = site.do("run", "--resume", "--yes")
    if moment == "looked confirmed 1":
        assert (ended.code, "found one that ended" in ended.err) == (2, True)
    else:
        assert ended.code == 0, ended.err
    assert site.see_versions() == {"new"}
    assert site.load.lost == []
    move_share(site.traffic, 0.0)


def test_journal_that_is_torn_does_not_stop_a_rollback_or_a_resume(site: Site) -> None:
    """The last line was cut off by a crash: status tells it, and the rollout goes on from what is true."""
    _die(site, "looked watching 0")
    with (site.incident / JOURNAL).open("a") as file:
        file.write('{"schema":"hotfix.rollout/1","time":"2026-')
    assert "cut off while it was written" in site.do("status").out
    with _come_again(site):
        _go_back(site)
    ended = site.do("run", "--resume", "--yes")
    assert ended.code == 0, ended.err
    assert site.see_versions() == {"new"}
    (site.incident / JOURNAL).write_text("nonsense\n")
    _go_back(site)


@pytest.mark.parametrize("moment", _BAD)
def test_way_back_that_was_killed_is_gone_to_its_end(site: Site, moment: str) -> None:
    """A bad version does not stay because hotfix died on the way back, nor does a resume try it again."""
    site.new.behave(errors=0.5)
    try:
        _die(site, moment)
        with _come_again(site):
            _go_back(site)
        ended = site.do("run", "--resume", "--yes")
        assert ended.code == (2 if moment == "rolled back rolled back 0" else 1), ended.err
        assert site.see_versions() == {"old"}
    finally:
        site.new.behave(errors=0.0)
