"""Runs a command of hotfix in a process of its own, held to an agent's limits."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import hotfix
from hotfix.agents import bubblewrap
from hotfix.agents.rights import Guard, Hold
from hotfix.model.agentfiles import AGENT_VARIABLE

_GRACE_S = 10.0
"""How long a command that is told to stop may take to end, seconds; it puts its journal in order."""


@dataclass(frozen=True, slots=True)
class Task:
    """A command of hotfix that an agent runs."""

    agent: str
    words: tuple[str, ...]  # behind `hotfix`
    hold: Hold
    temporary: Path  # a folder of its own, in which it may write


def run_held(task: Task, *, capture: bool) -> "subprocess.CompletedProcess[bytes]":
    """Run a command to its end; what it writes to standard output is kept in the answer, or goes where ours goes.

    It gets no standard input and no terminal to read from. When this process is interrupted, so is the command.
    """
    process = subprocess.Popen(
        hold_command(task.hold, _call_hotfix(task.words)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        env=_make_environment(task),
        start_new_session=True,
    )
    try:
        out, _ = process.communicate()
    except BaseException:
        _stop(process)
        raise
    return subprocess.CompletedProcess(task.words, process.returncode, out or b"")


def become(agent: str, words: tuple[str, ...]) -> NoReturn:
    """Be a command of hotfix from now on, held by nothing: it asks at the terminal and must not be cut off."""
    command = _call_hotfix(words)
    os.execve(command[0], command, _find_hotfix() | {AGENT_VARIABLE: agent})  # noqa: S606  # no shell is wanted


def hold_command(hold: Hold, command: list[str]) -> list[str]:
    """Return the command line that runs another one, held; it ends when this process does.

    The other's program is given with its whole path.
    """
    match hold.guard:
        case Guard.LANDLOCK:
            parent = str(os.getpid())
            return [sys.executable, "-P", "-m", "hotfix.agents.held", parent, hold.limits.to_json(), *command]
        case Guard.BUBBLEWRAP:
            return [*bubblewrap.lay_out(hold.limits), *command]
        case Guard.NONE:
            return command


def _call_hotfix(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-P", "-m", "hotfix", *words]


def _make_environment(task: Task) -> dict[str, str]:
    """Return the environment, in which what only saves time is kept in the temporary folder, too."""
    own = {"TMPDIR": str(task.temporary), "XDG_CACHE_HOME": str(task.temporary / "cache"), AGENT_VARIABLE: task.agent}
    return _find_hotfix() | own


def _find_hotfix() -> dict[str, str]:
    """Return the environment in which Python finds this very hotfix; never in the current folder."""
    given = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(hotfix.__file__).parents[1]), *given])}


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for sign in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, sign)
            process.wait(_GRACE_S)
            return
