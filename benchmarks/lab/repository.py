"""The git repository of a service: one commit per release, checked out side by side as a deployer does."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

SERVICES = Path(__file__).parent / "services"
_NAME, _MAIL = "Shop Release", "release@shop.example"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to one file: `old`, which occurs once, becomes `new`; an empty `old` makes a new file."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a service: its edits over the previous one, and how long before the recording it was made."""

    version: str
    message: str
    edits: tuple[Edit, ...] = ()
    hours_ago: float = 1.0


def make_repository(service: str, releases: tuple[Release, ...], folder: Path, now: datetime) -> dict[str, str]:
    """Makes the repository of a service with one commit and one tag per release.

    Args:
        service: `services/shop-NAME` holds the tree of the first release.
        releases: in order; the first one's edits apply to that tree.
        folder: where the repository is made.
        now: the moment that `hours_ago` counts from.

    Returns:
        version → commit.
    """
    shutil.copytree(SERVICES / f"shop-{service}", folder, ignore=shutil.ignore_patterns("__pycache__", "*.class"))
    run_git(folder, "init", "-q", "-b", "main")
    return {release.version: _commit(folder, release, now) for release in releases}


def check_out(repository: Path, version: str, commit: str, folder: Path) -> None:
    """Writes the tree of a version into `folder`, with the commit in a file REVISION as deployers leave it."""
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", str(repository), "archive", f"v{version}"], check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    (folder / "REVISION").write_text(commit + "\n")


def find_line(repository: Path, version: str, file: str, text: str) -> int:
    """Returns the number (from 1) of the only line of a file, at a version, that holds `text`.

    Raises:
        ValueError: no line or more than one holds it.
    """
    lines = run_git(repository, "show", f"v{version}:{file}").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if text in line]
    if len(found) != 1:
        raise ValueError(f"expected one line with {text!r} in {file} at v{version}, found {len(found)}")
    return found[0]


def run_git(repository: Path, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Runs git in a repository and returns what it prints."""
    command = ["git", "-C", str(repository), "-c", f"user.name={_NAME}", "-c", f"user.email={_MAIL}", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **(env or {})})
    return done.stdout


def _commit(folder: Path, release: Release, now: datetime) -> str:
    for edit in release.edits:
        _apply(folder / edit.file, edit)
    (folder / "VERSION").write_text(release.version + "\n")
    at = (now - timedelta(hours=release.hours_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    run_git(folder, "add", "-A")
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    run_git(folder, "commit", "-q", "-m", f"{release.message}\n\nRelease {release.version}.", env=dates)
    run_git(folder, "tag", f"v{release.version}")
    return run_git(folder, "rev-parse", "HEAD").strip()


def _apply(path: Path, edit: Edit) -> None:
    if not edit.old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit.new)
        return
    text = path.read_text()
    if text.count(edit.old) != 1:
        raise ValueError(f"expected {edit.old!r} once in {edit.file}, found it {text.count(edit.old)} times")
    path.write_text(text.replace(edit.old, edit.new))
