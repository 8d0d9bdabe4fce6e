"""Holds a process in bubblewrap such that it can still run a project's commands in a sandbox of its own."""

import os
from functools import cache

from hotfix.agents.held import Limits
from hotfix.repair.sandbox.confine import find_confinement, works

_AROUND = (
    *("bwrap", "--unshare-user", "--unshare-net", "--unshare-ipc", "--die-with-parent", "--new-session"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/run"),
    *("--bind", "/proc", "/proc"),  # a sandbox inside mounts its own, which the kernel allows only beside a whole one
    *("--cap-drop", "ALL"),
)
_FOR_ROOT = ("--cap-add", "CAP_SETFCAP")  # without it, root inside may give no user number to the sandbox


@cache
def can_hold() -> bool:
    """Tell whether this host lets a sandbox run inside of bubblewrap; it is tried."""
    inside = find_confinement()
    return inside.confined and works((*_lay_out(()), *inside.prefix))


def lay_out(limits: Limits) -> tuple[str, ...]:
    """Return the arguments before the command: everything to read, some folders to write, no network."""
    return _lay_out(limits.writes)


def _lay_out(folders: tuple[str, ...]) -> tuple[str, ...]:
    shown = (part for folder in folders for part in ("--bind", folder, folder))
    return (*_AROUND, *(_FOR_ROOT if os.geteuid() == 0 else ()), *shown)
