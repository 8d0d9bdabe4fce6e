"""The values of a confined run: what is run, within which limits, and what came of it. Nothing runs here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from hotfix.repair.limits import (
    SANDBOX_CPU_SECONDS,
    SANDBOX_DISK_BYTES,
    SANDBOX_MEMORY_BYTES,
    SANDBOX_OUTPUT_BYTES,
    SANDBOX_PROCESSES,
    SANDBOX_SECONDS,
)


class Kind(StrEnum):
    """What keeps a run apart from the host."""

    BUBBLEWRAP = "bubblewrap"  # everything: files, processes, network, limits
    UNSHARE = "unshare"  # processes and network apart; files are not: unconfined
    NONE = "none"  # limits and a process group alone: unconfined


@dataclass(frozen=True, slots=True)
class Confinement:
    """How this host can keep a run apart, and what that leaves open."""

    kind: Kind
    said: str  # one sentence for the report
    prefix: tuple[str, ...] = ()  # the program that sets it up, with its first arguments

    @property
    def confined(self) -> bool:
        """True when files, processes and network are all kept apart."""
        return self.kind is Kind.BUBBLEWRAP


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. The time counts from the start of the command, not of the sandbox."""

    seconds: float = SANDBOX_SECONDS
    cpu_seconds: int = SANDBOX_CPU_SECONDS  # of each process
    memory_bytes: int = SANDBOX_MEMORY_BYTES  # of all processes together, and of each
    disk_bytes: int = SANDBOX_DISK_BYTES  # of the tree and of /tmp, each
    output_bytes: int = SANDBOX_OUTPUT_BYTES
    processes: int = SANDBOX_PROCESSES


@dataclass(frozen=True, slots=True)
class Ground:
    """The tree that a command sees, and where it sees it."""

    source: Path  # a folder that is copied for each run and never written to
    at: PurePosixPath  # the path under which the command finds the copy, when it is kept apart
    borrowed: Mapping[str, Path] = field(default_factory=dict)  # path in the tree → folder shown there, read-only


@dataclass(frozen=True, slots=True)
class Job:
    """One command line for `sh`, run in a fresh copy of a tree."""

    command: str
    ground: Ground
    limits: Limits = Limits()
    files: Mapping[str, str] = field(default_factory=dict)  # path in the tree → text that is put there before
    stdin: bytes = b""
    collect: tuple[str, ...] = ()  # globs below the tree, whose files are brought back when the command wrote them
    network: bool = False


class Ending(StrEnum):
    """How a run ended."""

    EXITED = "exited"  # by itself, with an exit code
    TIME = "time"  # stopped: it took longer than it may
    MEMORY = "memory"  # stopped: all its processes together took more than they may
    PROCESSES = "processes"  # stopped: it had more processes than it may
    OUTPUT = "output"  # stopped: it wrote more than it may
    DISK = "disk"  # stopped: its files took more than they may
    BROKEN = "broken"  # the sandbox could not be set up, or the command ended it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    command: str
    ending: Ending
    code: int | None  # exit code, negative for the signal that ended it; None where it did not end by itself
    output: str  # beginning and end of what it wrote, both streams in their order
    seconds: float  # wall time of the command alone
    cpu_seconds: float  # of the command and of its children that it waited for
    left_over: int = 0  # processes that it left behind, ended by the sandbox
    disk_full: bool = False  # the limit of its files was reached
    files: Mapping[str, str] = field(default_factory=dict)  # path in the tree → text, of what was collected
    trouble: str = ""  # why it is broken

    @property
    def passed(self) -> bool:
        """True when it ended by itself with exit code 0."""
        return self.ending is Ending.EXITED and self.code == 0

    def describe(self) -> str:
        """Return in a few words how it ended."""
        if self.ending is not Ending.EXITED:
            return _SAID[self.ending] + (f": {self.trouble}" if self.trouble else "")
        if self.code is not None and self.code < 0:
            return f"ended by signal {-self.code}"
        return f"exit code {self.code}"


_SAID = {
    Ending.TIME: "stopped, it took longer than it may",
    Ending.MEMORY: "stopped, it took more memory than it may",
    Ending.PROCESSES: "stopped, it had more processes than it may",
    Ending.OUTPUT: "stopped, it wrote more output than it may",
    Ending.DISK: "stopped, it wrote more to disk than it may",
    Ending.BROKEN: "could not be run",
}
