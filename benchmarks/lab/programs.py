"""Programs that a recording runs: start, signal, stop, and what each uses meanwhile."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

_STOP_S = 15.0
_START_S = 40.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Command:
    """How a program is started: by an ordinary user, in `cwd`, its output appended to `output`."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    output: Path | None = None
    env: dict[str, str] = field(default_factory=dict)
    user: str = "nobody"
    group: str = "nogroup"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a program and its children use: seconds of processor since start, resident bytes, threads, open files."""

    cpu_s: float
    rss_bytes: int
    threads: int
    open_files: int


def start_program(command: Command) -> subprocess.Popen[bytes]:
    """Starts a program with a bare environment in UTC."""
    path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    env = {"PATH": path, "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent", **command.env}
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(command.output.open("ab")) if command.output else subprocess.DEVNULL
        return subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=command.user,
            group=command.group,
            extra_groups=[],
            start_new_session=True,
        )


def stop_program(process: subprocess.Popen[bytes], with_signal: int = signal.SIGTERM) -> None:
    """Asks a program to end, and ends it where it does not within 15 s."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when something listens on host:port.

    Raises:
        RuntimeError: the program ended, or nothing listened within 40 s.
    """
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"expected a listener on {host}:{port}, its program ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"expected a listener on {host}:{port} within {_START_S:.0f} s, found none")


def read_usage(pid: int) -> Usage:
    """Sums what a process and all its descendants use now; a process that ends meanwhile counts as nothing."""
    total = Usage(0.0, 0, 0, 0)
    for one in find_descendants(pid):
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total = Usage(
                total.cpu_s + (int(stat[11]) + int(stat[12])) / _TICKS,
                total.rss_bytes + int(stat[21]) * _PAGE,
                total.threads + int(stat[17]),
                total.open_files + len(os.listdir(f"/proc/{one}/fd")),  # noqa: PTH208 — names only, may vanish
            )
    return total


def find_descendants(pid: int) -> list[int]:
    """Returns a process and all that descend from it, as they are now."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found
