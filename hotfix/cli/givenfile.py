"""Reads a file that a user names on the command line: a link or a pipe is followed, and - is standard input."""

import sys
from pathlib import Path

from hotfix.core.errors import InputError

STDIN = "-"


def read_given(file: str, most: int, what: str) -> bytes:
    """Return what a file holds, up to so many bytes and one more; `what` says what was expected in it.

    Raises:
        InputError: it cannot be read.
    """
    if file == STDIN:
        return sys.stdin.buffer.read(most + 1)
    try:
        with Path(file).open("rb") as source:
            return source.read(most + 1)
    except OSError as error:
        raise InputError(f"expected {what} at {file}, found: {error.strerror}") from None


def show_given(file: str) -> str:
    """Return how messages name the file."""
    return "standard input" if file == STDIN else file
