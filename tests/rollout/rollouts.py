"""A rollout for real: two versions of a service behind a real balancer, load on it, and `hotfix` as a user runs it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hotfix.core.facts import Severity
from hotfix.report.incidentfolders import REPORT
from hotfix.report.jsonreport import render_json
from hotfix.rollout.traffic import Traffic, read_traffic
from hotfix.rollout.traffic.nginxfile import UpstreamWeights
from tests.loopback import PATIENCE_S, wait_until
from tests.rollout.balancers import HAProxy, Nginx, run_haproxy, run_nginx
from tests.rollout.plans import going_forward
from tests.rollout.services import Load, Service, Version, count_versions, run_pair

_ROOT = Path(__file__).parents[2]
_POLICY = """
[deploy]
{policy}
{phases}
[deploy.monitor]
{monitor}
[deploy.traffic]
{traffic}
"""
_LOGS = """source = "logs"
new = "new.log"
old = "old.log"
"""
_WINDOWS = {
    "check_s": 0.3,
    "window_requests": 60,
    "minimum_requests": 110,
    "minimum_s": 1,
    "deadline_s": 120,
    "blind_after_s": 6,
    "blind_deadline_s": 12,
    "settle_s": 0.3,
    "success_p95": 2,  # a busy machine makes either version a little slower
    "alert_p95": 2,
}
_SHARES = (0.2, 0.5, 1.0)
Keys = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that came to an end."""

    code: int
    out: str
    err: str

    @property
    def looks(self) -> list[dict[str, object]]:
        """The objects that it printed."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True)
class Running:
    """A command that runs."""

    process: subprocess.Popen[str]

    def wait(self) -> Ended:
        """Return how it ended."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Ended(self.process.returncode, out, err)


