"""Reads a stack trace: the text of one record comes in; exception class, cause chain and own frame go out."""

import re
from dataclasses import dataclass, field

from hotfix.core.settings import TRACE_LINES_READ
from hotfix.ingest.traces.frames import Frame, Grammar, read_frame


@dataclass(frozen=True, slots=True)
class Cause:
    """One exception of a chain."""

    exception: str  # class as written, with its package where the trace has it
    message: str


@dataclass(frozen=True, slots=True)
class StackTrace:
    """What a stack trace says."""

    language: str
    exception: str  # class of the root cause
    message: str  # its message
    chain: tuple[Cause, ...]  # root cause first
    frames: tuple[Frame, ...]  # of the root cause, innermost first
    top: Frame | None  # where our own code failed; the innermost frame of all when none is our own


_CLASS = (
    r"(?P<cls>(?:[A-Za-z_$][\w$]*(?:\.|::|\\|/))*[A-Za-z_$][\w$]*"
    r"(?:Error|Exception|Failure|Fault|Interrupt|Exit|Timeout|Throwable|Violation|Expired|Iteration)"
    r"|(?:[a-z_]\w*\.)+[A-Z]\w*)"
)
_HEAD = re.compile(rf"(?:^|[\s:'\"(>\]|]){_CLASS}(?: \[\w+\])?(?::? (?P<msg>.*)|:?$)")
_GO = re.compile(r"^(?:panic|fatal error): (?P<msg>.*?)(?: \[recovered\])?$")
_RUST = re.compile(r"panicked at (?:'(?P<old>.*)', )?(?P<file>[^\s:]+):(?P<line>\d+)(?::\d+)?:?$")
_RUBY = re.compile(r":in ['`][^']+': (?P<msg>.*) \((?P<cls>[\w:]+)\)$")
_PHP = re.compile(r"Uncaught (?P<cls>[\w\\]+): (?P<msg>.*?)(?: in (?P<file>/\S+):(?P<line>\d+))?$")
_LINK = re.compile(r"^\s*(?:Caused by:|--->|\[cause\]:|Next |Wrapped by:)")


@dataclass(slots=True)
class _Section:
    """One exception with its frames, while it is read."""

    cause: Cause | None = None
    frames: list[Frame] = field(default_factory=list)


def parse_trace(text: str) -> StackTrace | None:
    """Return what the stack trace in a record's text says, or None when it holds none.

    A trace needs an exception or a panic and at least one frame. Reads at most TRACE_LINES_READ lines; never raises.
    """
    lines = text.split("\n", TRACE_LINES_READ)[:TRACE_LINES_READ]
    sections, grammar = _read_sections(lines)
    known = [section for section in sections if section.cause is not None]
    if not known or not any(section.frames for section in known):
        return None
    root_first = grammar is not None and grammar.innermost_last
    ordered = known if root_first else known[::-1]
    root = ordered[0]
    frames = [section.frames[::-1] if root_first else section.frames for section in ordered]
    causes = tuple(section.cause for section in ordered if section.cause is not None)
    return StackTrace(
        language=grammar.language if grammar else "rust",
        exception=causes[0].exception,
        message=causes[0].message,
        chain=causes,
        frames=tuple(root.frames[::-1] if root_first else root.frames),
        top=_find_top([frame for group in frames for frame in group]),
    )


def _read_sections(lines: list[str]) -> tuple[list[_Section], Grammar | None]:
    """Split a trace at its exceptions: before their frames in most languages, behind them in Python."""
    sections, grammar, before = [_Section()], None, ""
    for line in lines:
        found = read_frame(line, before)
        if found:
            grammar = grammar or found[0]
            if _RUBY.search(line):
                _read_head(line, sections, grammar)
            if found[0].innermost_last and sections[-1].cause is not None and sections[-1].frames:
                sections.append(_Section())
            elif found[0].innermost_last and not sections[-1].frames:
                sections[-1].cause = None
            sections[-1].frames.append(found[1])
        else:
            _read_head(line, sections, grammar)
        before = line if line.strip() else before
    return sections, grammar


def _read_head(line: str, sections: list[_Section], grammar: Grammar | None) -> None:
    panic = _RUST.search(line)
    if panic and panic["file"].endswith(".rs"):
        frame = Frame(panic["file"], int(panic["line"]), "panic site", own=True)
        sections[-1] = _Section(Cause("panic", panic["old"] or ""), [frame])
        return
    cause = _read_cause(line)
    if cause is None:
        return
    current = sections[-1]
    linked = bool(_LINK.match(line)) or (current.cause is not None and bool(current.frames))
    if linked and not (grammar and grammar.innermost_last):
        sections.append(_Section(cause))
    elif current.cause is None or not current.frames:
        current.cause = cause


def _read_cause(line: str) -> Cause | None:
    go = _GO.match(line)
    if go:
        return Cause("panic", go["msg"])
    for pattern in (_RUBY, _PHP, _HEAD):
        found = pattern.search(line[:_LONGEST])
        if found:
            return Cause(found["cls"], (found["msg"] or "").strip())
    return None


_LONGEST = 4000


def _find_top(frames: list[Frame]) -> Frame | None:
    return next((frame for frame in frames if frame.own), frames[0] if frames else None)
