"""Lets this process and all that it starts open no socket, for good: a seccomp filter of the Linux kernel.

Only a pair of connected sockets may be made, by which a process talks to one that it started. Source: seccomp(2) and
the kernel's ``include/uapi/linux/seccomp.h``.
"""

import ctypes
import errno
import os
import platform
from dataclasses import dataclass

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2  # of prctl(2)
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06  # of the classic BPF machine
_NUMBER, _PROCESSOR, _FIRST, _SECOND = 0, 4, 16, 24  # places in what the filter is shown of a call: its lower halves
_UNIX, _STREAM, _KIND = 1, 1, 0xF  # a socket's family and kind; flags stand above the kind
_RING_SETUP = 425  # io_uring, which opens sockets past every filter
_FOREIGN_CALLS = 0x40000000  # from here on calls are numbered for another interface (x32)


@dataclass(frozen=True, slots=True)
class _Processor:
    """What a filter has to know of a processor."""

    token: int  # AUDIT_ARCH
    socket: int
    socketpair: int


_PROCESSORS = {
    "x86_64": _Processor(0xC000003E, 41, 53),
    "aarch64": _Processor(0xC00000B7, 198, 199),
}


class _Line(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("lines", ctypes.POINTER(_Line)))


def can_hold_sockets() -> bool:
    """Tell whether the filter is written for this processor."""
    return platform.machine() in _PROCESSORS


def hold_sockets() -> None:
    """Refuse this process every socket from now on; it cannot be taken back.

    Raises:
        OSError: the kernel refuses, or the filter is not written for this processor.
    """
    if not can_hold_sockets():
        raise OSError(errno.ENOSYS, f"no filter is written for {platform.machine()}")
    lines = _write_filter(_PROCESSORS[platform.machine()])
    program = _Program(len(lines), (_Line * len(lines))(*(_Line(*line) for line in lines)))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((_NO_NEW_PRIVILEGES, 1, 0), (_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))):
        if libc.prctl(*call, 0, 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _write_filter(processor: _Processor) -> list[tuple[int, int, int, int]]:
    """Return the program; its jumps count the lines that are passed over."""
    return [
        (_LOAD, 0, 0, _PROCESSOR),
        (_EQUAL, 0, 11, processor.token),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 9, 0, _FOREIGN_CALLS),
        (_EQUAL, 8, 0, _RING_SETUP),
        (_EQUAL, 7, 0, processor.socket),
        (_EQUAL, 0, 5, processor.socketpair),
        (_LOAD, 0, 0, _FIRST),
        (_EQUAL, 0, 4, _UNIX),
        (_LOAD, 0, 0, _SECOND),
        (_AND, 0, 0, _KIND),
        (_EQUAL, 0, 1, _STREAM),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
