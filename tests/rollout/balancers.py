"""Real HAProxy and real nginx, started by the test on free ports of the loopback, in the foreground."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.loopback import find_port, is_listening, wait_until

_HAPROXY = """
global
    stats socket {folder}/admin.sock level admin
    stats socket 127.0.0.1:{admin_port} level admin
    stats socket {folder}/user.sock level user
defaults
    mode http
    timeout connect 10s
    timeout client 60s
    timeout server 60s
frontend shop
    bind 127.0.0.1:{port}
    default_backend shop
backend shop
    balance roundrobin
{servers}
"""
CHECKED = "check inter 1s fall 1"
"""Has HAProxy notice within a second that a server is gone; a shorter time passes on a busy machine for no reason."""

_NGINX = """
error_log {folder}/error.log;
pid {folder}/nginx.pid;
user root;
worker_processes 2;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    limit_req_zone $remote_addr zone=clients:1m rate=10000r/s;
    log_format shop '$status to=$upstream_addr name=$proxy_host';
    access_log {folder}/access.log shop;
{http}
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://{target}; }}
{locations}
    }}
}}
"""


@dataclass(slots=True)
class HAProxy:
    """A running HAProxy with one backend, `shop`."""

    port: int
    admin_port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def socket(self) -> Path:
        """Its runtime socket."""
        return self.folder / "admin.sock"

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Kill it and start it with the configuration that lies on the disk."""
        self.kill()
        self.process = _start_haproxy(self.folder, (self.port, self.admin_port))


def _start_haproxy(folder: Path, ports: tuple[int, int]) -> subprocess.Popen[bytes]:
    with (folder / "haproxy.log").open("ab") as log:
        process = subprocess.Popen(["haproxy", "-db", "-f", folder / "haproxy.cfg"], stdout=log, stderr=log)
    for at in (*ports, folder / "admin.sock", folder / "user.sock"):
        wait_until(partial(is_listening, at), f"HAProxy to listen at {at}")
    return process


@contextmanager
def run_haproxy(folder: Path, servers: Mapping[str, str]) -> Iterator[HAProxy]:
    """Yield a running HAProxy in front of servers: name → address and parameters, as in its configuration."""
    folder.mkdir()
    port, admin_port = find_port(), find_port()
    lines = "\n".join(f"    server {name} {words}" for name, words in servers.items())
    text = _HAPROXY.format(folder=folder, port=port, admin_port=admin_port, servers=lines)
    (folder / "haproxy.cfg").write_text(text)
    running = HAProxy(port, admin_port, folder, _start_haproxy(folder, (port, admin_port)))
    try:
        yield running
    finally:
        running.kill()


@dataclass(slots=True)
class Nginx:
    """A running nginx with one server block."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def command(self) -> str:
        """How it is called."""
        return f"nginx -c {self.folder}/nginx.conf"

    @property
    def log(self) -> Path:
        """Its access log: `STATUS to=ADDRESS name=UPSTREAM`."""
        return self.folder / "access.log"

    def stop(self) -> None:
        """End it and its workers."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


@contextmanager
def run_nginx(folder: Path, target: str, http: Sequence[str] = (), locations: Sequence[str] = ()) -> Iterator[Nginx]:
    """Yield a running nginx that passes requests on to a target.

    Args:
        folder: made; all that nginx reads and writes lies in it.
        target: what stands behind `http://` in `proxy_pass`.
        http: directives of the http block; relative files are looked for in the folder.
        locations: further ones of the server block.
    """
    folder.mkdir(exist_ok=True)
    port = find_port()
    text = _NGINX.format(folder=folder, port=port, target=target, http="\n".join(http), locations="\n".join(locations))
    (folder / "nginx.conf").write_text(text)
    process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    running = Nginx(port, folder, process)
    try:
        pid_file = folder / "nginx.pid"
        wait_until(lambda: pid_file.exists() and pid_file.read_text() != "", "nginx to start")
        yield running
    finally:
        running.stop()
