"""What every candidate must pass before anyone looks at it: candidates come in, a list of verdicts goes out.

Each gate is one function; all are run, so that the report can say everything that is wrong with a patch at once.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hotfix.core.errors import InputError
from hotfix.repair import limits
from hotfix.repair.checkout import read_file
from hotfix.repair.contract import Candidate, Edit, GateResult, Judged, Repository, SourceFrame
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.parsing import find_fault, list_declared, list_imports, list_signatures
from hotfix.repair.patch import apply_diff
from hotfix.repair.source import Source, find_function

_SETTINGS = frozenset({FileKind.CONFIG, FileKind.DEPENDENCY})
_PLACEHOLDER = re.compile(
    r"(?i)(?:rest|remainder) of (?:the |this )?(?:code|file|function|class|method|implementation)"
    r"|\.\.\.\s*(?:existing|previous|original|other|same|unchanged|rest)|(?:existing|previous|original) code"
    r"|(?:your|actual|real) (?:code|implementation|logic) (?:here|goes)|\b(?:TODO|FIXME|XXX)\b|omitted for brevity"
    r"|not implemented|NotImplementedError|^\s*\.\.\.\s*$"
)
_NETWORK = re.compile(
    r"\brequests\.\w+\(|\burlopen\(|\bhttpx\.\w+\(|\bsocket\.(?:socket|create_connection)\(|\bfetch\(|\baxios\b"
    r"|\bhttp\.(?:Get|Post|request|get)\(|\bXMLHttpRequest\b|\bHttpClient\b|\bopenConnection\(|\bnet\.Dial"
)
_CATCH = re.compile(r"^\s*(?:\}\s*)?(?:except\b.*:|catch\b\s*(?:\(.*\))?\s*\{|\.catch\(|.*\brecover\(\))")
_RAISES = re.compile(r"\b(?:raise|throw|panic|reject|exit)\b|\breturn\b.*\b(?:err|error|Error|Errorf)\b")


@dataclass(frozen=True)
class _Case:
    """A candidate with what the gates need to know."""

    repository: Repository
    candidate: Candidate
    frames: tuple[SourceFrame, ...]
    sources: Mapping[str, Source]  # at the head

    @property
    def is_revert(self) -> bool:
        return self.candidate.rung == "revert"

    @property
    def has_settings(self) -> bool:
        """Tell whether settings or dependencies are changed: no stack trace names those."""
        return any(tell_kind(edit.path) in _SETTINGS for edit in self.candidate.edits)

    def pairs(self) -> Iterator[tuple[Edit, Source, Source]]:
        """Yield edits with the file before and after; a missing file is empty."""
        for edit in self.candidate.edits:
            yield edit, Source(edit.path, edit.before or b""), Source(edit.path, edit.after or b"")

    def code(self) -> Iterator[tuple[Edit, Source, Source]]:
        """Yield the same for files whose syntax is read."""
        return (pair for pair in self.pairs() if pair[1].language is not None)


def judge_candidate(
    repository: Repository, candidate: Candidate, frames: tuple[SourceFrame, ...], sources: Mapping[str, Source]
) -> Judged:
    """Return what every gate says of a candidate."""
    case = _Case(repository, candidate, frames, sources)
    results = []
    for name, gate in GATES.items():
        fault = gate(case)
        results.append(GateResult(name, fault is None, fault or _PASSED[name]))
    return Judged(candidate, tuple(results))


def _parses(case: _Case) -> str | None:
    for edit, before, after in case.pairs():
        fault = find_fault(after) if edit.after is not None else None
        if fault is not None and (edit.before is None or find_fault(before) is None):
            return fault
    return None


def _keeps_signatures(case: _Case) -> str | None:
    if case.is_revert:
        return _keeps_used_names(case)
    for _, before, after in case.code():
        old, new = list_signatures(before), list_signatures(after)
        for signature, result in old.items():
            if new.get(signature) != result:
                return f"{before.path}: {signature} is gone or gives something else"
    return None


def _keeps_used_names(case: _Case) -> str | None:
    """Refuse a revert that takes away what other files use."""
    edited = {edit.path for edit in case.candidate.edits}
    after = {edit.path: source for edit, _, source in case.pairs() if edit.after is not None}
    others = {path: source for path, source in case.sources.items() if path not in edited} | after
    for _, old, new in case.code():
        gone = set(list_declared(old)) - set(list_declared(new))
        for name in sorted(gone):
            pattern = re.compile(rf"\b{re.escape(name)}\b")
            user = next((path for path, source in others.items() if pattern.search(source.text)), None)
            if user is not None and not any(name in set(list_declared(source)) for source in others.values()):
                return f"{name} of {old.path} is still used in {user}"
    return None


def _adds_nothing_foreign(case: _Case) -> str | None:
    if case.is_revert:
        return None
    for _, before, after in case.code():
        fresh = list_imports(after) - list_imports(before) - set(case.candidate.imports)
        if fresh:
            return f"{after.path} imports {', '.join(sorted(fresh))} newly"
        if len(_NETWORK.findall(after.text)) > len(_NETWORK.findall(before.text)):
            return f"{after.path} calls over the network where it did not before"
    return None


def _is_small(case: _Case) -> str | None:
    added = sum(file.added for file in case.candidate.files)
    removed = sum(file.removed for file in case.candidate.files)
    most = limits.REVERT_LINES_MOST if case.is_revert else limits.PATCH_LINES_MOST
    if added + removed > most:
        return f"{added + removed} changed lines, at most {most} are allowed"
    if not case.is_revert and removed - added > limits.PATCH_LOSS_MOST:
        return f"{removed - added} lines are lost: that takes a feature away and does not mend it"
    return None


def _stays_in_place(case: _Case) -> str | None:
    if case.candidate.rung == "config":
        return None
    edited = {edit.path for edit in case.candidate.edits}
    if case.is_revert:
        fits = not case.frames or any(_touches_frame(case, old, new) for _, old, new in case.code())
        return None if fits or case.has_settings else "it changes no function that the evidence names"
    for _, before, after in case.code():
        spans = [(f.first_line, f.last_line) for f in case.frames if f.path == before.path]
        for first, last in _list_changes(before, after):
            imports = all(re.match(r"\s*(?:import|from|\)|\"|$)", line) for line in after.lines[first - 1 : last])
            if not imports and not any(begin <= first <= end + (last - first + 1) for begin, end in spans):
                return f"{before.path}:{first} lies in no function that the evidence names"
    return None if edited & {frame.path for frame in case.frames} else "it touches no file that the evidence names"


def _touches_frame(case: _Case, before: Source, after: Source) -> bool:
    """Tell whether a change lies in a function that the evidence names, or outside of functions in such a file."""
    named = [frame for frame in case.frames if frame.path == before.path]
    for first, last in _list_changes(after, before):
        if any(frame.first_line <= last and first <= frame.last_line for frame in named if frame.function):
            return True
        if named and find_function(before, first) is None:
            return any(line.strip() for line in before.lines[first - 1 : last])
    return False


def _list_changes(before: Source, after: Source) -> list[tuple[int, int]]:
    """Return first and last line (in the new file) of each change."""
    matcher = difflib.SequenceMatcher(a=before.lines, b=after.lines, autojunk=False)
    return [(new + 1, max(end, new + 1)) for tag, _, _, new, end in matcher.get_opcodes() if tag != "equal"]


def _leaves_tests(case: _Case) -> str | None:
    for edit in case.candidate.edits:
        if tell_kind(edit.path) is not FileKind.TEST:
            continue
        old = read_file(case.repository, edit.path, f"{case.candidate.commit}^") if case.candidate.commit else None
        if not case.is_revert or edit.after != old:
            return f"{edit.path} is a test: a patch must not change what judges it"
    return None


def _is_whole(case: _Case) -> str | None:
    for _, before, after in case.pairs():
        old = set(before.lines)
        found = next((line for line in after.lines if line not in old and _PLACEHOLDER.search(line)), None)
        if found is not None and not case.is_revert:
            return f"{after.path}: {found.strip()!r:.60} stands for code that is not there"
    return None


def _swallows_nothing(case: _Case) -> str | None:
    if case.candidate.mitigation or case.is_revert:
        return None
    for _, before, after in case.code():
        old = set(before.lines)
        for number, line in enumerate(after.lines):
            if line not in old and _CATCH.match(line) and not _RAISES.search(_read_body(after.lines, number)):
                return f"{after.path}:{number + 1} swallows an error: that is a mitigation and no fix"
    return None


def _read_body(lines: list[str], head: int) -> str:
    """Return the lines of a handler: those indented deeper than its head."""
    depth = len(lines[head]) - len(lines[head].lstrip())
    body = []
    for line in lines[head + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        body.append(line)
    return "\n".join(body)


def _goes_both_ways(case: _Case) -> str | None:
    edits, diff = case.candidate.edits, case.candidate.diff
    try:
        there = apply_diff(case.repository, edits, diff, back=False)
        back = apply_diff(case.repository, edits, diff, back=True)
    except InputError as error:
        return str(error).removeprefix("--repo: ")
    if there != {edit.path: edit.after for edit in edits}:
        return "git apply gives other bytes than the patch promises"
    return None if back == {edit.path: edit.before for edit in edits} else "taking it back does not restore every byte"


GATES = {
    "parses": _parses,
    "signatures": _keeps_signatures,
    "nothing foreign": _adds_nothing_foreign,
    "small": _is_small,
    "in place": _stays_in_place,
    "tests untouched": _leaves_tests,
    "whole": _is_whole,
    "no swallowed error": _swallows_nothing,
    "applies and reverses": _goes_both_ways,
}
"""Name → what is wrong with a candidate, or None."""

_PASSED = {
    "parses": "every file still parses",
    "signatures": "no function that others use is gone or changed",
    "nothing foreign": "no import and no network call is new beyond what the fixer names",
    "small": "few lines change",
    "in place": "it touches what the evidence names",
    "tests untouched": "no test is changed",
    "whole": "nothing is left out",
    "no swallowed error": "no error is hidden, or it is called a mitigation",
    "applies and reverses": "git apply and its reverse give the promised bytes",
}
