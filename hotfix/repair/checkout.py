"""Opens a repository and takes throw-away copies of its revisions: the user's tree and repository stay as they are.

A work tree, a folder inside one, a bare repository or a bundle comes in. What is not in a commit is not looked at.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.repair.contract import Repository
from hotfix.repair.git import call_git, init_like, list_lines, run_git

_BUNDLE_HEADER_BYTES = 512
"""Where a bundle says of what kind its objects are: in its first lines."""


@contextmanager
def open_repository(given: Path, revision: str | None = None) -> Iterator[Repository]:
    """Yield the repository at a path; a bundle lives in a temporary clone as long as the context.

    Args:
        given: a work tree, a folder inside one, a bare repository, or a bundle file.
        revision: the commit to make a patch for; else what is checked out.

    Raises:
        InputError: nothing of the kind stands there, it has no commit, or git is missing; one sentence says which.
    """
    if given.is_file():
        with tempfile.TemporaryDirectory(prefix="hotfix-bundle-") as folder:
            yield _describe(given, _clone_bundle(given, Path(folder, "repository.git")), revision)
    elif given.is_dir():
        yield _describe(given, _find_git_dir(given), revision)
    else:
        raise InputError(f"--repo: expected a git repository or a bundle at {given}, found nothing")


@contextmanager
def check_out(repository: Repository, revision: str | None = None) -> Iterator[Path]:
    """Yield a folder with the files of a revision (else of the head), a repository of its own; removed at the end.

    Objects are borrowed from the user's repository, which is not written to. Submodules stay empty.

    Raises:
        InputError: the revision is not there, or the disk refuses.
    """
    wanted = resolve_commit(repository, revision or repository.head)
    with tempfile.TemporaryDirectory(prefix="hotfix-tree-", ignore_cleanup_errors=True) as name:
        folder = Path(name, "tree")
        git_dir = folder / ".git"
        folder.mkdir()
        init_like(repository.git_dir, git_dir, work_tree=folder)
        (git_dir / "objects" / "info").mkdir(exist_ok=True)
        objects = _common_dir(repository) / "objects"
        (git_dir / "objects" / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
        shallow = _common_dir(repository) / "shallow"
        if shallow.is_file():
            shutil.copyfile(shallow, git_dir / "shallow")
        run_git(git_dir, "checkout", "--quiet", "--force", "--detach", wanted, work_tree=folder)
        yield folder


def resolve_commit(repository: Repository, name: str) -> str:
    """Return the full id of the commit that a name stands for.

    Raises:
        InputError: there is no such commit.
    """
    found = find_commit(repository.git_dir, name)
    if found is None:
        raise InputError(f"--repo: expected the commit {name!r} in {repository.given}, found none")
    return found


def find_commit(git_dir: Path, name: str) -> str | None:
    """Return the full id of the commit that a tag, branch or id stands for, or None."""
    if not name or name.startswith("-"):
        return None
    done = call_git(git_dir, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return done.text.strip() if done.code == 0 else None


def read_file(repository: Repository, path: str, revision: str | None = None) -> bytes | None:
    """Return the bytes of a file at a revision (else at the head), or None when it is not there."""
    done = call_git(repository.git_dir, "cat-file", "blob", f"{revision or repository.head}:{path}")
    return done.out if done.code == 0 else None


def list_files(repository: Repository, revision: str | None = None) -> tuple[str, ...]:
    """Return the paths of the plain files of a revision (else of the head): no links, no submodules."""
    rows = run_git(repository.git_dir, "ls-tree", "-r", "-z", "--full-tree", revision or repository.head)
    entries = (row.split("\t", 1) for row in rows.decode(errors="surrogateescape").split("\0") if row)
    return tuple(path for kind, path in entries if kind.startswith("100"))


def _common_dir(repository: Repository) -> Path:
    found = run_git(repository.git_dir, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(found.decode(errors="surrogateescape").strip())


def _clone_bundle(bundle: Path, target: Path) -> Path:
    with bundle.open("rb") as opened:
        kind = "sha256" if b"@object-format=sha256" in opened.read(_BUNDLE_HEADER_BYTES) else "sha1"
    run_git(target, "init", "--quiet", "--bare", "--template=", f"--object-format={kind}")
    done = call_git(target, "fetch", "--quiet", str(bundle.resolve()), "+refs/*:refs/*")
    if done.code:
        raise InputError(f"--repo: expected a git bundle at {bundle}, git says: {done.said}")
    head = _read_bundle_head(target, bundle)
    if head is not None:
        run_git(target, "update-ref", "--no-deref", "HEAD", head)
    return target


def _read_bundle_head(target: Path, bundle: Path) -> str | None:
    """Return the commit that HEAD of a bundle names, else that of its only branch."""
    rows = run_git(target, "bundle", "list-heads", str(bundle.resolve())).decode().splitlines()
    heads = {name: commit for commit, _, name in (row.partition(" ") for row in rows)}
    branches = [name for name in heads if name.startswith("refs/heads/")]
    if "HEAD" in heads:
        return heads["HEAD"]
    return heads[branches[0]] if len(branches) == 1 else None


def _find_git_dir(folder: Path) -> Path:
    start = folder.resolve()
    for place in (start, *start.parents):
        if (place / ".git").is_dir():
            return place / ".git"
        if (place / ".git").is_file():
            return _follow_link(place)
        if place == start and (place / "HEAD").is_file() and (place / "objects").is_dir():
            return place
    raise InputError(f"--repo: expected a git repository or a bundle at {folder}, found neither .git nor a bare one")


def _follow_link(place: Path) -> Path:
    """Return the git directory that the file ``.git`` of a linked work tree or a submodule names."""
    text = (place / ".git").read_text(encoding="utf-8", errors="replace").strip()
    target = (place / text.removeprefix("gitdir:").strip()).resolve()
    if not text.startswith("gitdir:") or not target.is_dir():
        raise InputError(
            f"--repo: expected a repository at {place}, its .git names one that is not there: {text!r:.80}"
        )
    return target


def _describe(given: Path, git_dir: Path, revision: str | None) -> Repository:
    head = find_commit(git_dir, revision or "HEAD")
    if head is None:
        _explain_no_head(given, git_dir, revision)
    branch = call_git(git_dir, "symbolic-ref", "--quiet", "--short", "HEAD")
    shallow = run_git(git_dir, "rev-parse", "--is-shallow-repository").strip() == b"true"
    notes = tuple(_take_notes(given, git_dir, str(head), shallow=shallow))
    return Repository(given, git_dir, str(head), branch.text.strip() or None, shallow, notes)


def _explain_no_head(given: Path, git_dir: Path, revision: str | None) -> None:
    done = call_git(git_dir, "rev-parse", "--git-dir")
    if done.code:
        raise InputError(f"--repo: expected a git repository at {given}, git says: {done.said}")
    if revision:
        raise InputError(f"--repo: expected the commit {revision!r} in {given}, found none")
    branches = list_lines(git_dir, "for-each-ref", "--format=%(refname:short)", "refs/heads")
    if branches:
        said = f"found branches and none of them checked out; name one with --revision: {', '.join(branches)}"
        raise InputError(f"--repo: expected a commit that is checked out at {given}, {said}")
    raise InputError(f"--repo: expected a repository with commits at {given}, found none checked out")


def _take_notes(given: Path, git_dir: Path, head: str, *, shallow: bool) -> Iterator[str]:
    if given.is_dir() and git_dir.name == ".git" and _is_dirty(git_dir):
        yield f"The work tree has changes that are in no commit; the patch is made for {head[:12]}, without them."
    if given.is_dir() and call_git(git_dir, "symbolic-ref", "--quiet", "HEAD").code:
        yield f"No branch is checked out; the patch is made for {head[:12]}."
    if shallow:
        yield "The history is cut off (a shallow clone): who changed a line before the cut is not known."
    modules = run_git(git_dir, "ls-tree", "-r", "-z", "--full-tree", head).decode(errors="replace")
    linked = [row.split("\t", 1)[1] for row in modules.split("\0") if row.startswith("160000")]
    if linked:
        yield f"Submodules are not looked into: {', '.join(linked)}."


def _is_dirty(git_dir: Path) -> bool:
    """Tell whether tracked files differ from the commit; the index is not refreshed on disk."""
    done = call_git(
        git_dir, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all", work_tree=git_dir.parent
    )
    return done.code == 0 and bool(done.out.strip())
