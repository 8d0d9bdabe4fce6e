"""How garbage is looked for in a process that runs one command: rarely, for nearly every object lives until the end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = 400_000, 25, 100
"""New objects, and collections of younger ones, after which garbage is looked for; Python's own are 700, 10, 10."""


@contextmanager
def run_short() -> Iterator[None]:
    """Look for garbage rarely inside, and no more afterwards: the process is to end.

    Of a small analysis the first took a twelfth of the time, the search when Python ends another fifteenth.
    """
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.freeze()
