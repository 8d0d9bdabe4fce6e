"""Finds nginx's running processes: a pid file comes in, workers and their ages go out.

A reload that nginx could not do leaves the old workers, and `nginx -s reload` says nothing of it: new workers are the
proof. Source: proc(5).
"""

import contextlib
import os
import time
from pathlib import Path

from hotfix.rollout.traffic.contract import TrafficError
from hotfix.rollout.traffic.limits import RELOAD_PAUSE_S

_READINGS = 5
"""Readings of the two clocks, of which the one that was interrupted least counts."""


def wait_for_workers(pid_file: Path, deadline_s: float) -> dict[int, float]:
    """Return the processes of nginx's master as soon as there are some; one that has just started has none yet.

    Those that have begun to end are left out. Each has its start, seconds since the epoch, to a hundredth.

    Raises:
        TrafficError: nginx is not running, or has none in time.
    """
    end = time.monotonic() + deadline_s
    while not (workers := _find_workers(pid_file)):
        if time.monotonic() > end:
            raise TrafficError(f"expected workers of nginx within {deadline_s:g} s, found none")
        time.sleep(RELOAD_PAUSE_S)
    return workers


def wait_for_reload(pid_file: Path, before: set[int], deadline_s: float) -> None:
    """Return when there are new workers and those from before accept no requests any more.

    The master starts new workers first and lets the old ones go on for a tenth of a second.

    Raises:
        TrafficError: there are none in time: nginx goes on with its old configuration.
    """
    end = time.monotonic() + deadline_s
    while not set(_find_workers(pid_file)) - before or any(_is_accepting(worker) for worker in before):
        if time.monotonic() > end:
            raise TrafficError(
                f"expected new workers of nginx within {deadline_s:g} s, found the old ones: it goes on with its old "
                "configuration, and its error log says why"
            )
        time.sleep(RELOAD_PAUSE_S)


def _find_workers(pid_file: Path) -> dict[int, float]:
    try:
        master = int(pid_file.read_text(encoding="ascii"))
        Path(f"/proc/{master}").stat()
    except (OSError, ValueError):
        raise TrafficError(f"expected a running nginx whose process id is in {pid_file}, found none") from None
    booted = max(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) for _ in range(_READINGS))
    ticks = os.sysconf("SC_CLK_TCK")
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_bytes().rpartition(b") ")[2].split()
                if int(fields[1]) == master and _is_accepting(int(entry.name)):
                    children[int(entry.name)] = booted + (int(fields[19]) + 1) / ticks
    return children


def _is_accepting(worker: int) -> bool:
    """Tell whether a process is there and has not begun to end, which nginx says in its title."""
    try:
        title = Path(f"/proc/{worker}/cmdline").read_bytes()
    except OSError:
        return False
    return bool(title) and b"shutting down" not in title
