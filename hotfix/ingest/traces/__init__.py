"""Stack traces of eight languages: which lines belong to one, and what it says."""

from hotfix.ingest.traces.parser import Cause, StackTrace, parse_trace
from hotfix.ingest.traces.roles import JOINS, LineRole, classify_line

__all__ = ["JOINS", "Cause", "LineRole", "StackTrace", "classify_line", "parse_trace"]
