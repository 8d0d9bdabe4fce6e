"""Tags and commits of real repositories."""

import subprocess
from pathlib import Path

import pytest

from hotfix.core.errors import InputError
from hotfix.core.facts import DeployKind, Place
from hotfix.signal.deploys.repository import open_git_place
from tests.signal.deploys.search import search, write_log


class Repository:
    """A repository in a folder, with a clock of its own."""

    def __init__(self, folder: Path) -> None:
        """Make an empty repository."""
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("10:00:00", "init", "-q", "-b", "main")

    def git(self, clock: str, *arguments: str) -> str:
        """Run git at a time of day of the logs' day."""
        stamp = f"2026-03-04T{clock}Z"
        names = {"GIT_AUTHOR_NAME": "A. Person", "GIT_AUTHOR_EMAIL": "a@example.org"}
        names |= {"GIT_COMMITTER_NAME": "A. Person", "GIT_COMMITTER_EMAIL": "a@example.org"}
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=names | dates, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    def commit(self, clock: str, subject: str, file: str = "app.py") -> str:
        """Change a file and commit it; returns the commit's id."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{subject}\n", encoding="utf-8")
        self.git(clock, "add", ".")
        self.git(clock, "commit", "-q", "-m", subject)
        return self.git(clock, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository with two commits and an annotated tag in the time of the logs."""
    made = Repository(tmp_path / "shop")
    made.commit("09:30:00", "Add prices")
    made.commit("10:20:00", "Drop the null check")
    made.git("10:25:00", "tag", "-a", "v1.5.0", "-m", "Release 1.5.0")
    return made


def test_commits_and_tags_in_the_time_of_the_logs_are_found(tmp_path: Path, repository: Repository) -> None:
    """A commit is a commit, a tag that looks like a version is a release; both carry the words of their subject."""
    told = search(write_log(tmp_path / "logs"), repo=repository.folder)
    assert [(one.kind, one.summary.partition(": ")[2]) for one in told.found.deploys] == [
        (DeployKind.COMMIT, "Add prices"),
        (DeployKind.COMMIT, "Drop the null check"),
        (DeployKind.DEPLOYMENT, "Release 1.5.0"),
    ]


def test_place_of_a_commit_opens_to_its_message_and_files(tmp_path: Path, repository: Repository) -> None:
    """The lines at a commit's place are its id, date, message and changed files, and no name of a person."""
    sha = repository.git("10:20:00", "rev-parse", "HEAD")
    excerpt = search(write_log(tmp_path / "logs"), repo=repository.folder).excerpts[1]
    assert excerpt.splitlines() == [
        f"commit {sha}",
        "date   2026-03-04T10:20:00+00:00",
        "",
        "Drop the null check",
        "",
        " app.py | 2 +-",
        " 1 file changed, 1 insertion(+), 1 deletion(-)",
    ]


def test_place_of_a_tag_opens_to_its_name_date_and_subject(tmp_path: Path, repository: Repository) -> None:
    """The lines at a tag's place are its name, date and subject."""
    excerpt = search(write_log(tmp_path / "logs"), repo=repository.folder).excerpts[2]
    lines = excerpt.splitlines()
    assert (lines[0], lines[1], lines[4]) == ("tag    v1.5.0", "date   2026-03-04T10:25:00+00:00", "Release 1.5.0")


def test_bare_clone_tells_the_same(tmp_path: Path, repository: Repository) -> None:
    """A bare clone is read like a work tree."""
    bare = tmp_path / "shop.git"
    repository.git("11:00:00", "clone", "-q", "--bare", str(repository.folder), str(bare))
    logs = write_log(tmp_path / "logs")
    told, plain = search(logs, repo=bare), search(logs, repo=repository.folder)
    assert (told.tell(), told.excerpts) == (plain.tell(), plain.excerpts)


def test_reading_leaves_the_repository_as_it_is(tmp_path: Path, repository: Repository) -> None:
    """Nothing below the repository's folder is written."""
    before = {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*")}
    search(write_log(tmp_path / "logs"), repo=repository.folder)
    assert {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*")} == before


def test_commit_names_the_service_whose_folder_it_touches(tmp_path: Path, repository: Repository) -> None:
    """In a repository of many services, a commit is about the one whose folder it touches."""
    repository.commit("10:30:00", "Change the price", "services/orders/price.py")
    told = search(write_log(tmp_path / "logs"), repo=repository.folder)
    assert [one.service for one in told.found.deploys] == [None, None, None, "orders"]


def test_tag_and_start_up_line_of_one_version_are_one_deploy(tmp_path: Path, repository: Repository) -> None:
    """A tag that starts to run minutes later is one deployment, at the time of the start-up line."""
    logs = write_log(tmp_path / "logs", "10:01:00 Starting orders v1.4.2", "10:31:00 Starting orders v1.5.0")
    last = search(logs, repo=repository.folder).found.deploys[-1]
    assert (f"{last.at:%H:%M:%S}", last.service, last.before, last.summary.partition(" (")[0]) == (
        "10:31:00",
        "orders",
        "1.4.2",
        "tag v1.5.0: Release 1.5.0",
    )


def test_commits_of_other_days_stay_out(tmp_path: Path) -> None:
    """A repository without a commit in the time of the logs tells of no change."""
    old = Repository(tmp_path / "old")
    old.commit("10:20:00", "Long ago")
    logs = tmp_path / "logs"
    write_log(logs)
    text = (logs / "orders.log").read_text(encoding="utf-8").replace("2026-03-04", "2026-05-04")
    (logs / "orders.log").write_text(text, encoding="utf-8")
    assert search(logs, repo=old.folder).tell() == []


def test_repository_without_commits_tells_nothing(tmp_path: Path) -> None:
    """An empty repository is no error."""
    assert search(write_log(tmp_path / "logs"), repo=Repository(tmp_path / "new").folder).tell() == []


@pytest.mark.parametrize("made", [True, False])
def test_folder_that_is_no_repository_is_an_error(tmp_path: Path, *, made: bool) -> None:
    """The user who names a folder without a repository learns it."""
    folder = tmp_path / "plain"
    if made:
        folder.mkdir()
    with pytest.raises(InputError, match=r"--repo: expected (a git repository at|the folder of a git repository)"):
        search(write_log(tmp_path / "logs"), repo=folder)


def test_place_outside_the_scheme_is_refused() -> None:
    """A place that does not name a commit or tag is never handed to git."""
    with pytest.raises(InputError, match="expected git:FOLDER@COMMIT, found 'git:/srv@--output=x'"):
        open_git_place(Place("git:/srv@--output=x", 1, 1))
