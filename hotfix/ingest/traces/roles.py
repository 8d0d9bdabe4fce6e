"""Tells which lines continue the record above: a line that no format reads comes in, its role goes out."""

import re
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class LineRole(IntEnum):
    """What a line is to a stack trace."""

    OTHER = 0  # ordinary text
    HEADER = 1  # read by a format
    BLANK = 2
    INDENTED = 3  # begins with white space and is no frame
    FRAME = 4  # a call site that no ordinary text looks like
    CALL = 5  # a Go function line: ordinary text may look like it
    START = 6  # announces a trace
    PANIC = 7  # announces a trace whose next line is its message or source
    EXCEPTION = 8  # class of an exception with its message
    LINK = 9  # leads from one exception to the next, or from an exception to its frames
    NOTE = 10  # what runtimes say around a trace
    PYTHON = 11  # a frame of Python, whose exception comes last
    SOURCE = 12  # the code below a frame of Python; told by the lines above it
    WORD = 13  # one word, or one word and a text: an exception when it ends a trace of Python


ENDINGS = (
    r"(?:Error|Exception|Failure|Fault|Interrupt|Exit|Timeout|Throwable|Violation|Expired|Iteration|Group|Warning)"
)
"""How the classes of exceptions end."""

_PATTERNS: tuple[tuple[LineRole, tuple[str, ...]], ...] = (
    (LineRole.BLANK, (r"\s*$",)),
    (LineRole.PYTHON, (r"[\s|]+File \".+\", line \d+",)),
    (LineRole.LINK, (r"\S+\.rb:\d+:in ['`][^']+': .+ \([A-Z][\w:]*\)$",)),
    (
        LineRole.FRAME,
        (
            r"\s+(?:at |from |\d+: )",
            r"#\d+ ",
            r"goroutine \d+ \[",
            r"\s+\S+\.go:\d+",
            r"\s*\.\.\. \d+ (?:more|common|lines)",
            r"at [\w$.<>]+\(",
            r"\S+\.(?:rb|ru|rake|erb):\d+:in ['`]",
        ),
    ),
    (
        LineRole.LINK,
        (
            r"Caused by: |---> |Wrapped by: |Next [\w\\]+: ",
            r"During handling of the above|The above exception was the direct",
            r"Stack trace:|\[stacktrace\]|stack backtrace:",
        ),
    ),
    (
        LineRole.START,
        (
            r"Traceback \(most recent|Exception in thread |Unhandled exception|Uncaught ",
            r"(?:PHP )?Fatal error: +Uncaught ",
            r"panic: |fatal error: |\[\d+ more\]",
        ),
    ),
    (LineRole.PANIC, (r"thread '.*' (?:\(\d+\) )?panicked at ", r"(?:/|file://|node:|[A-Z]:\\)\S+:\d+$")),
    (
        LineRole.NOTE,
        (
            r"note: |--- End of |Node\.js v\d|exit status \d|created by |\[signal |Suppressed: |#\d+ \{main\}",
            r"[\"'}\]]+[,;]?\s*$",
            r"LINE \d+: |\[SQL: |\[parameters: |\(Background on this error at: ",  # of database errors
        ),
    ),
    (LineRole.INDENTED, (r"\s",)),
    (
        LineRole.EXCEPTION,
        (
            rf"(?:[A-Za-z_$][\w$]*(?:\.|::|\\|/))*[\w$]*{ENDINGS}\b(?: \[.+?\])?(?:$|:| \()",
            r"(?:[a-z_]\w*\.)+[A-Z][\w$]*(?:: |$)",
        ),
    ),
    (LineRole.CALL, (r"[\w.\-/]+\.(?:\(\*?\w+\)\.)?[\w.\[\]]+\(.*\)$", r"(?:panic|main)\(.*\)$")),
    (LineRole.WORD, (r"[A-Za-z_][\w.]*(?:$|: )",)),
)
_COMPILED = tuple((role, re.compile("|".join(patterns))) for role, patterns in _PATTERNS)
_LONGEST = 2000


def classify_line(line: str) -> LineRole:
    """Return the role of a line that no format reads; only its first characters are looked at."""
    start = line[:_LONGEST]
    return next((role for role, pattern in _COMPILED if pattern.match(start)), LineRole.OTHER)


def settle_roles(roles: NDArray[np.int64], changes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the roles with those settled that depend on the lines above.

    Indented lines below a frame of Python are its source; text below the head of a panic is its message.

    Args:
        roles: of lines, those of one stream one after the other.
        changes: True where another stream begins.
    """
    above = find_above(np.where(roles == LineRole.INDENTED, int(LineRole.BLANK), roles), changes)
    sourced = np.where((roles == LineRole.INDENTED) & (above == LineRole.PYTHON), LineRole.SOURCE, roles)
    plain = np.isin(sourced, (LineRole.OTHER, LineRole.WORD)) & (find_above(sourced, changes) == LineRole.PANIC)
    return np.where(plain, LineRole.NOTE, sourced)


def find_above(roles: NDArray[np.int64], changes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return, for each line, the role of the last line above it in its stream that is not blank, or HEADER."""
    known = np.where((roles == LineRole.BLANK) & ~changes, 0, np.arange(len(roles)))
    above = np.concatenate([[0], np.maximum.accumulate(known)[:-1]])
    return np.where(changes, int(LineRole.HEADER), roles[above])


def _make_joins() -> NDArray[np.bool_]:
    role = LineRole
    joins = np.zeros((len(role), len(role)), dtype=bool)
    joins[:, [role.BLANK, role.INDENTED, role.FRAME, role.LINK, role.PYTHON, role.SOURCE]] = True
    python = [role.PYTHON, role.SOURCE]
    inside = [
        role.FRAME,
        role.CALL,
        role.START,
        role.PANIC,
        role.EXCEPTION,
        role.LINK,
        role.NOTE,
        role.INDENTED,
        *python,
    ]
    joins[inside, role.NOTE] = True
    joins[[role.FRAME, role.CALL, role.START, role.PANIC, role.NOTE, role.INDENTED], role.CALL] = True
    joins[[*inside, role.HEADER], role.EXCEPTION] = True
    joins[role.EXCEPTION, role.EXCEPTION] = False
    joins[[role.HEADER, role.LINK], role.START] = True
    joins[[role.HEADER, role.LINK], role.PANIC] = True
    joins[role.PANIC, [role.OTHER, role.CALL]] = True
    joins[python, role.WORD] = True
    return joins


JOINS = _make_joins()
"""[role of the last line that is not blank][role of this line] → this line belongs to the record of that line."""
