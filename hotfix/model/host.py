"""What this host has to spare for a model: processors and memory, as its container allows.

Reads `/proc` and `/sys/fs/cgroup` (Linux); a host without them is taken as unlimited, and counts its processors.
"""

import os
from pathlib import Path

_GROUP = Path("/sys/fs/cgroup")
_MEMORY = (  # limit, used, statistics, and what of the used is kept files; cgroup version 2, then 1
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_QUOTA_OLD = (Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us"))


def count_threads() -> int:
    """Return how many threads a model may use: the usable processors less one, which the incident's host needs."""
    return max(1, count_processors() - 1)


def find_free_memory() -> int | None:
    """Return how many bytes a new process may take without pushing others out, or None when nothing says."""
    found = (_read_available(Path("/proc/meminfo")), *(read_group_memory(_GROUP, names) for names in _MEMORY))
    return min((free for free in found if free is not None), default=None)


def count_processors() -> int:
    """Return how many processors this process can keep busy at a time."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = _read_quota()
    return usable if share is None else max(1, min(usable, int(share)))


def _read_quota() -> float | None:
    """Return the processors that the container may keep busy at a time, or None without a quota."""
    said = _read(_QUOTA).split() or [_read(path) for path in _QUOTA_OLD]
    if len(said) != 2 or not all(part.isdecimal() for part in said) or said[1] == "0":  # "max 100000", "-1"
        return None
    return int(said[0]) / int(said[1])


def _read_available(path: Path) -> int | None:
    found = _find_number(_read(path), "MemAvailable:")
    return None if found is None else found * 1024


def read_group_memory(group: Path, names: tuple[str, str, str, str] = _MEMORY[0]) -> int | None:
    """Return how many bytes a container may still take, or None without a limit; files that it read are let go of."""
    limit, used, statistics = (_read(group / name) for name in names[:3])
    if not limit.isdecimal() or not used.isdecimal():  # "max": no limit
        return None
    return max(0, int(limit) - int(used) + (_find_number(statistics, names[3]) or 0))


def _find_number(text: str, name: str) -> int | None:
    """Return the number behind a name at the beginning of a line."""
    words = (line.split() for line in text.splitlines())
    return next((int(found[1]) for found in words if len(found) > 1 and found[0] == name), None)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
