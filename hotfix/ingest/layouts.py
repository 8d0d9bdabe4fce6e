"""What reading one line gives: a `Reading` of texts as written, a `Layout` that finds them in like lines.

The bottom of the format reader: values only, no parsing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hotfix.core.facts import Level
from hotfix.ingest.between import Between


class Field(StrEnum):
    """What is cut out of every line of a layout, because digits may change it."""

    TIME = "time"
    LEVEL = "level"
    SERVICE = "service"
    HOST = "host"
    STATUS = "status"
    DURATION = "duration"
    TRACE_ID = "trace_id"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of a line stand; shared by all lines that one pattern (or one set of keys) reads."""

    ident: int  # dense, in order of first sight
    format: str  # ident of the format
    extract: Mapping[Field, str]  # regex (Rust and Python) with exactly one capture group, valid on the whole line
    levels: Mapping[str, Level]  # lower-case text → level
    duration_to_ms: float | None  # milliseconds per unit of the number; None: the text carries its unit
    between: Mapping[Field, Between] = field(default_factory=dict)  # texts that find it quicker than `extract`
    exact: bool = True  # False: `extract` may err on such lines, read them one by one


@dataclass(frozen=True, slots=True)
class Reading:
    """One line, understood; every text is as written in the line (JSON escapes undone)."""

    layout: Layout
    message: str
    time: str | None = None
    level: str | None = None
    service: str | None = None
    host: str | None = None
    status: str | None = None
    duration: str | None = None
    trace_id: str | None = None
    exception: str | None = None  # class of an exception that a field names
    logger: str | None = None  # class or module that wrote it: inside a service, so never the service
    trace_text: str | None = None  # a stack trace that stands inside the line, line breaks restored
    continues: bool = False  # belongs to the record above (PostgreSQL DETAIL and the like)
    opens: bool = False  # only a head: the next line holds level and message (two-line java.util.logging)


_WORDS = {
    Level.TRACE: "trace trc verbose silly fine finer finest all debug5 debug4 debug3",
    Level.DEBUG: "debug dbg debug1 debug2 verb",
    Level.INFO: "info inf information informational notice note log config success default started system",
    Level.WARN: "warn wrn warning warnings",
    Level.ERROR: "error err eror severe failure fault",
    Level.FATAL: "critical crit fatal ftl alert emerg emergency panic dpanic off",
}

LEVEL_WORDS: Mapping[str, Level] = {word: level for level, words in _WORDS.items() for word in words.split()}
"""What programs call their levels, lower case."""

LETTER_LEVELS: Mapping[str, Level] = {
    "t": Level.TRACE,
    "v": Level.TRACE,
    "d": Level.DEBUG,
    "i": Level.INFO,
    "n": Level.INFO,
    "w": Level.WARN,
    "e": Level.ERROR,
    "c": Level.FATAL,
    "f": Level.FATAL,
    "a": Level.FATAL,
}
"""One-letter levels (klog, Android, MongoDB)."""

SYSLOG_LEVELS = (
    Level.FATAL,
    Level.FATAL,
    Level.FATAL,
    Level.ERROR,
    Level.WARN,
    Level.INFO,
    Level.INFO,
    Level.DEBUG,
)
"""Severities 0 to 7 (RFC 5424, section 6.2.1)."""


def build_reading(
    layout: Layout,
    message: str,
    texts: Mapping[str, str | None],
    *,
    continues: bool = False,
    opens: bool = False,
) -> Reading:
    """Return a reading whose fields are taken from ``texts`` by name; empty texts count as absent."""
    return Reading(
        layout,
        message,
        texts.get("time") or None,
        texts.get("level") or None,
        texts.get("service") or None,
        texts.get("host") or None,
        texts.get("status") or None,
        texts.get("duration") or None,
        texts.get("trace_id") or None,
        texts.get("exception") or None,
        texts.get("logger") or None,
        texts.get("trace") or None,
        continues,
        opens,
    )
