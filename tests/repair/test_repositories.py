"""Repositories of every kind: a patch comes out that `git apply` takes, or one sentence says why none does.

Each is patched twice, by taking a commit back and by a fixer; nothing of the user's changes, byte for byte.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotfix.core.errors import InputError
from hotfix.repair.branch import apply_to_branch
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Candidate
from hotfix.repair.proposal import propose_patch
from hotfix.repair.sandbox.confine import find_confinement
from hotfix.repair.sandbox.contract import Limits
from hotfix.repair.verify.contract import Status
from hotfix.repair.verify.rollback import check_rollback
from hotfix.repair.verify.workbench import lay_out_workbench
from hotfix.report.files import write_incident
from tests.repair.analyses import make_analysis, make_release
from tests.repair.trees import make_repository, run_git, take_prints, write_files

_GOOD = (
    "def greet(customer) -> str | None:\n    # café\n    name = 'you'\n    return name\n\n\n"
    "def part():\n    return 'Bye'\n"
)
_FAULTY = _GOOD.replace("'you'", "customer.name")
_PATH = "shop/greet.py"
_TRACE = (
    'Traceback (most recent call last):\n  File "/app/{path}", line 3, in greet\n    name = customer.name\n'
    "AttributeError: 'NoneType' object has no attribute 'name'\n"
)

Make = Callable[[Path, int], Path]
"""Makes a repository below a folder, of a faulty release or of a good one and a faulty one; returns what is given."""


def _build(
    folder: Path, releases: int, path: str = _PATH, encode: Callable[[str], bytes] = str.encode,
    more: Mapping[str, str | bytes] | None = None,
) -> Path:  # fmt: skip
    """Return a repository of a faulty release 1.1, and of a good one 1.0 before it where there are two."""
    files = {path: encode(_GOOD if releases > 1 else _FAULTY), "README.md": "A shop.\n", **(more or {})}
    repository = make_repository(folder / "checkout", files)
    if releases > 1:
        run_git(repository, "tag", "v1.0")
        write_files(repository, {path: encode(_FAULTY)})
        run_git(repository, "commit", "--quiet", "--all", "--message=Greet by name")
    run_git(repository, "tag", "v1.1")
    return repository


def _plain(folder: Path, releases: int) -> Path:
    return _build(folder, releases)


def _folder_inside(folder: Path, releases: int) -> Path:
    return _build(folder, releases) / "shop"


def _crlf(folder: Path, releases: int) -> Path:
    return _build(folder, releases, encode=lambda text: text.replace("\n", "\r\n").encode())


def _latin_1(folder: Path, releases: int) -> Path:
    return _build(folder, releases, encode=lambda text: f"# -*- coding: latin-1 -*-\n{text}".encode("latin-1"))


def _byte_order_mark(folder: Path, releases: int) -> Path:
    return _build(folder, releases, encode=lambda text: text.encode("utf-8-sig"))


def _no_last_line_end(folder: Path, releases: int) -> Path:
    return _build(folder, releases, encode=lambda text: text.rstrip("\n").encode())


def _attributes(text: str, *settings: str) -> Make:
    def make(folder: Path, releases: int) -> Path:
        repository = _build(folder, releases, more={".gitattributes": text})
        for setting in settings:
            run_git(repository, "config", *setting.split("=", 1))
        (repository / _PATH).unlink()
        run_git(repository, "checkout", "--quiet", "--", _PATH)
        return repository

    return make


_FILTER = ("filter.shout.clean=sed s/CUSTOMER/customer/", "filter.shout.smudge=sed s/customer/CUSTOMER/",
           "filter.shout.required=true")  # fmt: skip
"""Settings of a user whose work tree holds other bytes than the commits."""


def _submodule(folder: Path, releases: int) -> Path:
    library = make_repository(folder / "library", {"c.py": "z = 1\n"})
    repository = _build(folder, releases)
    run_git(
        repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "vendor/library"
    )
    run_git(repository, "commit", "--quiet", "--message=Add a submodule")
    return repository


def _inside_a_submodule(folder: Path, releases: int) -> Path:
    repository = _build(folder / "origin", releases)
    outer = make_repository(folder / "outer", {"README.md": "Outer.\n"})
    run_git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository), "parts/shop")
    return outer / "parts" / "shop"


def _detached(folder: Path, releases: int) -> Path:
    repository = _build(folder, releases)
    run_git(repository, "checkout", "--quiet", "--detach")
    return repository


def _dirty(folder: Path, releases: int) -> Path:
    """Make a repository with changes that are in no commit: one staged, one not, one file nobody knows."""
    repository = _build(folder, releases)
    (repository / "README.md").write_text("A shop, being changed.\n")
    run_git(repository, "add", "README.md")
    write_files(repository, {"README.md": "A shop, changed again.\n", "notes.txt": "not added\n"})
    return repository


def _merging(folder: Path, releases: int) -> Path:
    """Make a repository that waits for somebody to resolve a conflict."""
    repository = _build(folder, releases)
    run_git(repository, "checkout", "--quiet", "-b", "other")
    write_files(repository, {"README.md": "One.\n"})
    run_git(repository, "commit", "--quiet", "--all", "--message=One")
    run_git(repository, "checkout", "--quiet", "main")
    write_files(repository, {"README.md": "Two.\n"})
    run_git(repository, "commit", "--quiet", "--all", "--message=Two")
    subprocess.run(["git", "merge", "other"], cwd=repository, check=False, capture_output=True)
    assert (repository / ".git" / "MERGE_HEAD").exists()
    return repository


def _cloned(*options: str) -> Make:
    def make(folder: Path, releases: int) -> Path:
        origin = _build(folder / "origin", releases)
        run_git(origin, "config", "uploadpack.allowFilter", "true")
        run_git(folder, "clone", "--quiet", *options, f"file://{origin}", "checkout")
        return folder / "checkout"

    return make


def _crlf_against_attributes(kind: str) -> Make:
    """Make a repository whose commits hold CRLF though its attributes, which came later, ask for LF."""

    def make(folder: Path, releases: int) -> Path:
        repository = _crlf(folder, releases)
        write_files(repository, {".gitattributes": f"*.py {kind}\n"})
        run_git(repository, "add", ".gitattributes")
        run_git(repository, "commit", "--quiet", "--message=Ask for LF")
        return repository

    return make


def _sparse(folder: Path, releases: int) -> Path:
    clone = _cloned("--sparse")(folder, releases)
    run_git(clone, "sparse-checkout", "set", "shop")
    return clone


def _bundle(folder: Path, releases: int) -> Path:
    repository = _build(folder / "origin", releases)
    run_git(repository, "bundle", "create", "--quiet", str(folder / "shop.bundle"), "--all", "HEAD")
    return folder / "shop.bundle"


def _linked_work_tree(folder: Path, releases: int) -> Path:
    repository = _build(folder / "origin", releases)
    run_git(repository, "worktree", "add", "--quiet", "--detach", str(folder / "linked"))
    return folder / "linked"


def _git_folder_elsewhere(folder: Path, releases: int) -> Path:
    repository = _build(folder, releases)
    run_git(repository, "init", "--quiet", f"--separate-git-dir={folder / 'elsewhere.git'}")
    return repository


def _symlinks(folder: Path, releases: int) -> Path:
    """Make a repository with links: to the source, to a folder, and to nothing."""
    repository = _build(folder, releases)
    (repository / "greet.py").symlink_to(_PATH)
    (repository / "app").symlink_to("shop")
    (repository / "gone").symlink_to("nowhere")
    run_git(repository, "add", "--all")
    run_git(repository, "commit", "--quiet", "--message=Link")
    return repository


def _odd_names(folder: Path, releases: int) -> Path:
    more = {"Überblick & Co/größe.txt": "x\n", 'a "quoted" name.txt': "x\n", "tab\there.txt": "x\n"}
    return _build(folder, releases, path="the shop/grüße greet.py", more=more)


def _executable(folder: Path, releases: int) -> Path:
    repository = _build(folder, releases)
    (repository / _PATH).chmod(0o755)
    run_git(repository, "commit", "--quiet", "--all", "--message=Make it a script")
    return repository


def _sha256(folder: Path, releases: int) -> Path:
    (folder / "checkout").mkdir()
    run_git(folder / "checkout", "init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    write_files(folder / "checkout", {_PATH: _GOOD if releases > 1 else _FAULTY})
    for message, text in [("One", _GOOD)] * (releases - 1) + [("Greet by name", _FAULTY)]:
        write_files(folder / "checkout", {_PATH: text})
        run_git(folder / "checkout", "add", "--all")
        run_git(folder / "checkout", "commit", "--quiet", f"--message={message}")
        run_git(folder / "checkout", "tag", "v1.0" if message == "One" else "v1.1")
    return folder / "checkout"


def _other_owner(folder: Path, releases: int) -> Path:
    """Make a repository of another user, where this test may; git refuses those unless told not to."""
    repository = _build(folder, releases)
    if os.geteuid() == 0:
        for path in (repository, *repository.rglob("*")):
            os.lchown(path, 12345, 12345)
    return repository


_KINDS: Mapping[str, Make] = {
    "plain": _plain,
    "folder inside a work tree": _folder_inside,
    "CRLF": _crlf,
    "latin-1": _latin_1,
    "byte order mark": _byte_order_mark,
    "no line end at the end": _no_last_line_end,
    "attributes: CRLF in the tree only": _attributes("*.py text eol=crlf\n"),
    "attributes: ident": _attributes("*.py ident\n"),
    "attributes: no diff": _attributes("*.py -diff\n"),
    "attributes: binary": _attributes("*.py binary\n"),
    "attributes: large file storage without its program": _attributes("*.bin filter=lfs diff=lfs merge=lfs -text\n"),
    "attributes: filter": _attributes("*.py filter=shout\n", *_FILTER),
    "attributes: automatic, CRLF in the commits": _crlf_against_attributes("text=auto"),
    "attributes: text, CRLF in the commits": _crlf_against_attributes("text"),
    "submodule": _submodule,
    "inside a submodule": _inside_a_submodule,
    "detached head": _detached,
    "dirty": _dirty,
    "in the middle of a merge": _merging,
    "bare": _cloned("--bare"),
    "mirror": _cloned("--mirror"),
    "sparse": _sparse,
    "bundle": _bundle,
    "linked work tree": _linked_work_tree,
    "git folder elsewhere": _git_folder_elsewhere,
    "symbolic links": _symlinks,
    "names with blanks, quotes and umlauts": _odd_names,
    "executable": _executable,
    "sha256": _sha256,
    "of another user": _other_owner,
}
_CUT: Mapping[str, Make] = {"shallow": _cloned("--depth=1"), "without old files": _cloned("--filter=blob:none")}
"""Kinds whose history is not whole."""


@contextmanager
def _patch(given: Path, *, released: bool, path: str) -> Iterator[Candidate]:
    """Yield the patch for a repository whose file at a path failed."""
    trace = _TRACE.format(path=path)
    deploys = (make_release("1.0", None, lag_s=90), make_release("1.1", "1.0")) if released else ()
    if given.is_file() or path != _PATH or b"coding" in _read_head(given, path):
        trace = trace.replace("line 3", f"line {_find_line(given, path)}")
    with open_repository(given) as repository:
        found = propose_patch(repository, make_analysis(trace, deploys=deploys), lambda _phase: None)
        assert found.best is not None, (found.judged, found.skipped)
        yield found.best.candidate


def _read_head(given: Path, path: str) -> bytes:
    return b"" if given.is_file() else run_git(given, "show", f"HEAD:{path}")


def _find_line(given: Path, path: str) -> int:
    if given.is_file():
        return 3
    return [b"customer.name" in line for line in _read_head(given, path).split(b"\n")].index(True) + 1


def _find_work_tree(given: Path, folder: Path) -> Path:
    """Return a work tree to apply to: the given one, else a clone of what is given."""
    if given.is_dir() and run_git(given, "rev-parse", "--is-bare-repository") == b"false\n":
        return Path(run_git(given, "rev-parse", "--show-toplevel").decode().strip())
    run_git(folder, "clone", "--quiet", "--branch=main", str(given), "applied")
    return folder / "applied"


def _check(kind: str, make: Make, folder: Path, *, released: bool) -> str:
    """Patch a repository, apply the patch as a user does, take it back, and return the rung."""
    given = make(folder, 2 if released else 1)
    path = "the shop/grüße greet.py" if make is _odd_names else _PATH
    before = take_prints(folder)
    with _patch(given, released=released, path=path) as candidate:
        pass
    assert take_prints(folder) == before, kind
    tree = _find_work_tree(given, folder)
    status = run_git(tree, "status", "--porcelain")
    content = (tree / path).read_bytes()
    (folder / "patch.diff").write_bytes(candidate.diff)
    run_git(tree, "apply", str(folder / "patch.diff"))
    promised = candidate.edits[0].after or b""
    cleaned = run_git(tree, "hash-object", f"--path={path}", "--", path)
    as_committed = run_git(tree, "hash-object", "--stdin", "--no-filters", stdin=promised) == cleaned
    assert as_committed or (tree / path).read_bytes() == promised
    run_git(tree, "apply", "--reverse", str(folder / "patch.diff"))
    assert (run_git(tree, "status", "--porcelain"), (tree / path).read_bytes()) == (status, content)
    return candidate.rung


@pytest.mark.parametrize("kind", _KINDS)
def test_commit_is_taken_back(kind: str, tmp_path: Path) -> None:
    """The commit that brought the fault is taken back, the patch applies and comes off, and nothing else changes."""
    assert _check(kind, _KINDS[kind], tmp_path, released=True) == "revert"


@pytest.mark.parametrize("kind", {**_KINDS, **_CUT})
def test_line_is_mended(kind: str, tmp_path: Path) -> None:
    """Without a release to go back to the line is mended, the patch applies and comes off, and nothing else changes."""
    assert _check(kind, {**_KINDS, **_CUT}[kind], tmp_path, released=False) == "fixer:missing_value"


def test_shallow_clone_is_mended(tmp_path: Path) -> None:
    """Where the release before is cut off, there is nothing to go back to: the line is mended."""
    assert _check("shallow", _CUT["shallow"], tmp_path, released=True) == "fixer:missing_value"


def test_partial_clone_without_old_files_is_refused(tmp_path: Path) -> None:
    """Where what commits changed is not there, one sentence says how to fetch it."""
    given = _CUT["without old files"](tmp_path, 2)
    with (
        pytest.raises(InputError, match=r"^--repo: git log needs files .* fetch them with: git fetch --refetch$"),
        _patch(given, released=True, path=_PATH),
    ):
        pass


@pytest.mark.parametrize("kind", [kind for kind in _KINDS if kind != "bundle"])
def test_branch_is_added_and_nothing_else(kind: str, tmp_path: Path) -> None:
    """`--apply` writes one branch with the promised bytes; the work tree, the index and HEAD stay."""
    given = _KINDS[kind](tmp_path, 1)
    path = "the shop/grüße greet.py" if kind.startswith("names") else _PATH
    status = run_git(given, "symbolic-ref", "-q", "HEAD") if kind not in {"detached head", "linked work tree"} else b""
    before = {name: said for name, said in take_prints(tmp_path).items() if ".git" not in name.split("/")}
    with _patch(given, released=False, path=path) as candidate, open_repository(given) as repository:
        commit = apply_to_branch(repository, candidate, "hotfix/one", "Fix it")
    assert run_git(given, "show", f"{commit}:{path}") == candidate.edits[0].after
    assert run_git(given, "diff", "--name-only", "-z", f"{commit}^", commit).decode() == f"{path}\0"
    assert run_git(given, "rev-parse", "hotfix/one").decode().strip() == commit
    if status:
        assert run_git(given, "symbolic-ref", "-q", "HEAD") == status
    if given.is_dir() and kind not in {"bare", "mirror", "git folder elsewhere"}:
        assert {n: s for n, s in take_prints(tmp_path).items() if ".git" not in n.split("/")} == before


@pytest.mark.parametrize("kind", _KINDS)
def test_trees_for_testing_differ_by_the_patch_alone(kind: str, tmp_path: Path) -> None:
    """`hotfix test` finds the patched file changed and no other, and takes the patch back byte for byte."""
    given = _KINDS[kind](tmp_path, 1)
    path = "the shop/grüße greet.py" if kind.startswith("names") else _PATH
    before = take_prints(tmp_path)
    with (
        _patch(given, released=False, path=path) as candidate,
        open_repository(given) as repository,
        lay_out_workbench(repository, candidate.diff, Limits(seconds=60), find_confinement()) as bench,
    ):
        assert bench.changed == (path,)
        assert check_rollback(bench, "patch.diff", None).status is Status.PASSED
    assert take_prints(tmp_path) == before


def _nothing(folder: Path) -> Path:
    return folder / "nothing"


def _no_repository(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def _no_commits(folder: Path) -> Path:
    run_git(folder, "init", "--quiet", "new")
    return folder / "new"


def _bare_without_commits(folder: Path) -> Path:
    run_git(folder, "init", "--quiet", "--bare", "new.git")
    return folder / "new.git"


def _no_bundle(folder: Path) -> Path:
    (folder / "notes.txt").write_text("no bundle\n")
    return folder / "notes.txt"


def _bundle_without_its_base(folder: Path) -> Path:
    repository = _build(folder, 2)
    run_git(repository, "bundle", "create", "--quiet", str(folder / "part.bundle"), "HEAD~1..HEAD", "main")
    return folder / "part.bundle"


def _bundle_of_two_branches(folder: Path) -> Path:
    repository = _build(folder, 2)
    run_git(repository, "branch", "one", "v1.0")
    run_git(repository, "branch", "two", "v1.1")
    run_git(repository, "bundle", "create", "--quiet", str(folder / "two.bundle"), "one", "two")
    return folder / "two.bundle"


def _broken_link(folder: Path) -> Path:
    (folder / "linked").mkdir()
    (folder / "linked" / ".git").write_text("gitdir: /nowhere/worktrees/linked\n")
    return folder / "linked"


def _broken_head(folder: Path) -> Path:
    repository = _build(folder, 2)
    (repository / ".git" / "HEAD").write_bytes(b"\0\xff not a head")
    return repository


def _lost_objects(folder: Path) -> Path:
    repository = _build(folder, 2)
    for path in (repository / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    return repository


def _lost_source(folder: Path) -> Path:
    repository = _build(folder, 2)
    ident = run_git(repository, "rev-parse", f"HEAD:{_PATH}").decode().strip()
    (repository / ".git" / "objects" / ident[:2] / ident[2:]).unlink()
    return repository


_REFUSED: Mapping[str, tuple[Callable[[Path], Path], str]] = {
    "nothing": (_nothing, "expected a git repository or a bundle at {given}, found nothing"),
    "no repository": (_no_repository, "at {given}, found neither .git nor a bare one"),
    "no commits": (_no_commits, "expected a repository with commits at {given}, found none checked out"),
    "bare without commits": (_bare_without_commits, "expected a repository with commits at {given}"),
    "no bundle": (_no_bundle, "expected a git bundle at {given}, git says: "),
    "bundle without its base": (_bundle_without_its_base, "expected a git bundle at {given}, git says: "),
    "bundle of two branches": (_bundle_of_two_branches, "name one with --revision: one, two"),
    "broken link": (_broken_link, "expected a repository at {given}, its .git names one that is not there"),
    "broken head": (_broken_head, "expected a git repository at {given}, git says: "),
    "lost objects": (_lost_objects, "{given}"),
    "lost source": (_lost_source, "expected what shop/greet.py holds, found that it is not there"),
}


@pytest.mark.parametrize("kind", _REFUSED)
def test_what_cannot_be_read_is_refused_in_one_sentence(kind: str, tmp_path: Path) -> None:
    """One sentence says what was expected and found; nothing is written, and no traceback is shown."""
    make, said = _REFUSED[kind]
    given = make(tmp_path)
    write_incident(tmp_path / "incident", make_analysis(_TRACE.format(path=_PATH)))
    before = take_prints(tmp_path)
    command = [sys.executable, "-m", "hotfix", "patch", str(tmp_path / "incident"), "--repo", str(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("hotfix: --repo: ")
    assert said.format(given=given) in done.stderr
    assert take_prints(tmp_path) == before
