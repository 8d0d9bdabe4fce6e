"""The program inside the sandbox: copies the tree, runs one command in it, ends all that it left, and reports.

Run as a file of its own by a bare Python (``python -I -S inside.py FD``), so it imports nothing but the standard
library. The job comes on standard input as JSON; the report goes to the file descriptor named, as one line of JSON. The
output of the command goes where this program's own output goes.
"""

import contextlib
import ctypes
import fnmatch
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SET_PARENT_DEATH, _SET_DUMPABLE, _SET_SUBREAPER = 1, 4, 36  # of prctl(2)
_TICK_S = 0.1  # between two looks at memory, processes and disk
_PAGE = os.sysconf("SC_PAGE_SIZE")
_FILES_MOST = 16 * 1024 * 1024  # bytes of collected files

Spec = dict[str, Any]


def main(report_fd: int) -> None:
    """Do the job that standard input names."""
    spec = json.load(sys.stdin)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)  # the command may not reach into this process
    libc.prctl(_SET_SUBREAPER, 1, 0, 0, 0)  # whoever loses its parent becomes our child
    libc.prctl(_SET_PARENT_DEATH, signal.SIGTERM, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: _give_up())
    try:
        _lay_out(spec)
        report = _run(spec)
    except OSError as error:
        report = {"ending": "broken", "trouble": f"{error.strerror}: {error.filename}"}
    with os.fdopen(report_fd, "w", encoding="utf-8") as file:
        json.dump(report, file)


def _lay_out(spec: Spec) -> None:
    """Copy the tree, without its history, and put the job's own files into it."""
    work = Path(spec["work"])
    try:
        shutil.copytree(
            spec["source"], work, symlinks=True, dirs_exist_ok=True, ignore=lambda _, names: {".git"} & set(names)
        )
    except shutil.Error as error:
        raise OSError(0, f"the tree could not be copied: {str(error)[-300:]}", str(work)) from None
    for name, text in spec["files"].items():
        target = work / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _run(spec: Spec) -> Spec:
    started, begin = time.time(), time.monotonic()
    stdin = os.memfd_create("stdin")
    os.write(stdin, bytes.fromhex(spec["stdin"]))
    os.lseek(stdin, 0, os.SEEK_SET)
    child = subprocess.Popen(
        ["/bin/sh", "-c", spec["command"]],
        cwd=spec["work"],
        stdin=stdin,
        start_new_session=True,
        preexec_fn=lambda: _limit(spec["limits"]),  # noqa: PLW1509  # one thread
    )
    ending = _watch(child.pid, spec, begin + spec["limits"]["seconds"])
    seconds = time.monotonic() - begin
    if ending != "exited":
        _end(child.pid)
    _, status, used = os.wait4(child.pid, 0)
    left = _end_all()
    return {
        "ending": ending,
        "code": os.waitstatus_to_exitcode(status) if ending == "exited" else None,
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "left_over": left if ending == "exited" else 0,
        "disk_full": _is_full(spec),
        "files": _collect(spec, started),
    }


def _limit(limits: Spec) -> None:
    """Set the limits that the kernel keeps for each process; memory counts when it can be written to."""
    wanted = (
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_DATA, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["disk_bytes"]),
        (resource.RLIMIT_CORE, 0),
    )
    for which, value in wanted:
        hard = resource.getrlimit(which)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (most, most))


def _watch(pid: int, spec: Spec, deadline: float) -> str:
    """Wait for the command; return how it ended, or the limit of which it took too much."""
    handle = os.pidfd_open(pid)
    limits = spec["limits"]
    try:
        while True:
            if select.select([handle], [], [], _TICK_S)[0]:
                return "exited"
            family = list(_list_family())
            if time.monotonic() > deadline:
                return "time"
            if len(family) > limits["processes"]:
                return "processes"
            if sum(map(_resident, family)) > limits["memory_bytes"] < sum(map(_share, family)):
                return "memory"
            if not spec["disk_apart"] and _measure(spec["private"]) > limits["disk_bytes"]:
                return "disk"
    finally:
        os.close(handle)


def _list_family() -> Iterator[int]:
    """Yield every process below this one."""
    parents: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                stat = (place / "stat").read_text(encoding="utf-8", errors="replace")
                parents[int(place.name)] = int(stat.rpartition(")")[2].split()[1])
    own = os.getpid()
    for pid, parent in parents.items():
        above, seen = parent, {pid}
        while above in parents and above != own and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == own:
            yield pid


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path("/proc", str(pid), "statm").read_text(encoding="utf-8").split()[1]) * _PAGE
    return 0


def _share(pid: int) -> int:
    """Return a process's memory, of shared pages its share only, bytes: slower to learn than what is resident."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        rows = Path("/proc", str(pid), "smaps_rollup").read_text(encoding="utf-8").splitlines()
        return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) * 1024
    return _resident(pid)


def _end(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def _end_all() -> int:
    """End every process below this one, also those that come while we do it; return how many there were at first."""
    _reap()
    found = family = list(_list_family())
    while family:
        for pid in family:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        family = list(_list_family())
    return len(found)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _give_up() -> None:
    _end_all()
    os._exit(1)


def _is_full(spec: Spec) -> bool:
    if not spec["disk_apart"]:
        return bool(_measure(spec["private"]) > spec["limits"]["disk_bytes"])
    return any(os.statvfs(place).f_bavail == 0 for place in (spec["work"], "/tmp"))  # noqa: S108  # our own


def _measure(folder: str) -> int:
    """Return how many bytes on disk the files below a folder take."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118  # ten times faster
    return total


def _collect(spec: Spec, started: float) -> dict[str, str]:
    """Return the plain files below the tree that a pattern names and that the command wrote, up to a size."""
    found: dict[str, str] = {}
    room, work = _FILES_MOST, Path(spec["work"])
    for place, _, names in os.walk(work) if spec["collect"] else ():
        for name in names:
            path = Path(place, name)
            short = str(path.relative_to(work))
            if not any(fnmatch.fnmatch(short, pattern) for pattern in spec["collect"]):
                continue
            with contextlib.suppress(OSError):
                stat = path.lstat()
                if path.is_symlink() or not path.is_file() or stat.st_mtime < started - 1 or stat.st_size > room:
                    continue
                found[short] = path.read_text(encoding="utf-8", errors="replace")
                room -= stat.st_size
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]))
