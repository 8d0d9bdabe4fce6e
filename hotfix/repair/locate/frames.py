"""From evidence to places in the source: stack traces by their frames, other messages by the text that writes them."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.core.facts import Evidence
from hotfix.ingest.traces import Frame, StackTrace, parse_trace
from hotfix.repair.contract import SourceFrame
from hotfix.repair.limits import FRAMES_MOST
from hotfix.repair.locate.paths import FoundFile, find_path
from hotfix.repair.source import Source, find_function, list_functions, name_function, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_GOROUTINE = re.compile(r"(?ms)^goroutine \d+(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[.*?(?=\r?\n\s*\n|\Z)")
_RUNTIME_STACK = re.compile(r"(?ms)^runtime stack:\r?\n.*\Z")
_REGISTERS = re.compile(r" fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+")
_PLAIN_NAME = re.compile(r"[\w$<>]+$")


@dataclass(frozen=True, slots=True)
class Tree:
    """The source files of one revision."""

    paths: tuple[str, ...]
    sources: dict[str, Source]  # those that were read, by path


def find_frames(evidence: Sequence[Evidence], tree: Tree) -> tuple[SourceFrame, ...]:
    """Return the places that the traces of the evidence name in the repository, each once, as evidence comes.

    Within one trace the place where it failed comes first (depth 0), then its callers.
    """
    found: dict[tuple[str, int], SourceFrame] = {}
    for one in evidence:
        trace = read_trace(one.excerpt)
        for frame in _place_frames(one.id, trace, tree) if trace else ():
            found.setdefault((frame.path, frame.line), frame)
    return tuple(found.values())[:FRAMES_MOST]


def read_trace(excerpt: str) -> StackTrace | None:
    """Return the stack trace in the text of a record; one inside a JSON value is unfolded first."""
    trace = parse_trace(_take_first_goroutine(excerpt))
    if trace is not None and trace.top is not None and trace.top.line:
        return trace
    unfolded = _unfold(excerpt)
    return parse_trace(unfolded) if unfolded else trace


def _take_first_goroutine(excerpt: str) -> str:
    """Return the crash of a Go program with the goroutine alone that failed, the first; other texts as they are."""
    blocks = list(_GOROUTINE.finditer(excerpt))
    if not blocks or (len(blocks) == 1 and " fp=0x" not in excerpt):
        return excerpt
    head = _RUNTIME_STACK.sub("", excerpt[: blocks[0].start()])
    return head + _REGISTERS.sub("", blocks[0][0])


def _unfold(excerpt: str) -> str | None:
    """Return the longest text with several lines inside a JSON record, or the record with its escapes undone."""
    try:
        value: object = json.loads(excerpt)
    except ValueError:
        return excerpt.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"') if "\\n" in excerpt else None
    return max((text for text in _list_texts(value) if "\n" in text), key=len, default=None)


def _list_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _list_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _list_texts(inner)


def _place_frames(ident: str, trace: StackTrace, tree: Tree) -> Iterator[SourceFrame]:
    cause = trace.chain[0] if trace.chain else None
    placed = [(frame, place) for frame in trace.frames if (place := _find_place(frame, tree)) is not None]
    if not placed and trace.top is not None and (place := _find_place(trace.top, tree)) is not None:
        placed = [(trace.top, place)]  # the root cause lies in a library; our own code called it
    for depth, (frame, place) in enumerate(placed):
        source = tree.sources.get(place.path)
        line = frame.line if place.same_lines else 0
        name, first, last = _find_span(source, line, frame)
        yield SourceFrame(
            evidence=ident,
            path=place.path,
            line=line,
            function=name,
            first_line=first,
            last_line=last,
            exception=cause.exception if cause else None,
            message=cause.message if cause else "",
            depth=depth,
        )


def _find_place(frame: Frame, tree: Tree) -> FoundFile | None:
    return find_path(frame.file, tree.paths, own=frame.own) if frame.file else None


def _find_span(source: Source | None, line: int, frame: Frame) -> tuple[str, int, int]:
    """Return name, first and last line of the function that a frame is in; of the whole file where there is none."""
    if source is None:
        return frame.function, 1, 1
    node = find_function(source, line) if line else _find_named(source, frame.function)
    if node is None:
        return "", 1, len(source.lines)
    return name_function(node) or frame.function, *span_lines(node)


def _find_named(source: Source, function: str) -> "SgNode | None":
    name = _PLAIN_NAME.search(function)
    named = [node for node in list_functions(source) if name and name_function(node) == name[0]]
    return named[0] if len(named) == 1 else None
