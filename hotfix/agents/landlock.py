"""Takes rights to files away from this process and from all that it starts, for good: Landlock of the Linux kernel.

Source: https://docs.kernel.org/userspace-api/landlock.html. Rights are given to whole folders; the rest is refused. Not
covered by Landlock are modes, owners, times and extended attributes of files.
"""

import ctypes
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag

LEAST_VERSION = 3
"""Of Landlock, from Linux 6.2 on: an earlier one lets every file that may be read be emptied."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # numbers of system calls, the same on every processor
_ASK_VERSION, _PATH_BENEATH = 1, 1
_SCOPES = 0b11  # abstract sockets and signals: only to what has the same rights
_SCOPES_SINCE = 6
_NO_NEW_PRIVILEGES = 38  # of prctl(2)


class Right(IntFlag):
    """What may be done to a file, or below a folder."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13  # rename or link from one folder into another
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


_IOCTL_SINCE = 5

READ = Right.READ_FILE | Right.READ_DIR
WRITE_ONE = Right.WRITE_FILE | Right.TRUNCATE
WRITE = (
    WRITE_ONE | Right.REMOVE_DIR | Right.REMOVE_FILE | Right.MAKE_DIR | Right.MAKE_REG | Right.MAKE_SYM | Right.REFER
)
"""All that files and folders need; devices, sockets and pipes are not made."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Rights to a file, or to a folder and all below it."""

    path: str
    rights: Right


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def find_version() -> int:
    """Return the version of Landlock that this kernel has; 0 where it has none, or it is switched off."""
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)))


def hold_files(rules: Iterable[Rule]) -> None:
    """Leave this process the given rights to files and no others; it cannot be taken back.

    Raises:
        OSError: the kernel refuses, or a path of a rule is not there.
    """
    version, libc = find_version(), _libc()
    handled = Right((1 << 16) - 1) if version >= _IOCTL_SINCE else Right((1 << 15) - 1)
    asked = _Ruleset(handled, 0, _SCOPES if version >= _SCOPES_SINCE else 0)
    ruleset = _check(libc.syscall(_CREATE_RULESET, ctypes.byref(asked), ctypes.c_size_t(ctypes.sizeof(asked)), 0))
    try:
        for rule in rules:
            _add(libc, ruleset, rule)
        _check(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _check(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _add(libc: ctypes.CDLL, ruleset: int, rule: Rule) -> None:
    handle = os.open(rule.path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = _Beneath(rule.rights, handle)
        _check(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0), rule.path)
    finally:
        os.close(handle)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(answer: int, path: str | None = None) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    return answer
