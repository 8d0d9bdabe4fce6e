"""A real terminal with a command on it, as an operator sits at it."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.loopback import PATIENCE_S
from tests.rollout.services import heed_signals

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(slots=True)
class Terminal:
    """A terminal with a command on it."""

    process: subprocess.Popen[bytes]
    master: int
    shown: str = field(default="")

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.master, text.encode())

    def read_until(self, words: str) -> str:
        """Return all that was shown, once it holds some words; escapes are left out."""
        end = time.monotonic() + PATIENCE_S
        while words not in _ESCAPES.sub("", self.shown):
            assert time.monotonic() < end, f"expected {words!r}, found {self.shown[-2000:]}"
            if not self._read():
                break
        return _ESCAPES.sub("", self.shown)

    def kill(self) -> None:
        """End the command as nobody can prevent."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def end(self) -> int:
        """Return the exit code, once all is shown."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.master], [], [], PATIENCE_S)
        try:
            data = os.read(self.master, 65536) if ready else b""
        except OSError:  # nobody has the other side open
            data = b""
        self.shown += data.decode(errors="replace")
        return bool(data)


def _obey_terminal() -> None:
    """Make standard input the terminal that a process of its own session obeys."""
    heed_signals()
    os.close(os.open(os.ttyname(0), os.O_RDWR))


@contextmanager
def open_command(folder: Path | None, environment: Mapping[str, str], *words: str) -> Iterator[Terminal]:
    """Yield a terminal on which `hotfix` was started with these words.

    Args:
        folder: in which it is started; None: that of the tests.
        environment: of the command.
        words: of the command.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "hotfix", *words],
        cwd=folder,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**environment, "TERM": "xterm", "COLUMNS": "160", "LINES": "60"},
        start_new_session=True,
        preexec_fn=_obey_terminal,  # noqa: PLW1509  # before the program begins
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
