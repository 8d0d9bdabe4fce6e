"""Gates that read what a patch touches: few lines, at the place that failed, no test."""

import difflib
import re
from typing import TYPE_CHECKING

from hotfix.repair import limits
from hotfix.repair.checkout import read_file
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.fixers import REACHING, STATE
from hotfix.repair.gates.case import Case
from hotfix.repair.source import Source, find_function, list_functions, name_function, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_FIELD = re.compile(r"^\s+\w+\s+sync\.Once$")
"""A field that a type of the failing method needs for its fix (Go)."""


def is_small(case: Case) -> str | None:
    """Refuse too many changed lines, and a loss of lines."""
    added = sum(file.added for file in case.candidate.files)
    removed = sum(file.removed for file in case.candidate.files)
    most = limits.REVERT_LINES_MOST if case.is_revert else limits.PATCH_LINES_MOST
    if added + removed > most:
        return f"{added + removed} changed lines, at most {most} are allowed"
    if not case.is_revert and removed - added > limits.PATCH_LOSS_MOST:
        return f"{removed - added} lines are lost: that takes a feature away and does not mend it"
    return None


def stays_in_place(case: Case) -> str | None:
    """Refuse a change outside of the functions that the evidence names."""
    if case.candidate.rung == "config":
        return None
    edited = {edit.path for edit in case.candidate.edits}
    if case.is_revert:
        fits = not case.frames or any(_touches_frame(case, old, new) for _, old, new in case.code())
        return None if fits or case.has_settings else "it changes no function that the evidence names"
    for _, before, after in case.code():
        spans = [(f.first_line, f.last_line) for f in case.frames if f.path == before.path]
        if case.candidate.rung in REACHING and spans:
            continue
        if case.candidate.rung in STATE:
            spans += [span_lines(one) for one in list_functions(before) if _leaves_state(case, before, one)]
        for old, new in _pair_changes(before, after):
            imports = all(re.match(r"\s*(?:import|from|\)|\"|$)", line) for line in after.lines[new.start : new.stop])
            added = not old and all(_FIELD.match(line) for line in after.lines[new.start : new.stop])
            if (
                not imports
                and not added
                and not any(begin <= old.start + 1 and old.stop <= end for begin, end in spans)
            ):
                return f"{before.path}:{new.start + 1} lies in no function that the evidence names"
    return None if edited & {frame.path for frame in case.frames} else "it touches no file that the evidence names"


def _leaves_state(case: Case, source: Source, function: "SgNode") -> bool:
    """Tell whether a function is called by one that the evidence names, or a method of the same type (Go)."""
    for frame in case.frames:
        if frame.path != source.path:
            continue
        named = find_function(source, frame.line)
        if named is None:
            continue
        receivers = [_name_receiver(one) for one in (named, function)]
        called = re.search(rf"\b{re.escape(name_function(function))}\(", named.text())
        if called is not None or (receivers[0] and receivers[0] == receivers[1]):
            return True
    return False


def _name_receiver(function: "SgNode") -> str:
    """Return the type that a method belongs to (Go); nothing for a function."""
    receiver = function.field("receiver")
    return re.sub(r"^\(\s*\w+\s+\*?|\)$", "", receiver.text()) if receiver is not None else ""


def _touches_frame(case: Case, before: Source, after: Source) -> bool:
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
    return [(new.start + 1, max(new.stop, new.start + 1)) for _, new in _pair_changes(before, after)]


def _pair_changes(before: Source, after: Source) -> list[tuple[range, range]]:
    """Return the lines of each change in the old and in the new file, counted from 0; an insertion has none of old."""
    matcher = difflib.SequenceMatcher(a=before.lines, b=after.lines, autojunk=False)
    opcodes = matcher.get_opcodes()
    return [(range(old, old_end), range(new, end)) for tag, old, old_end, new, end in opcodes if tag != "equal"]


def leaves_tests(case: Case) -> str | None:
    """Refuse a changed test, unless a revert brings back what it was."""
    for edit in case.candidate.edits:
        if tell_kind(edit.path) is not FileKind.TEST:
            continue
        old = read_file(case.repository, edit.path, f"{case.candidate.commit}^") if case.candidate.commit else None
        if not case.is_revert or edit.after != old:
            return f"{edit.path} is a test: a patch must not change what judges it"
    return None
