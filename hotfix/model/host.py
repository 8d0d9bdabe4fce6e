"""What this host has to spare for a model: processors and memory, as its container allows.

Reads `/proc` and `/sys/fs/cgroup` (Linux); a host without them is taken as unlimited, and counts its processors.
"""

import os
from pathlib import Path

_MEMORY_LIMITS = (  # limit, used; cgroup version 2, then 1
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_QUOTA_OLD = (Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us"))


def count_threads() -> int:
    """Return how many threads a model may use: the usable processors less one, which the incident's host needs."""
    return max(1, _count_processors() - 1)


def find_free_memory() -> int | None:
    """Return how many bytes a new process may take without pushing others out, or None when nothing says."""
    limits = [free for free in (_read_available(), *map(_read_cgroup, _MEMORY_LIMITS)) if free is not None]
    return min(limits, default=None)


def _count_processors() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = _read_quota()
    return usable if share is None else max(1, min(usable, int(share)))


def _read_quota() -> float | None:
    """Return the processors that the container may keep busy at a time, or None without a quota."""
    said = _read(_QUOTA).split() or [_read(path) for path in _QUOTA_OLD]
    if len(said) != 2 or not all(part.isdecimal() for part in said) or said[1] == "0":  # "max 100000", "-1"
        return None
    return int(said[0]) / int(said[1])


def _read_available() -> int | None:
    for line in _read(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _read_cgroup(paths: tuple[Path, Path]) -> int | None:
    limit, used = (_read(path) for path in paths)
    if not limit.isdecimal() or not used.isdecimal():  # "max": no limit
        return None
    return max(0, int(limit) - int(used))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
