"""Finds how a file logs."""

import re
from dataclasses import dataclass

from hotfix.repair.source import Source

_CALL = re.compile(
    r"(?<![\w.$])((?:self\.|this\.|cls\.)?_?(?:log|logger|LOG|LOGGER|Log|Logger|logging|slog|console))"
    r"\.(\w+)\(\s*(.)"
)


@dataclass(frozen=True, slots=True)
class LogCall:
    """A logging call of a file."""

    receiver: str
    method: str
    opens_with: str  # first character of its first argument


def list_log_calls(source: Source) -> list[LogCall]:
    """Return the logging calls of a file, in order."""
    return [LogCall(found[1], found[2], found[3]) for found in _CALL.finditer(source.text)]


def is_log_call(text: str) -> bool:
    """Tell whether an expression is a logging call."""
    return _CALL.match(text) is not None
