"""Runs git: read-only for the user's repository, no pager, no hooks, no prompt, nothing fetched."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.repair.limits import GIT_SECONDS

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "core.autocrlf=false",
    "core.attributesFile=/dev/null",
    "log.showSignature=false",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.renames=true",
    "gc.auto=0",
    "advice.detachedHead=false",
    "init.defaultBranch=main",
    "protocol.file.allow=always",
    "protocol.ext.allow=never",
)
_FETCH = "fetch them with: git fetch --refetch"
_CALM = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "LC_ALL": "C",
    "TZ": "UTC",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What git answered."""

    code: int
    out: bytes
    said: str  # first line of its standard error, without "fatal: "

    @property
    def text(self) -> str:
        """Return the output as text; what is no UTF-8 is replaced."""
        return self.out.decode(errors="replace")


def call_git(git_dir: Path, *arguments: str, work_tree: Path | None = None, stdin: bytes = b"") -> Done:
    """Run git on a repository and return what it answered, also when it failed.

    Raises:
        InputError: git is missing or did not answer in time.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    tree = [f"--work-tree={work_tree}"] if work_tree else []
    try:
        done = subprocess.run(
            ["git", "--no-pager", *settings, f"--git-dir={git_dir}", *tree, *arguments],
            capture_output=True,
            check=False,
            cwd=work_tree,
            timeout=GIT_SECONDS,
            env=inherited | _CALM,
            input=stdin,
        )
    except FileNotFoundError:
        raise InputError("--repo: git is not installed; install it to work on a repository") from None
    except subprocess.TimeoutExpired:
        raise InputError(f"--repo: git {arguments[0]} did not answer within {GIT_SECONDS:.0f} s") from None
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if not line.startswith("warning:")]
    said = lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else ""
    return Done(done.returncode, done.stdout, said)


def run_git(git_dir: Path, *arguments: str, work_tree: Path | None = None, stdin: bytes = b"") -> bytes:
    """Run git on a repository and return its output.

    Raises:
        InputError: git is missing, failed, or did not answer in time; the message holds what it said.
    """
    done = call_git(git_dir, *arguments, work_tree=work_tree, stdin=stdin)
    if done.code and "promisor" in done.said:
        raise InputError(f"--repo: git {arguments[0]} needs files that this partial clone left out; {_FETCH}")
    if done.code:
        raise InputError(f"--repo: git {arguments[0]} failed: {done.said or f'exit code {done.code}'}")
    return done.out


def init_like(git_dir: Path, target: Path, *options: str, work_tree: Path | None = None) -> None:
    """Make an empty repository whose objects have the same format as those of another: SHA-1 or SHA-256.

    Raises:
        InputError: git is missing, or the disk refuses.
    """
    kind = call_git(git_dir, "rev-parse", "--show-object-format").text.strip() or "sha1"
    run_git(target, "init", "--quiet", "--template=", f"--object-format={kind}", *options, work_tree=work_tree)


def list_lines(git_dir: Path, *arguments: str) -> list[str]:
    """Return the output of git as lines of text."""
    return run_git(git_dir, *arguments).decode(errors="replace").splitlines()