@dataclass(slots=True)
class Project:
    """A project with its configuration, an incident, and load on what it runs."""

    folder: Path
    load: Load
    incidents: int = field(default=0, init=False)
    incident: Path = field(init=False)

    def __post_init__(self) -> None:
        self.open_incident()

    def open_incident(self) -> None:
        """Have another incident, without a rollout so far."""
        self.incidents += 1
        self.incident = self.folder / f"incident-{self.incidents}"
        self.incident.mkdir()
        (self.incident / REPORT).write_text(render_json(going_forward(Severity.P0)))

    @property
    def traffic(self) -> Traffic:
        """Who moves its requests."""
        return read_traffic(self.folder / "hotfix.toml")

    def start(self, command: str, *options: str) -> Running:
        """Start `hotfix deploy COMMAND` for the incident."""
        return self.start_words(command, str(self.incident), "--config", str(self.folder), *options)

    def start_words(self, *words: str) -> Running:
        """Start `hotfix deploy` with these words alone."""
        process = subprocess.Popen(
            [sys.executable, "-m", "hotfix", "deploy", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=_ROOT,
        )
        return Running(process)

    def do(self, command: str, *options: str) -> Ended:
        """Run a command to its end."""
        return self.start(command, *options).wait()

    @property
    def journal(self) -> list[dict[str, object]]:
        """What the journal holds, but for a last line that is not whole yet."""
        path = self.incident / "rollout.jsonl"
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def kinds(self) -> list[object]:
        """The kinds of the journal's lines without looks."""
        return [line["kind"] for line in self.journal if line["kind"] != "looked"]

    def wait_for(self, running: Running, kind: str, times: int = 1) -> None:
        """Return when the journal of a command that runs holds so many lines of a kind."""

        def is_there() -> bool:
            assert running.process.poll() is None, running.wait().err
            return sum(line["kind"] == kind for line in self.journal) >= times

        wait_until(is_there, f"{times} {kind}")

    def see_versions(self, requests: int = 60) -> set[str | None]:
        """Return which versions answer now."""
        return set(count_versions(self.load.wait_for(requests)))


@dataclass(slots=True)
class Site(Project):
    """A project with two versions behind a balancer."""

    new: Service
    old: Service
    balancer: HAProxy | Nginx

    def watch_by(self, monitor: str) -> None:
        """Have other keys in the table [deploy.monitor]."""
        path = self.folder / "hotfix.toml"
        path.write_text(path.read_text().replace(_LOGS, monitor))


def write_config(
    folder: Path, traffic: str, keys: Keys | None = None, shares: Sequence[float] = _SHARES, monitor: str = _LOGS
) -> None:
    """Write the project's `hotfix.toml`, whose windows are some seconds unless keys say otherwise."""
    policy = "\n".join(f"{key} = {json.dumps(value)}" for key, value in {**_WINDOWS, **(keys or {})}.items())
    phases = "\n".join(f"[[deploy.phase]]\nshare = {share}" for share in shares)
    text = _POLICY.format(traffic=traffic, policy=policy, phases=phases, monitor=monitor)
    (folder / "hotfix.toml").write_text(text)


@contextmanager
def run_haproxy_site(  # noqa: PLR0913, PLR0917  # each part may be another one
    folder: Path,
    new: Version | None = None,
    keys: Keys | None = None,
    shares: Sequence[float] = _SHARES,
    parameters: Mapping[str, str] | None = None,
    old: Version | None = None,
) -> Iterator[Site]:
    """Yield a site behind HAProxy; all requests go to the old version.

    Args:
        folder: of the project.
        new: the version that is rolled out; a good one unless another is given.
        keys: of the table [deploy].
        shares: of the phases.
        parameters: of HAProxy's servers `new` and `old`.
        old: the version that serves before; a good one unless another is given.
    """
    said = {"new": "weight 0", "old": "weight 10", **(parameters or {})}
    with run_pair(folder, new, old) as (newer, older):
        servers = {"old": f"{older.address} {said['old']}", "new": f"{newer.address} {said['new']}"}
        with run_haproxy(folder / "haproxy", servers) as haproxy:
            traffic = f'provider = "haproxy"\nsocket = "{haproxy.socket}"\nbackend = "shop"\nnew = "new"'
            write_config(folder, traffic, keys, shares)
            with Load(haproxy.port) as load:
                yield Site(folder, load, newer, older, haproxy)


_BUCKETS = """
map $request_id $shop_bucket {{ ~(?<two_digits>..)$ $two_digits; }}
upstream shop_new {{ server {new}; }}
upstream shop_old {{ server {old}; }}
log_format version '$status version=$shop_version';
"""


@contextmanager
def run_nginx_site(
    folder: Path, mode: str, new: Version | None = None, keys: Keys | None = None, shares: Sequence[float] = _SHARES
) -> Iterator[Site]:
    """Yield a site behind nginx; in the mode buckets clients keep their connections, else nginx is reloaded."""
    with run_pair(folder, new) as (newer, older):
        place = folder / "nginx"
        with _run_nginx(place, mode, newer, older) as nginx:
            write_config(folder, _say_nginx(place, mode, newer, older, nginx), keys, shares)
            with Load(nginx.port, keep_alive=mode == "buckets") as load:
                yield Site(folder, load, newer, older, nginx)


@contextmanager
def _run_nginx(place: Path, mode: str, new: Service, old: Service) -> Iterator[Nginx]:
    place.mkdir()
    if mode == "buckets":
        buckets = place / "buckets"
        buckets.mkdir()
        lines = [_BUCKETS.format(new=new.address, old=old.address)]
        location = (
            "set $shop_version shop_old;\n"
            f"if (-f {buckets}/$shop_bucket) {{ set $shop_version shop_new; }}\n"
            f"access_log {place}/versions.log version;"
        )
        with run_nginx(place, "$shop_version", lines, [location]) as nginx:
            yield nginx
        return
    owned = place / "share.conf"
    owned.write_text(UpstreamWeights("shop", (new.address,), (old.address,), "max_fails=0").render(0.0))
    with run_nginx(place, "shop", ["include share.conf;"]) as nginx:
        yield nginx


def _say_nginx(place: Path, mode: str, new: Service, old: Service, nginx: Nginx) -> str:
    if mode == "buckets":
        return (
            f'provider = "nginx"\nmode = "buckets"\nfolder = "{place}/buckets"\nnew = "shop_new"\nold = "shop_old"\n'
            f"log = \"{place}/versions.log\"\nlog_pattern = 'version=(\\S+)'"
        )
    return (
        f'provider = "nginx"\nmode = "upstream"\nfile = "{place}/share.conf"\ncommand = "{nginx.command}"\n'
        f'pid = "{place}/nginx.pid"\nupstream = "shop"\nparameters = "max_fails=0"\nnew = "{new.address}"\n'
        f'old = "{old.address}"\nlog = "{nginx.log}"\nlog_pattern = \' to=(\\S+)\''
    )
