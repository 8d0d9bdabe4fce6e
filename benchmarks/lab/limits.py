"""Bounds what programs may use, so that a fast machine behaves like the small one that the shop runs on.

The bounds are the kernel's control groups (version 1), below those that the recorder itself is in; a program that asks
for more waits, or is killed by the kernel where it is memory. The groups are gone when the recording ends.
"""

import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path

from lab.programs import find_descendants
from lab.stage import Stage

_GROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 100_000  # the kernel's own
_GONE_S = 30.0  # a process that waits for the disk ends when its write is done


def bound_cpu(stage: Stage, programs: tuple[str, ...], share: float) -> None:
    """Lets the programs have `share` of one processor together."""
    _bound(stage, "cpu", programs, "cpu.cfs_quota_us", str(round(share * _PERIOD_US)))


def bound_memory(stage: Stage, programs: tuple[str, ...], size_bytes: int) -> None:
    """Lets the programs have so much memory together; beyond it the kernel kills the largest process."""
    _bound(stage, "memory", programs, "memory.limit_in_bytes", str(size_bytes))


def bound_writes(stage: Stage, programs: tuple[str, ...], volume: Path, bytes_s: int) -> None:
    """Lets the programs write so many bytes a second, together, to the device that `volume` is mounted from.

    Direct and synchronous writes count, and wait in one queue; what the kernel writes back later does not.
    """
    device = volume.stat().st_dev
    limit = f"{os.major(device)}:{os.minor(device)} {bytes_s}"
    _bound(stage, "blkio", programs, "blkio.throttle.write_bps_device", limit)


def share_writes(stage: Stage, program: str, other: str) -> None:
    """Lets `program` write under the bound that `other` has, and in the same queue."""
    _move(stage, program, _group("blkio", stage.programs[other].pid))


def _bound(stage: Stage, controller: str, programs: tuple[str, ...], setting: str, value: str) -> None:
    group = Path(tempfile.mkdtemp(prefix="hotfix-lab-", dir=_group(controller, os.getpid())))
    stage.at_end.append(lambda: _remove(group))
    (group / setting).write_text(value)
    for program in programs:
        _move(stage, program, group)


def _move(stage: Stage, program: str, group: Path) -> None:
    for pid in find_descendants(stage.programs[program].pid):
        with contextlib.suppress(ProcessLookupError):
            (group / "cgroup.procs").write_text(str(pid))


def _group(controller: str, pid: int) -> Path:
    """Returns the group that a process is in.

    Raises:
        FileNotFoundError: the kernel has no such controller in version 1.
    """
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return _GROUPS / controller / path.lstrip("/")
    raise FileNotFoundError(f"expected the controller {controller} among the control groups (version 1), found none")


def _remove(group: Path) -> None:
    """Removes a group: what its programs left behind is killed, and reaped, as nobody else is there to do it."""
    deadline = time.monotonic() + _GONE_S
    while True:
        for pid in (group / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        try:
            return group.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)
