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
    LINK = 9  # leads from one exception to the next
    NOTE = 10  # what runtimes say around a trace


_PATTERNS: tuple[tuple[LineRole, str], ...] = (
    (LineRole.BLANK, r"\s*$"),
    (
        LineRole.FRAME,
        (
            r"\s+(?:at |from |\d+: )|\s+File \".+\", line \d+|#\d+ |goroutine \d+ \[|\s+/.*\.go:\d+|\s*\.\.\. \d+ (?:more|common)"
            r"|at [\w$.<>]+\("
        ),
    ),
    (
        LineRole.LINK,
        r"Caused by: |During handling of the above|The above exception was the direct|Next [\w\\]+: |Wrapped by: ",
    ),
    (
        LineRole.START,
        (
            r"Traceback \(most recent|panic: |fatal error: |Exception in thread |Unhandled exception|"
            r"(?:PHP )?Fatal error: +Uncaught |Uncaught |\[\d+ more\]|.+\.rb:\d+:in ['`].+\(\w+\)$"
        ),
    ),
    (LineRole.PANIC, r"thread '.*' (?:\(\d+\) )?panicked at |(?:/|file://|node:|[A-Z]:\\)\S+:\d+$"),
    (
        LineRole.NOTE,
        (
            r"stack backtrace:|note: |Stack trace:|--- End of |Node\.js v\d|exit status \d|created by |\[signal |Suppressed: "
            r"|#\d+ \{main\}"
        ),
    ),
    (LineRole.INDENTED, r"\s"),
    (
        LineRole.EXCEPTION,
        (
            r"(?:[A-Za-z_$][\w$]*(?:\.|::|\\|/))*[A-Z_][\w$]*"
            r"(?:Error|Exception|Failure|Fault|Interrupt|Exit|Timeout|Throwable|Violation|Expired|Iteration)\b(?: \[.+?\])?(?:$|:| \()"
            r"|(?:[a-z_]\w*\.)+[A-Z]\w*(?:: |$)"
        ),
    ),
    (LineRole.CALL, r"[\w.\-/]+\.(?:\(\*?\w+\)\.)?[\w.\[\]]+\(.*\)$"),
)
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _PATTERNS)
_LONGEST = 2000


def classify_line(line: str) -> LineRole:
    """Return the role of a line that no format reads; only its first characters are looked at."""
    start = line[:_LONGEST]
    return next((role for role, pattern in _COMPILED if pattern.match(start)), LineRole.OTHER)


def _make_joins() -> NDArray[np.bool_]:
    role = LineRole
    joins = np.zeros((len(role), len(role)), dtype=bool)
    joins[:, [role.BLANK, role.INDENTED, role.FRAME, role.LINK]] = True
    inside = [role.FRAME, role.CALL, role.START, role.PANIC, role.EXCEPTION, role.LINK, role.NOTE, role.INDENTED]
    joins[inside, role.NOTE] = True
    joins[[*inside[:4], role.NOTE, role.INDENTED], role.CALL] = True
    joins[[*inside, role.HEADER], role.EXCEPTION] = True
    joins[role.EXCEPTION, role.EXCEPTION] = False
    joins[[role.HEADER, role.LINK], role.START] = True
    joins[[role.HEADER, role.LINK], role.PANIC] = True
    joins[role.PANIC, [role.OTHER, role.CALL]] = True
    return joins


JOINS = _make_joins()
"""[role of the last line that is not blank][role of this line] → this line belongs to the record of that line."""
