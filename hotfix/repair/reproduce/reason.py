"""Tells whether a run failed for the reason that the incident states: its output comes in, where it failed goes out."""

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from hotfix.ingest.traces import Frame, parse_trace
from hotfix.ingest.traces.frames import read_frame
from hotfix.repair.verify.contract import Expected

_GAP, _AROUND = 6, 8
"""Lines between two frames of one trace at most, and lines around them that may hold the exception."""

_SHORT = re.compile(r"^(?P<file>[\w./-]+\.\w+):(?P<line>\d+): (?P<exception>[\w.]+)", re.MULTILINE)
"""How pytest ends each of its own traces."""

_INSIDE = re.compile(r"lambda\$(\w+)\$\d+")
_UNNAMED = frozenset({"<init>", "<clinit>", "new", "static", "<anonymous>"})
_UNNAMED_GO = re.compile(r"func\d+|\d+")
"""How Java calls a lambda in a method, constructors and initializers, and how Go calls functions in functions."""


def find_reason(output: str, expected: Expected, beside: Collection[str] = ()) -> str | None:
    """Return where the output shows the expected error, or None when it shows none of that class at that place.

    The place is the function of the frame: lines move when a patch is made, and with them the numbers in a trace.

    Args:
        output: of a run.
        expected: the error of the incident.
        beside: paths of test files whose frames are passed over: a stand-in in them may be what raised.
    """
    if expected.exception and not re.search(
        rf"(?<![\w$]){re.escape(shorten_class(expected.exception))}(?![\w$])", output
    ):
        return None
    found = next((frame for frame in _list_failing(output, beside) if _is_same(frame, expected)), None)
    if found is None:
        return None
    return f"{shorten_class(expected.exception or 'an error')} at {expected.path}:{found.line}"


def shorten_class(name: str) -> str:
    """Return the class of an exception without its package or module."""
    return re.split(r"[.\\/]|::", name)[-1]


def _list_failing(output: str, beside: Collection[str]) -> Iterator[Frame]:
    """Yield the innermost own frame of every trace in the output; what stands in a test's indentation counts too."""
    lines = [line.removeprefix("E   ") for line in output.splitlines()]
    for block in _cut_blocks(lines):
        trace = parse_trace("\n".join(block))
        own = [frame for frame in trace.frames if frame.own] if trace else []
        innermost = next((frame for frame in own if not any(is_path(frame.file, path) for path in beside)), None)
        if innermost is not None:
            yield innermost
    for found in _SHORT.finditer(output):
        yield Frame(found["file"], int(found["line"]), "", own=True)


def _cut_blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yield the lines of each trace: frames that follow on one another, with what stands between and around them."""
    first = last = None
    for index, line in enumerate(lines):
        if read_frame(line, lines[index - 1] if index else "") is None:
            continue
        if first is not None and last is not None and index - last > _GAP:
            yield lines[max(0, first - _AROUND) : last + _AROUND]
            first = None
        first, last = index if first is None else first, index
    if first is not None and last is not None:
        yield lines[max(0, first - _AROUND) : last + _AROUND]


def _is_same(frame: Frame, expected: Expected) -> bool:
    if not is_path(frame.file, expected.path):
        return False
    name, wanted = _shorten_function(frame.function), _shorten_function(expected.function)
    return name == wanted if name and wanted else expected.first_line <= frame.line <= expected.last_line


def _shorten_function(name: str) -> str:
    """Return a function's name without what is around it; of a function inside it that name, of an unnamed one none."""
    last = re.split(r"[.:]", name)[-1]
    inside = _INSIDE.match(last)
    if inside:
        return inside[1] if inside[1] not in _UNNAMED else ""
    return "" if last in _UNNAMED or _UNNAMED_GO.fullmatch(last) else last


def is_path(shown: str, path: str) -> bool:
    """Tell whether a path of a trace may be a path of the repository: one ends with the other, by whole parts."""
    one, other = PurePosixPath(shown.removeprefix("file://")).parts, PurePosixPath(path).parts
    length = min(len(one), len(other))
    return length > 0 and one[-length:] == other[-length:]
