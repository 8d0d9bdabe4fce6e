"""Puts a patch on a new branch of the user's repository, when asked: the only thing that is ever written there."""

from hotfix.core.errors import InputError, UsageError
from hotfix.repair.checkout import check_out, find_commit
from hotfix.repair.contract import Candidate, Repository
from hotfix.repair.git import call_git, run_git


def apply_to_branch(repository: Repository, candidate: Candidate, branch: str, message: str) -> str:
    """Commit a patch on a new branch and return the commit's id; no work tree and no other branch changes.

    Raises:
        UsageError: the branch is there already, has no fit name, or the repository is a bundle.
        InputError: git fails.
    """
    if repository.given.is_file():
        raise UsageError(f"--apply: expected a repository that can be written, found the bundle {repository.given}")
    if call_git(repository.git_dir, "check-ref-format", "--branch", branch).code:
        raise UsageError(f"--apply: expected the name of a branch, found {branch!r}")
    if find_commit(repository.git_dir, f"refs/heads/{branch}") is not None:
        raise UsageError(f"--apply: expected a new branch, found that {branch!r} is there already; name another")
    with check_out(repository, candidate.base) as folder:
        git_dir = folder / ".git"
        run_git(
            git_dir, "apply", "--cached", "--whitespace=nowarn", "-", work_tree=folder, stdin=candidate.diff
        )  # fmt: skip
        run_git(
            git_dir, "-c", "user.name=hotfix", "-c", "user.email=hotfix@localhost", "-c", "commit.gpgSign=false",
            "commit", "--quiet", "--no-verify", "--file=-", work_tree=folder, stdin=message.encode(),
        )  # fmt: skip
        commit = run_git(git_dir, "rev-parse", "HEAD").decode().strip()
        done = call_git(
            repository.git_dir, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
            str(folder), f"HEAD:refs/heads/{branch}",
        )  # fmt: skip
    if done.code:
        raise InputError(f"--apply: git could not write the branch {branch!r}: {done.said}")
    return commit
