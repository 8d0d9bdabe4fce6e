"""Stack traces of eight languages: which lines belong to one, and what it says."""

from hotfix.ingest.traces.frames import Frame
from hotfix.ingest.traces.parser import Cause, StackTrace, parse_trace
from hotfix.ingest.traces.roles import JOINS, LineRole, classify_line, find_above, settle_roles

__all__ = [
    "JOINS",
    "Cause",
    "Frame",
    "LineRole",
    "StackTrace",
    "classify_line",
    "find_above",
    "parse_trace",
    "settle_roles",
]
