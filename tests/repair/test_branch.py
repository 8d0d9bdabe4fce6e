"""A patch reaches the user's repository only as a new branch, and only when asked."""

from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.repair.branch import apply_to_branch
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Candidate, Edit, Repository
from hotfix.repair.propose.candidates import Draft, build_candidate
from tests.repair.trees import make_repository, run_git


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository with one file."""
    return make_repository(tmp_path / "repository", {"a.py": "x = 1\n"})


def _candidate(repository: Repository) -> Candidate:
    return build_candidate(repository, Draft("fixer:x", (Edit("a.py", b"x = 1\n", b"x = 2\n"),), "because", ()))


def test_branch_holds_the_patch_and_nothing_else_changes(folder: Path) -> None:
    """The new branch is one commit ahead with the patch; the work tree, the index and HEAD are as before."""
    (folder / "a.py").write_text("x = 7  # at work\n")
    before = run_git(folder, "status", "--porcelain", "--branch")
    with open_repository(folder) as repository:
        commit = apply_to_branch(repository, _candidate(repository), "hotfix/one", "Fix it\n\nbecause\n")
    assert run_git(folder, "rev-parse", "hotfix/one").decode().strip() == commit
    assert run_git(folder, "show", "hotfix/one:a.py") == b"x = 2\n"
    assert run_git(folder, "log", "--format=%s", "hotfix/one").decode().splitlines() == ["Fix it", "All of it"]
    assert run_git(folder, "status", "--porcelain", "--branch") == before
    assert (folder / "a.py").read_text() == "x = 7  # at work\n"


@pytest.mark.parametrize(("branch", "said"), [("main", "is there already"), ("a..b", "expected the name of a branch")])
def test_branch_that_cannot_be_made_is_refused(folder: Path, branch: str, said: str) -> None:
    """A branch that is there, or a name that git does not allow, is refused before anything is written."""
    with open_repository(folder) as repository, pytest.raises(UsageError, match=said):
        apply_to_branch(repository, _candidate(repository), branch, "Fix it")


def test_bundle_is_not_written_to(folder: Path, tmp_path: Path) -> None:
    """A bundle holds no branches to add to."""
    run_git(folder, "bundle", "create", "--quiet", str(tmp_path / "x.bundle"), "--all", "HEAD")
    with open_repository(tmp_path / "x.bundle") as repository, pytest.raises(UsageError, match="found the bundle"):
        apply_to_branch(repository, _candidate(repository), "hotfix/one", "Fix it")
