"""Repositories of every kind are read, none is written to."""

from pathlib import Path

import pytest

from hotfix.core.errors import InputError
from hotfix.repair.checkout import check_out, list_files, open_repository, read_file
from tests.repair.trees import make_repository, run_git, take_prints

_FILES = {"a.py": "x = 1\n", "sub/b.py": b"y = 2\r\n", "latin.py": "# caf\xe9\n".encode("latin-1")}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of three files."""
    return make_repository(tmp_path / "repository", _FILES)


def test_work_tree_is_read_and_left_as_it_is(repository: Path) -> None:
    """A throw-away copy holds the bytes of the commit, and not one file of the user's changes."""
    (repository / "a.py").write_text("x = 3  # not committed\n")
    before = take_prints(repository)
    with open_repository(repository) as opened, check_out(opened) as folder:
        copied = {path: (folder / path).read_bytes() for path in list_files(opened)}
    assert copied == {path: text if isinstance(text, bytes) else text.encode() for path, text in _FILES.items()}
    assert take_prints(repository) == before
    assert "changes that are in no commit" in opened.notes[0]


def test_bare_clone_reads_the_same(repository: Path, tmp_path: Path) -> None:
    """A bare clone gives the same commit and files."""
    run_git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    with open_repository(repository) as one, open_repository(tmp_path / "bare.git") as other:
        assert (other.head, list_files(other), other.notes) == (one.head, list_files(one), ())


def test_bundle_reads_the_same(repository: Path, tmp_path: Path) -> None:
    """A bundle gives the same commit and files."""
    run_git(repository, "bundle", "create", "--quiet", str(tmp_path / "all.bundle"), "--all", "HEAD")
    with open_repository(repository) as one, open_repository(tmp_path / "all.bundle") as other:
        assert (other.head, read_file(other, "sub/b.py")) == (one.head, b"y = 2\r\n")


def test_detached_head_is_said(repository: Path) -> None:
    """Without a branch the patch is for the commit that is checked out, and the reader is told."""
    run_git(repository, "checkout", "--quiet", "--detach")
    with open_repository(repository) as opened:
        assert (opened.branch, opened.notes) == (
            None,
            (f"No branch is checked out; the patch is made for {opened.head[:12]}.",),
        )


def test_shallow_history_is_said(repository: Path, tmp_path: Path) -> None:
    """A shallow clone is read, and the reader is told that older commits are not there."""
    (repository / "a.py").write_text("x = 2\n")
    run_git(repository, "commit", "--quiet", "--all", "--message=Two")
    run_git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    with open_repository(tmp_path / "shallow") as opened, check_out(opened) as folder:
        assert (opened.shallow, (folder / "a.py").read_text()) == (True, "x = 2\n")
        assert "cut off" in opened.notes[0]


def test_submodules_are_left_out_and_said(repository: Path, tmp_path: Path) -> None:
    """A submodule is no file of the repository; the reader is told its path."""
    other = make_repository(tmp_path / "library", {"c.py": "z = 1\n"})
    run_git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "vendor/library")
    run_git(repository, "commit", "--quiet", "--message=Add a submodule")
    with open_repository(repository) as opened:
        assert opened.notes == ("Submodules are not looked into: vendor/library.",)
        assert "vendor/library" not in list_files(opened)


def test_linked_work_tree_is_read(repository: Path, tmp_path: Path) -> None:
    """A work tree made with `git worktree` is read through the repository that it belongs to."""
    run_git(repository, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    with open_repository(tmp_path / "linked") as opened, check_out(opened) as folder:
        assert (folder / "a.py").read_text() == "x = 1\n"


def test_folder_inside_a_work_tree_finds_its_repository(repository: Path) -> None:
    """A folder below the root of a work tree stands for the whole repository."""
    with open_repository(repository / "sub") as opened:
        assert "a.py" in list_files(opened)


def test_folder_without_repository_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """A folder that is none is refused, and the sentence says what was expected."""
    with pytest.raises(InputError, match=r"expected a git repository or a bundle at .*, found neither"), \
            open_repository(tmp_path):  # fmt: skip
        pass


def test_repository_without_commits_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """A repository without a commit is refused."""
    run_git(tmp_path, "init", "--quiet")
    with pytest.raises(InputError, match="expected a repository with commits"), open_repository(tmp_path):
        pass


def test_file_that_is_no_bundle_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """A file that git cannot read is refused, with what git says."""
    (tmp_path / "x.bundle").write_text("no bundle")
    with pytest.raises(InputError, match="expected a git bundle at"), open_repository(tmp_path / "x.bundle"):
        pass


def test_unknown_revision_is_refused(repository: Path) -> None:
    """A revision that is not there is refused by name."""
    with pytest.raises(InputError, match="expected the commit 'v9'"), open_repository(repository, "v9"):
        pass


def test_hooks_and_filters_of_a_repository_do_not_run(repository: Path, tmp_path: Path) -> None:
    """A hook that would run at a checkout does not."""
    hook = repository / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    with open_repository(repository) as opened, check_out(opened):
        pass
    assert not (tmp_path / "ran").exists()
