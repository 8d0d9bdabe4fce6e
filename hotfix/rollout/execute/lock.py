"""Keeps two operators from moving the same traffic at once, on one machine.

The lock is on a file that is named after what is moved. The kernel holds it, so that it ends with its process, however
that ends; what the file says of its holder counts only while it is held.
"""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from getpass import getuser
from hashlib import blake2b
from pathlib import Path

from hotfix.core.errors import HotfixError, UsageError
from hotfix.core.plain import tame
from hotfix.rollout.execute.limits import LOCK_BYTES_MOST, LOCK_TRIES_S, SLICE_S
from hotfix.rollout.execute.records import say_time

_FOLDER = Path("/tmp")  # noqa: S108  # one for all users, whatever their TMPDIR says; the file holds no secret
"""Where the locks lie."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as they said themselves."""

    who: str
    since: str
    pid: int
    host: str
    doing: str

    def __str__(self) -> str:
        return f"{self.who} since {self.since} ({self.doing}, process {self.pid} on {self.host})"


class LockedError(HotfixError):
    """Somebody else moves this traffic."""

    exit_code = 1

    def __init__(self, target: str, holder: Holder | None) -> None:
        self.holder = holder
        super().__init__(
            f"expected nobody else to move {target}, found {holder or 'somebody who does not say who they are'}; "
            "hotfix deploy status says how far it is"
        )


@contextmanager
def hold_lock(target: str, doing: str, wait_s: float = LOCK_TRIES_S) -> Iterator[None]:
    """Hold the lock on what a traffic provider moves.

    Args:
        target: of the provider.
        doing: the command, for whoever finds the lock held.
        wait_s: how long the lock is waited for.

    Raises:
        LockedError: somebody else holds it.
        UsageError: its file cannot be opened.
    """
    try:
        handle = _open_lock(target)
    except OSError as error:
        raise UsageError(f"expected a lock at {_name_lock(target)}, found: {error.strerror}") from None
    try:
        end = time.monotonic() + wait_s
        while not _try_lock(handle, fcntl.LOCK_EX):
            if time.monotonic() > end:
                raise LockedError(target, _read_holder(handle))
            time.sleep(SLICE_S)
        with suppress(OSError):  # the lock holds also where nobody can be told by whom
            _write_holder(handle, doing)
        yield
    finally:
        os.close(handle)


def find_holder(target: str) -> Holder | None:
    """Return who moves this traffic now; None where nobody does, or nobody can tell."""
    try:
        handle = os.open(_name_lock(target), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _try_lock(handle, fcntl.LOCK_SH) else _read_holder(handle)
    finally:
        os.close(handle)


def is_held_by(target: str, pid: int) -> bool:
    """Tell whether a process of this machine has the lock's file open; what a file says anybody may have written."""
    try:
        lock, opened = _name_lock(target).stat(), list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
    return any(_is_same(path, lock) for path in opened)


def _is_same(path: Path, lock: os.stat_result) -> bool:
    try:
        found = path.stat()
    except OSError:  # closed meanwhile
        return False
    return (found.st_dev, found.st_ino) == (lock.st_dev, lock.st_ino)


def _name_lock(target: str) -> Path:
    digest = blake2b(target.encode(), digest_size=8).hexdigest()
    return _FOLDER / f"hotfix-traffic-{digest}.lock"


def _open_lock(target: str) -> int:
    """Open the lock's file, which is made for all users of the machine."""
    path, flags = _name_lock(target), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    with suppress(FileExistsError):
        made = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
        os.fchmod(made, 0o666)
        os.close(made)
    return os.open(path, flags)


def _try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_holder(handle: int, doing: str) -> None:
    holder = Holder(_find_user(), say_time(time.time()), os.getpid(), socket.gethostname(), doing)
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(asdict(holder)).encode(), 0)


def _find_user() -> str:
    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return f"user {os.getuid()}"


def _read_holder(handle: int) -> Holder | None:
    try:
        said = json.loads(os.pread(handle, LOCK_BYTES_MOST, 0))
        texts = [tame(str(said[key]))[:200] for key in ("who", "since", "host", "doing")]
        return Holder(texts[0], texts[1], int(said["pid"]), texts[2], texts[3])
    except (OSError, ValueError, KeyError, TypeError):
        return None
