"""hotfix itself is killed with SIGKILL in every state: a resume completes the rollout, and a rollback undoes it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rollout.rollouts import PATIENCE_S, Site, run_haproxy_site
from tests.rollout.services import Version

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
    "moving moving 2",
    "set 2",
    "moved watching 2",
    "looked confirmed 2",
)
_BAD = ("looked going back 0", "going back going back 0", "set -1", "rolled back rolled back 0")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give the rollouts of this file a site, one after the other."""
    with run_haproxy_site(tmp_path_factory.mktemp("site"), shares=(0.3, 0.6, 1.0)) as made:
        yield made


def _die(site: Site, moment: str) -> None:
    """Have a rollout of a new incident killed at a moment."""
    site.open_incident()
    command = [sys.executable, str(_PROGRAM), str(site.folder), str(site.incident), moment]
    ended = subprocess.run(
        command, check=False, capture_output=True, timeout=PATIENCE_S, env={**os.environ, "TMPDIR": str(site.folder)}
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def _go_back(site: Site) -> None:
    ended = site.do("rollback")
    assert ended.code == 0, ended.err
    assert site.see_versions() == {"old"}
    assert site.load.lost == []


@pytest.mark.parametrize("moment", _GOOD)
def test_rollout_that_was_killed_is_completed_by_a_resume(site: Site, moment: str) -> None:
    """From whatever is true then; what is confirmed is not done again; the way back works afterwards."""
    _die(site, moment)
    ended = site.do("run", "--resume", "--yes")
    if moment == "looked confirmed 2":
        assert (ended.code, "found one that ended" in ended.err) == (2, True)
    else:
        assert ended.code == 0, ended.err
    assert site.see_versions() == {"new"}
    _go_back(site)


@pytest.mark.parametrize("moment", _GOOD)
def test_rollout_that_was_killed_is_taken_back_by_one_command(site: Site, moment: str) -> None:
    """Whatever the journal says; doing it twice is no error."""
    _die(site, moment)
    _go_back(site)
    _go_back(site)


@pytest.mark.parametrize("moment", _BAD)
def test_way_back_that_was_killed_is_gone_to_its_end(tmp_path: Path, moment: str) -> None:
    """A bad version does not stay because hotfix died on the way back, nor does a resume try it again."""
    with run_haproxy_site(tmp_path, Version("new", errors=0.5)) as site:
        _die(site, moment)
        ended = site.do("run", "--resume", "--yes")
        assert ended.code == (2 if moment == "rolled back rolled back 0" else 1), ended.err
        assert site.see_versions() == {"old"}
        _go_back(site)
