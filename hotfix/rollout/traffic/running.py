"""Runs the user's commands: words come in, exit code and output go out. Nothing outlives its deadline."""

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from hotfix.core.plain import tame
from hotfix.core.text import say_span
from hotfix.rollout.traffic.contract import TrafficError
from hotfix.rollout.traffic.limits import COMMAND_OUTPUT_BYTES


class DeadlineError(TrafficError):
    """A command did not end in time."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command answered."""

    code: int  # negative: ended by that signal
    out: str
    err: str

    @property
    def reason(self) -> str:
        """Why it failed: the last line that it wrote, of its standard error first, or else its exit code."""
        for text in (self.err, self.out):
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines:
                return tame(lines[-1])[:300]
        return f"ended by signal {-self.code}" if self.code < 0 else f"exit code {self.code}"


def run_command(command: Sequence[str], deadline_s: float, *, stdin: str = "") -> Done:
    """Run a command and return what it answered, also when it failed.

    It has no terminal, so that nothing waits for a password. What it leaves running in the background stays.

    Raises:
        DeadlineError: it did not end in time, and it and its children were killed.
        TrafficError: it cannot be started.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin.encode())
        given.seek(0)
        try:
            process = subprocess.Popen(command, stdin=given, stdout=out, stderr=err, start_new_session=True)
        except (OSError, ValueError) as error:
            raise TrafficError(f"expected to run {say_command(command)}, found: {_say(error)}") from None
        try:
            code = process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise DeadlineError(
                f"expected {say_command(command)} to end within {say_span(deadline_s)}; it did not, and was killed"
            ) from None
        except BaseException:
            _kill(process)
            raise
        return Done(code, _read(out), _read(err))


def say_command(command: Sequence[str]) -> str:
    """Return a command as one would type it."""
    return tame(shlex.join(command))


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(COMMAND_OUTPUT_BYTES).decode(errors="replace")


def _say(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
