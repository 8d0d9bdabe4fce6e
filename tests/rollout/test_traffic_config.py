import re
import tomllib
from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.rollout.traffic import read_traffic

_GUIDE = Path(__file__).parents[2] / "docs" / "deploy.md"
_HAPROXY = 'provider = "haproxy"\nsocket = "/run/haproxy/admin.sock"\nbackend = "shop"\nnew = "new"\n'
_NGINX = 'provider = "nginx"\nfile = "share.conf"\nvariable = "$shop"\nnew = "a"\nold = "b"\n'
_SYSTEMD = (
    'provider = "systemd"\nhosts = ["a", "b"]\nunit = "shop"\nnew = "2"\nold = "1"\nswitch = "x"\nrunning = "x"\n'
    'health = "x"\n'
)


@pytest.mark.parametrize(
    "text", [_HAPROXY, _NGINX, _SYSTEMD, 'provider = "flagfile"\nfile = "x"', 'provider = "command"\ncommand = "x"']
)
def test_least_configuration_of_each_provider_is_enough(tmp_path: Path, text: str) -> None:
    """A provider can be read without its programs being there: nothing is asked yet."""
    path = tmp_path / "hotfix.toml"
    path.write_text(f"[test]\nsuite = 'x'\n[deploy.traffic]\n{text}")
    assert type(read_traffic(path)).__module__ == f"hotfix.rollout.traffic.{tomllib.loads(text)['provider']}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "{path}: expected a table [deploy.traffic], found none; docs/deploy.md says what belongs there"),
        ("deploy = 3", "{path}: expected a table [deploy.traffic], found none"),
        ("[deploy]\ntraffic = 3", "{path}: expected a table [deploy.traffic], found 3"),
        ("[deploy", "{path}: expected TOML, found "),
        ("[deploy.traffic]", "{path}:1: expected text for deploy.traffic.provider, found none"),
        (
            '\n[deploy.traffic]\nprovider = "haprxy"',
            "{path}:3: expected one of command, flagfile, haproxy, nginx, systemd for deploy.traffic.provider, found",
        ),
        ("[deploy.traffic]\nprovider = 'haprxy'", "found 'haprxy'; did you mean 'haproxy'?"),
        (f"[deploy.traffic]\n{_HAPROXY}weigth = 3", "{path}:6: unknown key 'weigth' in [deploy.traffic]"),
        (
            f"[deploy.traffic]\n{_HAPROXY}olds = 3",
            "{path}:6: unknown key 'olds' in [deploy.traffic]; did you mean 'old'?",
        ),
        (
            f"[deploy.traffic]\n{_HAPROXY}".replace('"new"', '["new", "a b"]'),
            "{path}:5: expected name of a server for deploy.traffic.new, found 'a b'",
        ),
        (
            f'[deploy.traffic]\n{_HAPROXY}old = ["new"]',
            "{path}:6: expected none of what new names for deploy.traffic.old, found 'new'",
        ),
        (
            f"[deploy.traffic]\n{_HAPROXY}".replace("/run/haproxy/admin.sock", "a; b"),
            "{path}:3: expected a path or host:port for deploy.traffic.socket, found 'a; b'",
        ),
        (
            f"[deploy.traffic]\n{_NGINX}".replace("$shop", "shop"),
            "{path}:4: expected a variable with its $ for deploy.traffic.variable, found 'shop'",
        ),
        (f'[deploy.traffic]\n{_NGINX}mode = "both"', "{path}:7: expected one of buckets, split_clients, upstream for"),
        (
            f"[deploy.traffic]\n{_NGINX}log = 'x'\nlog_pattern = 'to'",
            "{path}:8: expected a regular expression with one group, which holds the version for deploy.traffic.log",
        ),
        (f"[deploy.traffic]\n{_NGINX}log = 'x'", "{path}:1: expected text for deploy.traffic.log_pattern, found none"),
        (
            f"[deploy.traffic]\n{_NGINX}reload_s = true",
            "expected a number from 0.1 to 86400 for deploy.traffic.reload_s, found True",
        ),
        (
            f"[deploy.traffic]\n{_SYSTEMD}".replace('"b"', '"-oProxyCommand=x"'),
            "{path}:3: expected name of a host for deploy.traffic.hosts, found '-oProxyCommand=x'",
        ),
        (
            f"[deploy.traffic]\n{_SYSTEMD}at_once = 3",
            "expected a whole number from 1 to 2 for deploy.traffic.at_once, found 3",
        ),
        (
            f"[deploy.traffic]\n{_SYSTEMD}at_once = 1.5",
            "expected a whole number from 1 to 2 for deploy.traffic.at_once, found 1.5",
        ),
        (
            f"[deploy.traffic]\n{_SYSTEMD}health_s = inf",
            "expected a number from 0 to 86400 for deploy.traffic.health_s, found inf",
        ),
        (f'[deploy.traffic]\n{_SYSTEMD}ssh = "ssh"', "expected a command with {{host}} in it for deploy.traffic.ssh"),
        (
            '[deploy.traffic]\nprovider = "command"\ncommand = "a \'b"',
            '{path}:3: expected a command for deploy.traffic.command, found "a \'b" (no closing quotation)',
        ),
        (
            '[deploy.traffic]\nprovider = "flagfile"\nfile = "x.json"',
            "{path}:1: expected text for deploy.traffic.key, found none",
        ),
    ],
)
def test_faults_name_key_and_line(tmp_path: Path, text: str, message: str) -> None:
    """What is wrong in the table is told with the file, the line, the key, what was expected and what was found."""
    path = tmp_path / "hotfix.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_traffic(path)
    assert message.format(path=path) in str(caught.value)


@pytest.mark.parametrize("text", re.findall(r"```toml\n(\[deploy\.traffic\]\n.+?)```", _GUIDE.read_text(), re.DOTALL))
def test_examples_of_the_guide_are_accepted(tmp_path: Path, text: str) -> None:
    """What docs/deploy.md shows is what the program reads."""
    path = tmp_path / "hotfix.toml"
    path.write_text(text)
    assert read_traffic(path)


def test_missing_configuration_is_told(tmp_path: Path) -> None:
    """Without a file nobody guesses how traffic moves."""
    with pytest.raises(UsageError, match=r"expected a configuration with a table \[deploy.traffic\], found: No such"):
        read_traffic(tmp_path / "hotfix.toml")
