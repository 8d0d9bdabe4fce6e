"""Gates that read what a patch says: nothing left out, no error hidden, and it can be taken back."""

import re

from hotfix.core.errors import InputError
from hotfix.repair.gates.case import Case
from hotfix.repair.patch import apply_diff

_PLACEHOLDER = re.compile(
    r"(?i)(?:rest|remainder) of (?:the |this )?(?:code|file|function|class|method|implementation)"
    r"|\.\.\.\s*(?:existing|previous|original|other|same|unchanged|rest)|(?:existing|previous|original) code"
    r"|(?:your|actual|real) (?:code|implementation|logic) (?:here|goes)|\b(?:TODO|FIXME|XXX)\b|omitted for brevity"
    r"|not implemented|NotImplementedError|^\s*\.\.\.\s*$"
)
_CATCH = re.compile(r"^\s*except\b.*?:|\bcatch\b\s*(?:\([^)]*\))?\s*\{|\.catch\(|\brecover\(\)")
_SUPPRESS = re.compile(r"^\s*(?:async\s+)?with\b.*\bsuppress\(")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|/\*.*?\*/|#.*|//.*")
_RAISES = re.compile(r"\b(?:raise|throw|panic|reject|exit)\b|\breturn\b.*\b(?:err|error|Error|Errorf)\b")


def is_whole(case: Case) -> str | None:
    """Refuse a line that stands for code which is not there."""
    for _, before, after in case.pairs():
        old = set(before.lines)
        found = next((line for line in after.lines if line not in old and _PLACEHOLDER.search(line)), None)
        if found is not None and not case.is_revert:
            return f"{after.path}: {found.strip()!r:.60} stands for code that is not there"
    return None


def makes_nothing_up(case: Case) -> str | None:
    """Refuse what nothing in the code speaks for: it stops the error and may do what nobody meant."""
    guess = case.candidate.guess
    return f"nothing in the code says {guess}: to patch it here would be a guess" if guess else None


def swallows_nothing(case: Case) -> str | None:
    """Refuse a new handler that hides an error, unless it is called a mitigation."""
    if case.candidate.mitigation or case.is_revert:
        return None
    for _, before, after in case.code():
        old = set(before.lines)
        for number, line in enumerate(after.lines):
            if line not in old and _hides(after.lines, number):
                return f"{after.path}:{number + 1} swallows an error: that is a mitigation and no fix"
    return None


def _hides(lines: list[str], number: int) -> bool:
    """Tell whether a handler that passes no error on begins on a line; what texts and comments say does not count."""
    line = _TEXT.sub("", lines[number])
    head = _CATCH.search(line)
    if head is None:
        return _SUPPRESS.match(line) is not None
    return not _RAISES.search(line[head.end() :] + _TEXT.sub("", _read_body(lines, number)))


def _read_body(lines: list[str], head: int) -> str:
    """Return the lines of a handler: those indented deeper than its head."""
    depth = len(lines[head]) - len(lines[head].lstrip())
    body = []
    for line in lines[head + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        body.append(line)
    return "\n".join(body)


def goes_both_ways(case: Case) -> str | None:
    """Refuse a diff that does not give, or does not take back, exactly the promised bytes."""
    edits, diff = case.candidate.edits, case.candidate.diff
    try:
        there = apply_diff(case.repository, edits, diff, back=False)
        back = apply_diff(case.repository, edits, diff, back=True)
    except InputError as error:
        return str(error).removeprefix("--repo: ")
    if there != {edit.path: edit.after for edit in edits}:
        return "git apply gives other bytes than the patch promises"
    return None if back == {edit.path: edit.before for edit in edits} else "taking it back does not restore every byte"
