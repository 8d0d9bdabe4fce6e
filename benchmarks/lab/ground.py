"""The ground that a recording stands on: its own network, mounts, host name and processes, gone when it ends.

`unshare` gives the recorder a loopback with every port free, an empty `/srv` in memory and a process tree of its own:
when the recorder ends, for whatever reason, the kernel ends every program it started. Nothing is reachable from
outside.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

from lab import tools

ROOT = Path("/srv/shop")
HOST = "shop-01"
_SRV_BYTES = "2g"


def enter_ground(module: str, arguments: list[str]) -> None:
    """Replaces this process by `python -m module arguments` in namespaces of its own; does not return."""
    if os.geteuid() != 0:
        sys.exit("expected to run as root (namespaces and unprivileged service users need it); try sudo or a container")
    spaces = ["--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--mount-proc", "--kill-child"]
    os.execvp("unshare", ["unshare", *spaces, sys.executable, "-m", module, *arguments])  # noqa: S606 — no shell wanted


def prepare_ground(hosts: dict[str, str]) -> None:
    """Inside: brings loopback up, gives each host its address on it, empties `/srv`, names the machine.

    Args:
        hosts: host name → address, reachable on loopback only.
    """
    _do("ip", "link", "set", "lo", "up")
    for address in sorted({*hosts.values()} - {"127.0.0.1"}):
        _do("ip", "addr", "add", f"{address}/32", "dev", "lo")
    _do("mount", "-t", "tmpfs", "-o", f"size={_SRV_BYTES},mode=755", "tmpfs", "/srv")
    for name in ("log", "run", "etc", "repos", "venv"):
        (ROOT / name).mkdir(parents=True)
    names = "\n".join(
        f"{address} {name}" for name, address in {"localhost": "127.0.0.1", HOST: "127.0.0.1", **hosts}.items()
    )
    (ROOT / "etc" / "hosts").write_text(names + "\n")
    _do("mount", "--bind", str(ROOT / "etc" / "hosts"), "/etc/hosts")
    if tools.VENV.exists():
        _do("mount", "--bind", str(tools.VENV), str(ROOT / "venv"))
    socket.sethostname(HOST)


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
