"""Hosts that are folders: an "ssh" that runs commands in them, and on each a real service that is restarted.

On a host stand `ask PATH`, which prints what the service answers and fails unless it is 200, and `shop restart`. Run as
a program this file is the latter, and drains and restores a host at HAProxy.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.loopback import find_port, wait_until
from tests.rollout.services import Version, start_service

_SSH = """#!/bin/sh
cd '{folder}'/"$1" || exit 255
test ! -e unplugged || {{ echo "ssh: connect to host $1 port 22: No route to host" >&2; exit 255; }}
test ! -e frozen || read -r _ < frozen
echo "$2" >> commands
exec env PATH="$PWD/bin:$PATH" sh -c "$2"
"""
_SHOP = """#!/bin/sh
exec '{python}' -S '{program}' "$@"
"""
_ASK = """#!/bin/bash
exec 3<>"/dev/tcp/127.0.0.1/$(cat port)" || exit 1
printf 'GET %s HTTP/1.0\\r\\n\\r\\n' "$1" >&3
read -r _ status _ <&3
sed '1,/^\\r$/d' <&3
test "$status" = 200 || { echo "$1 answers $status" >&2; exit 1; }
"""
_FAILING = "failing"  # a version with this in its name answers every order with an error
_DEAD = "dead"  # a version with this in its name does not start


@dataclass(frozen=True, slots=True)
class Host:
    """One host: a folder with its port, the version to start next, and its running service."""

    folder: Path

    @property
    def port(self) -> int:
        """Where its service listens."""
        return int((self.folder / "port").read_text())

    @property
    def commands(self) -> list[str]:
        """What was run on it through ssh."""
        log = self.folder / "commands"
        return log.read_text().splitlines() if log.exists() else []

    def unplug(self) -> None:
        """Make it unreachable for ssh; its service goes on."""
        (self.folder / "unplugged").touch()

    def freeze(self) -> None:
        """Let ssh reach it and never answer; its service goes on."""
        os.mkfifo(self.folder / "frozen")

    def plug_in(self) -> None:
        """Make it reachable again."""
        (self.folder / "unplugged").unlink()

    def install(self, version: str) -> None:
        """Put a version in place, which starts next."""
        (self.folder / "next").write_text(version)

    def restart(self) -> None:
        """End the service, gently, and start the version that is in place."""
        self.end(signal.SIGTERM)
        name = (self.folder / "next").read_text().strip()
        if _DEAD in name:
            sys.exit("Job for shop.service failed because the control process exited with error code.")
        version = Version(name, errors=1.0 if _FAILING in name else 0.0)
        service = start_service(version, self.folder / "shop.log", self.port)
        (self.folder / "pid").write_text(str(service.process.pid))

    def end(self, by: signal.Signals) -> None:
        """End the service, if it runs."""
        pid_file = self.folder / "pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text())
        pid_file.unlink()
        os.kill(pid, by)
        wait_until(lambda: _has_ended(pid), f"process {pid} to end")

    def ask(self, path: str) -> str:
        """Return what its service answers."""
        return subprocess.check_output(["bin/ask", path], cwd=self.folder, text=True)


@dataclass(frozen=True, slots=True)
class Site:
    """The hosts, and the script that stands for ssh."""

    folder: Path
    hosts: Sequence[Host]

    @property
    def ssh(self) -> Path:
        """Takes a host and a command, as ssh does."""
        return self.folder / "ssh"

    def list_versions(self) -> list[str]:
        """Return the version that each host runs."""
        return [host.ask("/version") for host in self.hosts]


@contextmanager
def run_site(folder: Path, names: Sequence[str], version: str) -> Iterator[Site]:
    """Yield hosts that all run a version."""
    folder.mkdir()
    (folder / "ssh").write_text(_SSH.format(folder=folder))
    (folder / "ssh").chmod(0o755)
    hosts = [_make_host(folder / name, version) for name in names]
    try:
        for host in hosts:
            host.restart()
        yield Site(folder, hosts)
    finally:
        for host in hosts:
            host.end(signal.SIGKILL)


def _make_host(folder: Path, version: str) -> Host:
    (folder / "bin").mkdir(parents=True)
    for name, text in (("shop", _SHOP.format(python=sys.executable, program=Path(__file__))), ("ask", _ASK)):
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    (folder / "port").write_text(str(find_port()))
    host = Host(folder)
    host.install(version)
    return host


def _has_ended(pid: int) -> bool:
    """Tell whether a process is gone; one of our own children is waited for."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1] == b"Z"
    except OSError:
        return True


def _order(socket_path: str, command: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(socket_path)
        connection.sendall(f"{command}\n".encode())
        return connection.makefile().read()


def _drain(socket_path: str, name: str) -> None:
    """Send a server no more requests, and return when the last one is answered."""
    _order(socket_path, f"set server shop/{name} state drain")

    def is_idle() -> bool:
        rows = _order(socket_path, "show stat -1 4 -1").splitlines()
        return any(row.startswith(f"shop,{name},") and row.split(",")[4] == "0" for row in rows)

    wait_until(is_idle, f"{name} to be idle")


def main(action: str, *words: str) -> None:
    """Do one action on the host whose folder is the current one, or at HAProxy."""
    if action == "restart":
        Host(Path.cwd()).restart()
    elif action == "drain":
        _drain(*words)
    elif action == "restore":
        _order(words[0], f"set server shop/{words[1]} state ready")
    else:
        sys.exit(f"expected restart, drain or restore, found {action}")


if __name__ == "__main__":
    main(*sys.argv[1:])
