"""Reads a stack trace: the text of one record comes in; exception class, cause chain and own frame go out."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from hotfix.core.settings import TRACE_LINES_READ, TRACE_LINES_REMEMBERED
from hotfix.ingest.traces.frames import Frame, Grammar, is_own, read_frame
from hotfix.ingest.traces.roles import ENDINGS


@dataclass(frozen=True, slots=True)
class Cause:
    """One exception of a chain."""

    exception: str  # class as written, with its package where the trace has it; "panic" in Go and Rust
    message: str


@dataclass(frozen=True, slots=True)
class StackTrace:
    """What a stack trace says."""

    language: str
    chain: tuple[Cause, ...]  # root cause first; empty when only frames stand there
    frames: tuple[Frame, ...]  # of the root cause, innermost first
    top: Frame | None  # where our own code failed; the innermost frame of all when none is our own

    @property
    def exception(self) -> str | None:
        """Class of the root cause."""
        return self.chain[0].exception if self.chain else None


_LONGEST = 4000
_CLASS = (
    rf"(?P<cls>(?:[A-Za-z_$][\w$]*(?:\.|::|\\|/))*[\w$]*{ENDINGS}"
    r"|(?:[a-z_]\w*\.)+[A-Z][\w$]*)"
)
_HEAD = re.compile(rf"(?:^|[\s:'\"(>\]|]){_CLASS}(?: \[\w+\])?(?:(?::| \(|:? - | \u2013) ?(?P<msg>.*)|:?\s*$)")
_WORD = re.compile(r"^(?P<cls>[A-Za-z_][\w.]*)(?:: (?P<msg>.*))?$")
_GROUP = re.compile(r"^(?: +\|)+ ?| +\+[-+ ]*")
_GO = re.compile(r"(?:^|\s)(?:panic(?: serving \S+)?|fatal error): (?P<msg>.*?)(?: \[recovered\])?$")
_RUST = re.compile(r"panicked at (?:'(?P<msg>.*)', )?(?P<file>[^\s:]+\.rs):(?P<line>\d+)(?::\d+)?:?$")
_RUBY = re.compile(r":in ['`][^']+': (?P<msg>.*) \((?P<cls>[A-Z][\w:]*)\)$")
_PHP = re.compile(r"(?:Uncaught |^Next )(?P<cls>[\w\\]+): (?P<msg>.*?)(?: in (?P<file>/\S+):(?P<line>\d+))?$")
_LINK = re.compile(r"^\s*(?:Caused by:|--->|\[cause\]:|Next |Wrapped by:)")
_BESIDE = re.compile(r"^\s*Suppressed: ")
_BACK = "--- End of inner exception"
_ENUM_LOOKUP = "java.lang.Enum.valueOf"  # its caller is what the compiler wrote for an enum: in no line of the source


@dataclass(slots=True)
class _Section:
    """One exception with its frames, while it is read."""

    cause: Cause | None = None
    frames: list[Frame] = field(default_factory=list)


class _Sections:
    """Splits a trace at its exceptions: before their frames in most languages, behind them in Python."""

    def __init__(self) -> None:
        self.all = [_Section()]
        self.grammar: Grammar | None = None
        self._at = 0
        self._beside = False  # in an exception that only happened on the way
        self._panicked = False  # the next line is the message of a Rust panic

    def read(self, line: str, before: str) -> None:
        found = read_frame(line, before)
        if found is None:
            self._read_head(line)
            return
        grammar, frame = found
        self.grammar = self.grammar or grammar
        current = self.all[self._at]
        if grammar.language == "ruby" and _RUBY.search(line):
            self._read_head(line)
        elif grammar.innermost_last and current.frames and current.cause is not None:
            self._open(None)
        elif grammar.innermost_last and not current.frames:
            current.cause = None
        if not self._beside:
            self._take_frame(frame)

    def ordered(self) -> list[_Section]:
        """Return the sections, root cause first; a group of Python comes after what is in it."""
        if self.grammar and self.grammar.innermost_last:
            for section in self.all:
                section.frames.reverse()
        ordered = self.all if self.grammar and self.grammar.root_first else self.all[::-1]
        return sorted(ordered, key=lambda section: bool(section.cause and section.cause.exception.endswith("Group")))

    def _take_frame(self, frame: Frame) -> None:
        frames = self.all[self._at].frames
        generated = frames and frames[-1].function == _ENUM_LOOKUP and frame.function.endswith(".valueOf")
        if not generated:
            frames.append(frame)

    def _open(self, cause: Cause | None) -> None:
        self.all.append(_Section(cause))
        self._at = len(self.all) - 1

    def _read_head(self, line: str) -> None:
        if self._panicked:
            self._panicked = False
            self.all[self._at].cause = Cause("panic", line.strip())
        elif _says_nothing(line, python=self._python):
            pass
        elif _BACK in line:
            self._at = max(self._at - 1, 0)
        elif _BESIDE.match(line):
            self._beside = True
        elif (panic := _RUST.search(line)) is not None:
            self._panicked = panic["msg"] is None
            self.all[self._at] = _Section(Cause("panic", panic["msg"] or ""))
            self.all[self._at].frames.append(Frame(panic["file"], int(panic["line"]), "", own=False))
        elif not (self._beside and line.startswith("\t\t")):
            self._take_cause(line)

    def _take_cause(self, line: str) -> None:
        current, last_first = self.all[self._at], self.grammar is None or not self.grammar.innermost_last
        cause = _read_cause(line[:_LONGEST], python=self._python)
        if cause is None:
            return
        linked = bool(_LINK.match(line)) or bool(current.cause is not None and current.frames)
        self._beside = self._beside and not linked
        if linked and last_first:
            self._open(cause)
        elif current.cause is None or not current.frames:
            current.cause = cause
        thrown = _PHP.search(line)
        if thrown and thrown["file"]:
            frame = Frame(thrown["file"], int(thrown["line"]), "", is_own(thrown["file"], ""))
            self.all[self._at].frames.append(frame)

    @property
    def _python(self) -> bool:
        return self.grammar is not None and self.grammar.language == "python"


@lru_cache(TRACE_LINES_REMEMBERED)
def _says_nothing(line: str, *, python: bool) -> bool:
    """Tell whether a line that is no frame is nothing else either: most often the code below a frame."""
    special = _BACK in line or _BESIDE.match(line) or _RUST.search(line) or _PHP.search(line)
    return not special and _read_cause(line[:_LONGEST], python=python) is None


@lru_cache(TRACE_LINES_REMEMBERED)
def _read_cause(start: str, *, python: bool) -> Cause | None:
    """Return the exception that a line begins with or names; in Python's traces an indented line is code."""
    if python:
        start = _GROUP.sub("", start)
        if start.startswith(" "):
            return None
    panic = _GO.search(start)
    if panic:
        return Cause("panic", panic["msg"])
    for pattern in (_RUBY, _PHP, _HEAD, *((_WORD,) if python else ())):
        found = pattern.search(start)
        if found:
            return Cause(found["cls"], (found["msg"] or "").strip())
    return None


def parse_trace(text: str) -> StackTrace | None:
    """Return what the stack trace in a record's text says, or None when it holds no frame.

    Reads at most TRACE_LINES_READ lines; never raises.
    """
    sections, before = _Sections(), ""
    for line in text.split("\n", TRACE_LINES_READ)[:TRACE_LINES_READ]:
        sections.read(line, before)
        before = line if line.strip() else before
    ordered = sections.ordered()
    frames = [frame for section in ordered for frame in section.frames]
    if not frames:
        return None
    return StackTrace(
        language=sections.grammar.language if sections.grammar else "rust",
        chain=tuple(section.cause for section in ordered if section.cause is not None),
        frames=tuple(ordered[0].frames),
        top=next((frame for frame in frames if frame.own), frames[0]),
    )
