"""Tries what an agent's process may not do, and prints what came of each attempt; run in a process of its own.

Its arguments: the folder it may write into, a folder beside it with a file `kept.txt`, and a program to start.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_OWN, _OUTSIDE, _PROGRAM = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
_KEPT = _OUTSIDE / "kept.txt"


def _write_through_link() -> object:
    link = _OWN / "link"
    link.symlink_to(_KEPT)
    return link.write_text("changed")


def _write_into_linked_folder() -> object:
    link = _OWN / "linked"
    link.symlink_to(_OUTSIDE)
    return (link / "new.txt").write_text("new")


def _rename_out() -> object:
    draft = _OWN / "draft"
    draft.write_text("new")
    return draft.rename(_OUTSIDE / "new.txt")


def _rename_over() -> object:
    draft = _OWN / "draft"
    draft.write_text("new")
    return draft.replace(_KEPT)


def _link_in_and_write() -> object:
    link = _OWN / "hard"
    link.hardlink_to(_KEPT)
    return link.write_text("changed")


def _start_shell_in_own_folder() -> object:
    copy = _OWN / "program"
    copy.write_bytes(Path("/bin/sh").read_bytes())
    copy.chmod(0o755)
    return subprocess.run([copy, "-c", "true"], check=True)


def _send(family: socket.AddressFamily, kind: socket.SocketKind) -> object:
    with socket.socket(family, kind) as opened:
        return opened.fileno()


def _pair(kind: socket.SocketKind) -> object:
    one, other = socket.socketpair(socket.AF_UNIX, kind)
    with one, other:
        one.sendall(b"x")
        return other.recv(1)


ATTEMPTS: dict[str, Callable[[], object]] = {
    "write own": lambda: (_OWN / "document.md").write_text("said"),
    "make own folder": (_OWN / "folder").mkdir,
    "rename own": lambda: (_OWN / "document.md").rename(_OWN / "folder" / "other.md"),
    "read outside": _KEPT.read_text,
    "write to nowhere": lambda: Path(os.devnull).write_text("x"),
    "pair of streams": lambda: _pair(socket.SOCK_STREAM),
    "write new outside": lambda: (_OUTSIDE / "new.txt").write_text("new"),
    "write outside": lambda: _KEPT.write_text("changed"),
    "append outside": lambda: _KEPT.open("a").write("changed"),
    "empty outside": lambda: os.truncate(_KEPT, 0),
    "remove outside": _KEPT.unlink,
    "make folder outside": (_OUTSIDE / "new").mkdir,
    "write through a link": _write_through_link,
    "write into a linked folder": _write_into_linked_folder,
    "rename out": _rename_out,
    "rename over": _rename_over,
    "hard link in": _link_in_and_write,
    "make a device": lambda: os.mknod(_OWN / "null", 0o600 | 0o020000, os.makedev(1, 3)),
    "start the shell": lambda: subprocess.run(["/bin/sh", "-c", "true"], check=True),
    "start a copy of the shell": _start_shell_in_own_folder,
    "start the program": lambda: subprocess.run([_PROGRAM, "--version"], check=True, stdout=subprocess.DEVNULL),
    "open a TCP socket": lambda: _send(socket.AF_INET, socket.SOCK_STREAM),
    "open a UDP socket": lambda: _send(socket.AF_INET6, socket.SOCK_DGRAM),
    "open a local socket": lambda: _send(socket.AF_UNIX, socket.SOCK_DGRAM),
    "pair of datagrams": lambda: _pair(socket.SOCK_DGRAM),
    "connect to the network": lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    "signal the one who started it": lambda: os.kill(os.getppid(), 0),
}


def _try(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return f"refused: {type(error).__name__}"
    return "done"


if __name__ == "__main__":
    json.dump({name: _try(attempt) for name, attempt in ATTEMPTS.items()}, sys.stdout)
