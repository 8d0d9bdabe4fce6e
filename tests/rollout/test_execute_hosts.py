"""Rolling out host by host, through the user's ssh and the unit's restart, under load."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rollout import hosts
from tests.rollout.balancers import run_haproxy
from tests.rollout.hosts import Site, run_site
from tests.rollout.rollouts import Project, write_config
from tests.rollout.services import Load

_NAMES = ("app1", "app2")
_MONITOR = """source = "logs"
log = "site/*/shop.log"
log_pattern = '"version": "([^"]+)"'
new = "{new}"
old = "2.14"
"""
_TRAFFIC = """provider = "systemd"
hosts = ["app1", "app2"]
ssh = "'{ssh}' {{host}}"
new = "{new}"
old = "2.14"
switch = "echo {{version}} > next"
restart = "shop restart"
running = "ask /version"
health = "ask /health"
count = "ask /count"
drain = "{program} drain {socket} {{host}}"
restore = "{program} restore {socket} {{host}}"
"""


@contextmanager
def _run(folder: Path, new: str) -> Iterator[tuple[Project, Site]]:
    """Yield a project of two hosts behind HAProxy, whose rollout goes host by host."""
    with run_site(folder / "site", _NAMES, "2.14") as site:
        servers = {name: f"127.0.0.1:{host.port}" for name, host in zip(_NAMES, site.hosts, strict=True)}
        with run_haproxy(folder / "haproxy", servers) as haproxy, Load(haproxy.port) as load:
            program = f"{sys.executable} -S {hosts.__file__}"
            traffic = _TRAFFIC.format(ssh=site.ssh, new=new, program=program, socket=haproxy.socket)
            write_config(folder, traffic, {"strategy": "rolling"}, (0.5, 1.0), _MONITOR.format(new=new))
            yield Project(folder, load), site


def test_good_version_goes_from_host_to_host(tmp_path: Path) -> None:
    """Each host is drained, restarted and watched before the next one; no request is lost, on the way back neither."""
    with _run(tmp_path, "2.15") as (project, site):
        ended = project.do("run", "--yes")
        assert (ended.code, project.kinds) == (0, ["begun", *["moving", "moved"] * 2]), ended.err
        assert site.list_versions() == ["2.15"] * 2
        ended = project.do("rollback")
        assert ended.code == 0, ended.err
        assert site.list_versions() == ["2.14"] * 2
        assert project.load.lost == []


def test_bad_version_reaches_one_host_only(tmp_path: Path) -> None:
    """It is healthy by its own account, and the requests that fail on the first host bring that one back."""
    with _run(tmp_path, "2.15-failing") as (project, site):
        ended = project.do("run", "--yes")
        assert (ended.code, project.kinds) == (1, ["begun", "moving", "moved", "going back", "rolled back"]), ended.err
        assert site.list_versions() == ["2.14"] * 2
        assert [host.commands.count("shop restart") for host in site.hosts] == [2, 0]
        assert project.load.lost == []
