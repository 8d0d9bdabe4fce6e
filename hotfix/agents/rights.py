"""From the tools that an agent's file names to what its process may do, and to what holds it to that."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hotfix.agents import bubblewrap
from hotfix.agents.contract import Kind, Request
from hotfix.agents.held import Limits
from hotfix.agents.landlock import LEAST_VERSION, find_version
from hotfix.agents.orders import Order
from hotfix.agents.sockets import can_hold_sockets
from hotfix.core.errors import UsageError
from hotfix.model.agentfiles import Agent, Step, Tool

_NEEDED = {
    Step.DIAGNOSE: (Tool.READ, Tool.GREP),
    Step.PATCH: (Tool.READ, Tool.EDIT),
    Step.TEST: (Tool.READ, Tool.RUN),
    Step.PLAN: (Tool.READ, Tool.WRITE),
    Step.REVIEW: (Tool.READ, Tool.WRITE),
}
"""Tools without which a step cannot be done."""


class Guard(StrEnum):
    """What holds a process to its limits."""

    LANDLOCK = "landlock"
    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Hold:
    """How a process is held."""

    guard: Guard
    limits: Limits
    said: str  # one sentence for people


def check_tools(agent: Agent, request: Request, order: Order) -> None:
    """Check that an agent may do what its step, and this request, ask of it.

    Raises:
        UsageError: a tool is missing; the message names the line of the agent's file.
    """
    folders = any(not Path(one).is_file() for one in request.find(Kind.LOGS))
    for tool, reason in (
        *((tool, f"the step {agent.step}") for tool in _NEEDED[agent.step]),
        *(((Tool.GLOB, "a folder or a pattern of logs"),) if agent.step is Step.DIAGNOSE and folders else ()),
        *(((Tool.RUN, "a rollout"),) if order.executes else ()),
    ):
        if tool not in agent.tools:
            raise UsageError(
                f"{agent.find('tools')}: expected {tool} among the tools of {agent.name}, "
                f"for {reason}, found {', '.join(agent.tools)}"
            )


def find_what_is_missing(guard: Guard) -> str | None:
    """Return what this host lacks to hold a process so; None where it can."""
    if guard is Guard.BUBBLEWRAP:
        found = "expected bubblewrap, and that a sandbox may run inside of it, found that it may not"
        return None if bubblewrap.can_hold() else found
    if (version := find_version()) < LEAST_VERSION:
        return f"expected a kernel with Landlock {LEAST_VERSION} or later (Linux 6.2), found {version or 'none'}"
    return None if can_hold_sockets() else "expected a processor whose system calls are known (x86_64, aarch64)"


def choose_hold(
    agent: Agent,
    order: Order,
    folders: Iterable[Path],
    *,
    unconfined: bool,
    find_missing: Callable[[Guard], str | None] = find_what_is_missing,
) -> Hold:
    """Return how the process that does an order is held.

    Args:
        agent: whose tools count.
        order: what is to be done.
        folders: into which it writes.
        unconfined: whether the user lets it go on where this host cannot hold it.
        find_missing: says what a host lacks to hold a process so, None where it can; by default of this host.

    Raises:
        UsageError: this host cannot hold it, and it may not go on so.
    """
    runs = Tool.RUN in agent.tools
    plans = runs and agent.step is Step.PLAN  # the commands that hotfix.toml names look at what serves the requests
    writes = tuple(str(folder.resolve()) for folder in folders)
    limits = Limits(writes, None if runs else tuple(_list_programs(order)), sockets=plans)
    if order.executes:
        return Hold(Guard.NONE, limits, "not held: a rollout has to reach what serves the requests")
    guard = Guard.BUBBLEWRAP if runs and not plans else Guard.LANDLOCK
    missing = find_missing(guard)
    if missing is None:
        return Hold(guard, limits, f"held by {_NAMES[guard]}: {_say(limits, writes[:-1])}")
    if not unconfined:
        raise UsageError(f"{missing}, so that {agent.name} cannot be held to its tools; --unconfined lets it go on so")
    return Hold(Guard.NONE, limits, f"not held (--unconfined): {missing}")


_NAMES = {Guard.LANDLOCK: "Landlock", Guard.BUBBLEWRAP: "bubblewrap"}


def _list_programs(order: Order) -> Iterator[str]:
    """Yield what hotfix consists of: Python, in which a local model runs, and git where a repository is read."""
    yield str(Path(sys.executable).resolve())
    git = shutil.which("git") if order.repository else None
    if git is not None:
        yield str(Path(git).resolve())
        done = subprocess.run([git, "--exec-path"], capture_output=True, check=False, text=True)
        if (parts := Path(done.stdout.strip())).is_dir():
            yield str(parts.resolve())


def _say(limits: Limits, documents: tuple[str, ...]) -> str:
    places = " and ".join((*documents, "a temporary folder"))
    programs = (
        "all programs" if limits.programs is None else " and ".join(Path(one).name for one in limits.programs[:2])
    )
    return f"writes only into {places}; starts {programs}; {'may use' if limits.sockets else 'has no'} network"
