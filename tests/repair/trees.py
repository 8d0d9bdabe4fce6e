"""Trees and repositories for the tests of repair."""

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path


def take_prints(folder: Path) -> dict[str, str]:
    """Return path → mode, modification time and hash of every file below a folder."""
    return {
        str(path.relative_to(folder)): f"{path.lstat().st_mode:o} {path.lstat().st_mtime_ns} "
        + (hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for path in sorted(folder.rglob("*"))
    }


def make_repository(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Make a git repository with one commit of these files and return its folder."""
    folder.mkdir(parents=True)
    write_files(folder, files)
    run_git(folder, "init", "--quiet", "--initial-branch=main")
    run_git(folder, "add", "--all")
    run_git(folder, "commit", "--quiet", "--message=All of it")
    return folder


def make_patch(repository: Path, files: Mapping[str, str | bytes | None]) -> bytes:
    """Return the diff that gives files new contents, or removes them for None; the tree is as before afterwards."""
    write_files(repository, {path: content for path, content in files.items() if content is not None})
    for path, content in files.items():
        if content is None:
            (repository / path).unlink()
    run_git(repository, "add", "--all")
    diff = run_git(repository, "diff", "--cached", "--binary", "--full-index")
    run_git(repository, "reset", "--quiet", "--hard")
    return diff


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run git in a folder as an author of its own, without the user's settings."""
    who = (
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "commit.gpgSign=false",
        "-c",
        "safe.directory=*",
    )
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, input=stdin).stdout
