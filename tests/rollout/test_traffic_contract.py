"""What every provider must do, over the table of providers: a new one is not complete without its ground here."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.rollout.traffic import PROVIDERS, Traffic, TrafficError, move_share, read_traffic
from hotfix.rollout.traffic.nginxfile import UpstreamWeights
from tests.rollout.balancers import run_haproxy, run_nginx
from tests.rollout.hosts import run_site

_SCRIPT = """
import json, pathlib, sys
state = pathlib.Path("{state}")
order = json.load(sys.stdin)
if order["action"] == "set":
    state.write_text(json.dumps(order))
else:
    print(json.dumps({{"share": json.loads(state.read_text())["share"], "new": 0, "old": 0}}))
"""


@dataclass(frozen=True, slots=True)
class _Ground:
    """A provider on programs that run, and how to take away what it steers."""

    traffic: Traffic
    lose: Callable[[], object]


def _read(folder: Path, keys: str) -> Traffic:
    path = folder / "hotfix.toml"
    path.write_text(f"[deploy.traffic]\n{keys}")
    return read_traffic(path)


@contextmanager
def _stand_on_haproxy(folder: Path) -> Iterator[_Ground]:
    with run_haproxy(folder / "haproxy", {"old": "127.0.0.1:1", "new": "127.0.0.1:1 weight 0"}) as haproxy:
        keys = f'provider = "haproxy"\nsocket = "{haproxy.socket}"\nbackend = "shop"\nnew = "new"'
        yield _Ground(_read(folder, keys), haproxy.kill)


@contextmanager
def _stand_on_nginx(folder: Path) -> Iterator[_Ground]:
    owned = folder / "share.conf"
    owned.write_text(UpstreamWeights("shop", ("127.0.0.1:1",), ("127.0.0.1:2",)).render(0.0))
    with run_nginx(folder, "shop", ["include share.conf;"]) as nginx:
        keys = (
            f'provider = "nginx"\nmode = "upstream"\nfile = "share.conf"\ncommand = "{nginx.command}"\n'
            f'pid = "{folder}/nginx.pid"\nupstream = "shop"\nnew = "127.0.0.1:1"\nold = "127.0.0.1:2"'
        )
        yield _Ground(_read(folder, keys), nginx.stop)


@contextmanager
def _stand_on_flagfile(folder: Path) -> Iterator[_Ground]:
    flag = folder / "canary"
    flag.write_text("0")
    yield _Ground(_read(folder, 'provider = "flagfile"\nfile = "canary"'), flag.unlink)


@contextmanager
def _stand_on_command(folder: Path) -> Iterator[_Ground]:
    script, state = folder / "script.py", folder / "state"
    script.write_text(_SCRIPT.format(state=state))
    state.write_text(json.dumps({"share": 0}))
    keys = f"""provider = "command"\ncommand = "'{sys.executable}' -S '{script}'\""""
    yield _Ground(_read(folder, keys), script.unlink)


@contextmanager
def _stand_on_systemd(folder: Path) -> Iterator[_Ground]:
    with run_site(folder / "site", ("app1", "app2"), "1") as site:
        keys = f"""
            provider = "systemd"\nhosts = ["app1", "app2"]\nnew = "2"\nold = "1"\nssh = "'{site.ssh}' {{host}}"
            switch = "echo {{version}} > next"\nrestart = "shop restart"\nrunning = "ask /version"
            health = "ask /health"
        """
        yield _Ground(_read(folder, keys), (site.folder / "ssh").unlink)


_GROUNDS = {
    "haproxy": _stand_on_haproxy,
    "nginx": _stand_on_nginx,
    "flagfile": _stand_on_flagfile,
    "command": _stand_on_command,
    "systemd": _stand_on_systemd,
}


def test_every_provider_stands_on_real_ground() -> None:
    """No provider of the table goes without the tests below."""
    assert set(_GROUNDS) == set(PROVIDERS)


@pytest.mark.parametrize("name", PROVIDERS)
def test_provider_keeps_the_contract(tmp_path: Path, name: str) -> None:
    """A dry run changes nothing, what was set is read back, and what is lost is told in one sentence.

    The way back can be listed before the first step. Whoever reads the same configuration moves the same target.

    Shares come in any order and twice; from none to all, as blue-green switches, is one step.
    """
    with _GROUNDS[name](tmp_path) as ground:
        traffic = ground.traffic
        assert traffic.read_share().share == 0.0
        assert traffic.list_commands(1.0) != ()
        assert traffic.list_commands(0.0, before=1.0) != ()
        assert traffic.target == read_traffic(tmp_path / "hotfix.toml").target
        assert traffic.read_share().share == 0.0
        for share in (0.5, 1.0, 1.0, 0.0, 0.0):
            assert (traffic.settle_share(share), move_share(traffic, share).share) == (share, share)
        for wrong in (-0.1, 1.1):
            with pytest.raises(UsageError, match="expected a share from 0 to 1, found"):
                move_share(traffic, wrong)
        mark = traffic.mark_count()
        assert mark is None or traffic.measure_share(mark).share is None
        with pytest.raises(TrafficError):
            traffic.measure_share("no mark")
        ground.lose()
        for share in (0.5, 0.0):
            with pytest.raises(TrafficError) as caught:
                move_share(traffic, share)
            assert str(caught.value).startswith("expected ")
            assert "\n" not in str(caught.value)
