"""The program that becomes another one, held to limits: takes rights away from its own process, then starts the other.

Run as ``python -P -m hotfix.agents.held PARENT LIMITS COMMAND…`` with the number of the process that starts it, with
which it ends, and limits as JSON. What it cannot take away ends it with a sentence; the command is then not started.
"""

import ctypes
import json
import os
import signal
import struct
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from hotfix.agents.landlock import READ, WRITE, WRITE_ONE, Right, Rule, hold_files
from hotfix.agents.sockets import hold_sockets

FAILED = 3
"""Exit code when the process could not be held."""

_SET_PARENT_DEATH = 1  # of prctl(2)
_ELF_64, _HEAD_BYTES = b"\x7fELF\x02", 64
_TABLE, _ROWS, _ROW_BYTES = 32, 54, 40  # in an ELF file: where it says where its segments are listed, and how many
_INTERPRETER = 3  # the kind of the segment that names the loader


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process and all that it starts may do besides reading. All paths are absolute."""

    writes: tuple[str, ...]  # folders, into which and below which it may write
    programs: tuple[str, ...] | None  # files, or folders of files, that it may start; None: all
    sockets: bool  # whether it may open sockets

    def to_json(self) -> str:
        """Return the limits as the program takes them."""
        return json.dumps(asdict(self))


def main(arguments: list[str]) -> None:
    """Hold this process and become the command."""
    parent, limits, command = int(arguments[0]), Limits(**json.loads(arguments[1])), arguments[2:]
    try:
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(FAILED)  # it ended meanwhile
        hold_files(list_rules(limits))
        if not limits.sockets:
            hold_sockets()
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        where = f" at {error.filename}" if error.filename else ""
        sys.stderr.write(f"hotfix: the agent's process cannot be held to its tools: {error.strerror}{where}\n")
        sys.exit(FAILED)


def list_rules(limits: Limits) -> Iterator[Rule]:
    """Yield the rights to files: to read all, to write what the limits name, to start what they name."""
    yield Rule("/", READ if limits.programs is not None else READ | Right.EXECUTE)
    yield Rule(os.devnull, WRITE_ONE)
    for folder in limits.writes:
        yield Rule(folder, WRITE)
    for program in limits.programs or ():
        yield Rule(program, Right.EXECUTE)
        if (loader := _find_loader(program)) is not None:
            yield Rule(loader, Right.EXECUTE)


def _find_loader(program: str) -> str | None:
    """Return the program that the kernel starts to load another one; None for what needs none."""
    if not os.path.isfile(program):  # noqa: PTH113  # a path of the limits, as text
        return None
    with open(program, "rb") as file:  # noqa: PTH123  # same
        head = file.read(_HEAD_BYTES)
        if not head.startswith(_ELF_64):
            return None
        (start,) = struct.unpack_from("<Q", head, _TABLE)
        size, count = struct.unpack_from("<HH", head, _ROWS)
        for number in range(count):
            file.seek(start + number * size)
            kind, _, offset, _, _, length = struct.unpack("<IIQQQQ", file.read(_ROW_BYTES))
            if kind == _INTERPRETER:
                file.seek(offset)
                return file.read(length).rstrip(b"\0").decode()
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
