"""Takes a commit back, whole or the one hunk through which the failure went.

Versions, change logs and documents of the commit stay: the patch is a new release and not the old one.
"""

import re
from collections.abc import Iterator

from hotfix.repair.checkout import read_file
from hotfix.repair.contract import Edit, Repository, SuspectCommit
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.git import list_lines, run_git
from hotfix.repair.limits import REVERTS_MOST
from hotfix.repair.locate import Located
from hotfix.repair.propose.candidates import Draft, NotTried
from hotfix.repair.propose.undo import BuiltOnError, take_back
from hotfix.repair.source import Source, find_function, name_function

_KEPT = frozenset({FileKind.VERSION, FileKind.DOCS})
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def propose_reverts(repository: Repository, located: Located) -> Iterator[Draft | NotTried]:
    """Yield reverts of the suspect commits that came with the change, best suspect first."""
    fresh = [one for one in located.suspects if one.commit in located.among.commits]
    tied = [one for one in fresh if one.tied][:REVERTS_MOST]
    if located.suspects and not fresh:
        yield NotTried("No suspect commit came with the change: there is none to take back.")
    elif fresh and not tied:
        name = f"{fresh[0].commit[:10]} ({fresh[0].subject})"
        yield NotTried(f"Nothing but its time speaks against {name}: it is not taken back.")
    for suspect in tied:
        yield from _revert(repository, located, suspect)


def _revert(repository: Repository, located: Located, suspect: SuspectCommit) -> Iterator[Draft | NotTried]:
    name = f"{suspect.commit[:10]} ({suspect.subject})"
    parents = list_lines(repository.git_dir, "rev-list", "--parents", "--max-count=1", suspect.commit)[0].split()[1:]
    if not parents:
        yield NotTried(f"{name} is the first commit: taking it back would leave nothing.")
        return
    edits = _revert_whole(repository, suspect.commit, parents[0])
    if edits is None:
        yield NotTried(f"{name} cannot be taken back whole: later commits changed the same lines.")
    elif not edits:
        yield NotTried(f"{name} changes nothing that runs, or was taken back already.")
    else:
        yield Draft(
            rung="revert",
            edits=edits,
            rationale=f"Takes back {name}: {suspect.reasons[0] if suspect.reasons else 'it came with the change'}.",
            measures=("the code is what ran before the change", "version and change log are left for the new release"),
            commit=suspect.commit,
        )
    hunk = _revert_hunk(repository, located, suspect, parents[0])
    if hunk is not None and (hunk,) != edits:
        yield Draft(
            rung="revert",
            edits=(hunk,),
            rationale=f"Takes back only what {name} changed around {suspect.path}:{suspect.line}, where it failed.",
            measures=("the rest of the commit stays",),
            commit=suspect.commit,
        )


def _revert_whole(repository: Repository, commit: str, parent: str) -> tuple[Edit, ...] | None:
    """Return the edits that take a commit back, or None when it does not come out cleanly."""
    try:
        edits = take_back(repository, commit, parent, lambda path: tell_kind(path) in _KEPT)
    except BuiltOnError:
        return None
    return edits if any(tell_kind(edit.path) is not FileKind.TEST for edit in edits) else ()


def _revert_hunk(repository: Repository, located: Located, suspect: SuspectCommit, parent: str) -> Edit | None:
    """Return the edit that takes back the hunk around the suspect's line, when it lies within one function."""
    source = located.sources.get(suspect.path or "")
    if source is None or not suspect.line or repository.head != (located.among.running or repository.head):
        return None
    patch = run_git(
        repository.git_dir, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "-U0",
        parent, suspect.commit, "--", source.path,
    )  # fmt: skip
    hunk = _pick_hunk(patch, suspect.line)
    before = read_file(repository, source.path, parent)
    if hunk is None or before is None or read_file(repository, source.path, suspect.commit) != source.content:
        return None
    first, last, old, replacement = hunk
    if not _is_inside(source, first, last) or not _is_inside(Source(source.path, before), *old):
        return None
    rows = source.content.split(b"\n")
    rows[first - 1 : last] = replacement
    return Edit(source.path, source.content, b"\n".join(rows))


def _pick_hunk(patch: bytes, line: int) -> tuple[int, int, tuple[int, int], list[bytes]] | None:
    """Return first and last line of the hunk that holds a line, those before it, and the lines that stood there."""
    rows = patch.split(b"\n")
    for place, row in enumerate(rows):
        found = _HUNK.match(row.decode(errors="replace"))
        if found is None:
            continue
        old, n_old, new, n_new = int(found[1]), int(found[2] or 1), int(found[3]), int(found[4] or 1)
        if n_new and n_old and new <= line < new + n_new:
            removed = [text[1:] for text in rows[place + 1 : place + 1 + n_old]]
            return new, new + n_new - 1, (old, old + n_old - 1), removed
    return None


def _is_inside(source: Source, first: int, last: int) -> bool:
    """Tell whether lines lie in the body of one function, so that no name that others use comes or goes."""
    node, other = find_function(source, first), find_function(source, last)
    if node is None or other is None or node.range().start.index != other.range().start.index:
        return False
    return bool(name_function(node)) and node.range().start.line + 1 < first
