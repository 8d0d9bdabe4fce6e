"""Ports of the loopback, and waiting for what is true: the ground of tests that start real servers."""

import random
import socket
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 240.0
"""How long what happens in moments may take on a machine that others use as well."""
_PAUSE_S = 0.01
_PORTS = iter(random.SystemRandom().sample(range(10_000, 32_000), 22_000))  # below those that the kernel hands out


def find_port() -> int:
    """Return a port of the loopback that is free, never the same one twice: HAProxy would share it without a word."""
    return next(port for port in _PORTS if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Return as soon as a condition holds; fails with `what` when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"expected {what} within {seconds} s"
        time.sleep(_PAUSE_S)


def is_listening(at: int | Path) -> bool:
    """Tell whether somebody accepts connections at a port of the loopback, or at the path of a socket."""
    with socket.socket(socket.AF_UNIX if isinstance(at, Path) else socket.AF_INET) as probe:
        return probe.connect_ex(str(at) if isinstance(at, Path) else ("127.0.0.1", at)) == 0
