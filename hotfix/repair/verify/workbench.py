"""Lays out the trees that are compared, without and with the patch, and runs commands in them."""

import hashlib
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from hotfix.core.errors import UsageError
from hotfix.repair.checkout import check_out, list_files
from hotfix.repair.contract import Edit, Repository
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.git import call_git, run_git
from hotfix.repair.limits import DEPENDENCY_FOLDERS, OUTPUT_SHOWN
from hotfix.repair.sandbox.contract import Confinement, Ground, Job, Limits, Outcome
from hotfix.repair.sandbox.running import run_job
from hotfix.repair.verify.contract import Proof

_ELSEWHERE = PurePosixPath("/tmp/hotfix-tree")  # noqa: S108  # inside the sandbox, whose /tmp is its own


@dataclass(frozen=True, slots=True)
class Workbench:
    """The trees of one verification and how commands are run in them."""

    base: Ground  # without the patch
    patched: Ground  # with it; its tests are those of the base
    spare: Ground  # without it, for trying to take it back
    paths: tuple[str, ...]  # files of the base
    changed: tuple[str, ...]  # files that the patch changes, in order
    restored: tuple[str, ...]  # tests that the patch changes, taken as they were
    diff: bytes
    limits: Limits
    confinement: Confinement
    network: bool

    def run(
        self,
        ground: Ground,
        command: str,
        *,
        files: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        collect: tuple[str, ...] = (),
    ) -> Outcome:
        """Run a command at the root of a fresh copy of one of the trees."""
        job = Job(command, ground, self.limits, files or {}, stdin, collect, self.network)
        return run_job(job, self.confinement)

    def can_run(self, command: str) -> bool:
        """Tell whether a command ends with exit code 0 in the tree without the patch."""
        return self.run(self.base, command).passed

    def list_edits(self) -> tuple[Edit, ...]:
        """Return the files that the patch changes, without and with it."""
        grounds = (self.base, self.patched)
        return tuple(Edit(path, *(_read(ground, path) for ground in grounds)) for path in self.changed)


@contextmanager
def lay_out_workbench(
    repository: Repository, diff: bytes, limits: Limits, confinement: Confinement, *, network: bool = False
) -> Iterator[Workbench]:
    """Yield the trees of the repository's head without and with a patch; they are removed at the end.

    Raises:
        UsageError: the patch does not apply; the message holds git's reason.
        InputError: the repository cannot be read.
    """
    paths = list_files(repository)
    with check_out(repository) as base, check_out(repository) as patched, check_out(repository) as spare:
        apply_patch(patched, diff, repository.head)
        changed = _list_changed(patched)
        tests = tuple(path for path in changed if path in set(paths) and tell_kind(path) is FileKind.TEST)
        if tests:
            run_git(patched / ".git", "checkout", "--quiet", "HEAD", "--", *tests, work_tree=patched)
        ground = lay_ground(repository, base, paths)
        yield Workbench(
            base=ground,
            patched=replace(ground, source=patched),
            spare=replace(ground, source=spare),
            paths=paths,
            changed=changed,
            restored=tests,
            diff=diff,
            limits=limits,
            confinement=confinement,
            network=network,
        )


def lay_ground(repository: Repository, tree: Path, paths: tuple[str, ...]) -> Ground:
    """Return a tree of the repository as its commands see it: at the user's path, with the user's dependencies."""
    return Ground(tree, _find_place(repository), _find_dependencies(repository, paths))


def apply_patch(tree: Path, diff: bytes, commit: str) -> None:
    """Apply a patch to a tree.

    Raises:
        UsageError: it does not apply.
    """
    done = call_git(tree / ".git", "apply", "--binary", "--whitespace=nowarn", "-", work_tree=tree, stdin=diff)
    if done.code:
        raise UsageError(f"--patch: expected a diff that applies to commit {commit[:12]}, git says: {done.said}")


def take_prints(tree: Path) -> dict[str, str]:
    """Return path → kind, mode and hash of every file of a tree, without its history."""
    found = {}
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree)
        if name.parts[0] == ".git":
            continue
        mode = path.lstat().st_mode
        content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        found[str(name)] = f"{stat.filemode(mode)} {hashlib.sha256(content).hexdigest()}"
    return found


def prove(what: str, outcome: Outcome) -> Proof:
    """Return the end of an output as something that a reader can check."""
    return Proof(what, outcome.command, outcome.describe(), outcome.output[-OUTPUT_SHOWN:])


def _read(ground: Ground, path: str) -> bytes | None:
    file = ground.source / path
    return file.read_bytes() if file.is_file() and not file.is_symlink() else None


def _list_changed(tree: Path) -> tuple[str, ...]:
    rows = run_git(tree / ".git", "status", "--porcelain", "-z", "--untracked-files=all", work_tree=tree)
    return tuple(sorted(row[3:] for row in rows.decode(errors="surrogateescape").split("\0") if row))


def _find_place(repository: Repository) -> PurePosixPath:
    """Return the path at which a command finds its tree: the user's own, so that what names it goes on working."""
    folder = _find_work_tree(repository)
    return PurePosixPath(folder) if folder and folder.parent != folder else _ELSEWHERE


def _find_work_tree(repository: Repository) -> Path | None:
    if not repository.given.is_dir():
        return None
    start = repository.given.resolve()
    return next((place for place in (start, *start.parents) if (place / ".git").exists()), None)


def _find_dependencies(repository: Repository, paths: tuple[str, ...]) -> dict[str, Path]:
    """Return the folders of dependencies in the user's tree, two levels deep, that are in no commit."""
    root = _find_work_tree(repository)
    if root is None:
        return {}
    committed = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    found: dict[str, Path] = {}
    for pattern in ("*", "*/*"):
        for folder in sorted(root.glob(pattern)):
            name = folder.relative_to(root).as_posix()
            inside = any(name.startswith(f"{other}/") for other in found)
            if folder.name in DEPENDENCY_FOLDERS and folder.is_dir() and name not in committed and not inside:
                found[name] = folder.resolve()
    return found
