"""Makes patches of edits and applies them, in a temporary repository that holds the edited files and nothing else."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.repair.contract import Edit, FileChange, Repository
from hotfix.repair.git import call_git, init_like, run_git

_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--binary", "--full-index")
_PREFIXES = ("--src-prefix=a/", "--dst-prefix=b/")


def make_diff(repository: Repository, edits: Sequence[Edit]) -> tuple[bytes, tuple[FileChange, ...]]:
    """Return the edits as a diff that `git apply` reads, and how many lines each file gains and loses.

    Raises:
        InputError: the edits change nothing, or git fails.
    """
    with _hold(repository, edits) as folder:
        git_dir = folder / ".git"
        for edit in edits:
            _write(folder, edit.path, edit.after)
        run_git(git_dir, "add", "--all", "--force", work_tree=folder)
        diff = run_git(git_dir, *_DIFF, *_PREFIXES, "--cached", "HEAD", work_tree=folder)
        rows = run_git(git_dir, "diff", "--cached", "--no-renames", "--numstat", "-z", "HEAD", work_tree=folder)
    if not diff:
        raise InputError("expected edits that change a file, found none")
    return diff, tuple(_read_numbers(rows))


def apply_diff(repository: Repository, edits: Sequence[Edit], diff: bytes, *, back: bool) -> dict[str, bytes | None]:
    """Return the files of edits after `git apply` (with ``back``: after `git apply --reverse` on top of the edits).

    Raises:
        InputError: git refuses the diff.
    """
    with _hold(repository, edits) as folder:
        if back:
            for edit in edits:
                _write(folder, edit.path, edit.after)
        run_git(
            folder / ".git", "apply", "--whitespace=nowarn", *(["--reverse"] if back else []), "-",
            work_tree=folder, stdin=diff,
        )  # fmt: skip
        return {edit.path: _read(folder / edit.path) for edit in edits}


@contextmanager
def _hold(repository: Repository, edits: Sequence[Edit]) -> Iterator[Path]:
    """Yield a repository whose only commit holds the files before the edits, with their modes."""
    with tempfile.TemporaryDirectory(prefix="hotfix-patch-") as name:
        folder = Path(name, "tree")
        folder.mkdir()
        git_dir = folder / ".git"
        init_like(repository.git_dir, git_dir, work_tree=folder)
        (git_dir / "info").mkdir(exist_ok=True)
        (git_dir / "info" / "attributes").write_text("* -text -filter -ident\n", encoding="utf-8")
        for edit in edits:
            _write(folder, edit.path, edit.before)
            if edit.before is not None and _is_executable(repository, edit.path):
                (folder / edit.path).chmod(0o755)
        run_git(git_dir, "add", "--all", "--force", work_tree=folder)
        run_git(
            git_dir, "-c", "user.name=hotfix", "-c", "user.email=hotfix@localhost", "-c", "commit.gpgSign=false",
            "commit", "--quiet", "--allow-empty", "--message=before", work_tree=folder,
        )  # fmt: skip
        yield folder


def _is_executable(repository: Repository, path: str) -> bool:
    done = call_git(repository.git_dir, "ls-tree", "-z", repository.head, "--", path)
    return done.out.startswith(b"100755")


def _write(folder: Path, path: str, content: bytes | None) -> None:
    target = folder / path
    if content is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _read_numbers(rows: bytes) -> Iterator[FileChange]:
    for row in rows.decode(errors="surrogateescape").split("\0"):
        if row:
            added, removed, path = row.split("\t", 2)
            yield FileChange(path, int(added) if added.isdigit() else 0, int(removed) if removed.isdigit() else 0)
