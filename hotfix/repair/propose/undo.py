"""Takes a commit back file by file, by merges in temporary files: ids come in, edits go out.

`git revert` would write objects, and git touches those of the user's repository that hold the same.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.repair.checkout import list_files, read_file
from hotfix.repair.contract import Edit, Repository
from hotfix.repair.git import call_git, run_git

_ABSENT = "000000"
_PLAIN = frozenset({_ABSENT, "100644", "100755"})  # no links, no submodules


class BuiltOnError(Exception):
    """Later commits changed the same lines."""


def take_back(repository: Repository, commit: str, parent: str, keep: Callable[[str], bool]) -> tuple[Edit, ...]:
    """Return what takes a commit back at the head, in order of paths; files that are as before it are left out.

    Args:
        repository: at the head.
        commit: full id.
        parent: the commit before it.
        keep: tells of a path whether its change stays.

    Raises:
        BuiltOnError: later commits changed the same lines.
        InputError: the repository lacks a file of that time.
    """
    head = frozenset(list_files(repository))
    edits = []
    for path, before, after in _list_changed(repository, commit, parent):
        if keep(path):
            continue
        base, theirs = _read(repository, path, commit, after), _read(repository, path, parent, before)
        edits.append(_take_file_back(repository, path, head, base, theirs))
    return tuple(edit for edit in edits if edit.before != edit.after)


def _list_changed(repository: Repository, commit: str, parent: str) -> list[tuple[str, str, str]]:
    """Return path, mode before and mode after of the plain files that a commit changed."""
    rows = run_git(repository.git_dir, "diff-tree", "-r", "-z", "--no-renames", "--raw", parent, commit)
    words = rows.decode(errors="surrogateescape").split("\0")
    found = [(path, *change.lstrip(":").split()[:2]) for change, path in zip(words[::2], words[1::2], strict=False)]
    return [(path, before, after) for path, before, after in found if {before, after} <= _PLAIN]


def _read(repository: Repository, path: str, revision: str, mode: str) -> bytes | None:
    if mode == _ABSENT:
        return None
    content = read_file(repository, path, revision)
    if content is None:
        raise InputError(f"--repo: expected {path} at {revision[:12]} in {repository.given}, its content is not there")
    return content


def _take_file_back(
    repository: Repository, path: str, head: frozenset[str], base: bytes | None, theirs: bytes | None
) -> Edit:
    ours = read_file(repository, path)
    if ours is not None and path not in head:
        raise BuiltOnError
    if ours == base:
        return Edit(path, ours, theirs)
    if theirs in {base, ours}:
        return Edit(path, ours, ours)
    if ours is None or base is None or theirs is None:
        raise BuiltOnError
    return Edit(path, ours, _merge(repository, ours, base, theirs))


def _merge(repository: Repository, ours: bytes, base: bytes, theirs: bytes) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hotfix-merge-") as folder:
        paths = [Path(folder, name) for name in ("ours", "base", "theirs")]
        for path, content in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(content)
        done = call_git(repository.git_dir, "merge-file", "--stdout", "--quiet", *map(str, paths))
    if done.code:
        raise BuiltOnError
    return done.out
