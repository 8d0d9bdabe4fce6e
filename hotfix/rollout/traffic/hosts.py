"""Runs commands on hosts, through the user's ssh command, and beside them on this machine."""

import shlex
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from hotfix.rollout.traffic.contract import TrafficError
from hotfix.rollout.traffic.limits import HOSTS_ASKED
from hotfix.rollout.traffic.running import Done, run_command, say_command

UNREACHABLE = 255
"""Exit code of ssh when it could not reach the host (ssh(1), EXIT STATUS)."""

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


class UnreachableError(TrafficError):
    """A host could not be reached; what runs there is not known."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How hosts are reached: a command to which `{host}` and what is to run there are given."""

    ssh: tuple[str, ...]
    deadline_s: float

    def lay_out(self, host: str, command: str) -> tuple[str, ...]:
        """Return the words that run a command on a host."""
        return (*(word.replace("{host}", host) for word in self.ssh), command)

    def ask(self, host: str, command: str) -> Done:
        """Run a command on a host and return what it answered.

        Raises:
            UnreachableError: the host cannot be reached.
            TrafficError: the command did not end in time.
        """
        done = run_command(self.lay_out(host, command), self.deadline_s)
        if done.code == UNREACHABLE:
            raise UnreachableError(f"expected to reach {host}, found: {done.reason}")
        return done

    def order(self, host: str, command: str) -> None:
        """Run a command on a host.

        Raises:
            TrafficError: as `ask`; or the command failed.
        """
        done = self.ask(host, command)
        if done.code:
            raise TrafficError(f"expected `{command}` to succeed on {host}, found: {done.reason}")

    def order_here(self, host: str, command: str) -> None:
        """Run a command on this machine, in a shell, for a host.

        Raises:
            TrafficError: it failed, or did not end in time.
        """
        done = run_command(("sh", "-c", fill(command, host=host)), self.deadline_s)
        if done.code:
            raise TrafficError(f"expected `{fill(command, host=host)}` to succeed, found: {done.reason}")

    def say(self, host: str, command: str) -> str:
        """Return a command on a host as one would type it."""
        return say_command(self.lay_out(host, command))

    def say_here(self, host: str, command: str) -> str:
        """Return a command for a host on this machine as one would type it."""
        return fill(command, host=host)


def fill(command: str, **values: str) -> str:
    """Return a shell command with names in braces replaced by quoted values; other braces stay."""
    for name, value in values.items():
        command = command.replace(f"{{{name}}}", shlex.quote(value))
    return command


def ask_all(things: Sequence[_Asked], question: Callable[[_Asked], _Answer]) -> list[_Answer]:
    """Return the answers to a question about each of several things, in their order, asked at the same time.

    Raises:
        TrafficError: of the first thing whose question raised it, once all are answered.
    """
    with ThreadPoolExecutor(HOSTS_ASKED) as pool:
        return list(pool.map(question, things))
