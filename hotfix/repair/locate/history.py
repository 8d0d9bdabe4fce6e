"""Reads what commits changed, who wrote a line, and which commits a function went through."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hotfix.repair.contract import Repository
from hotfix.repair.git import call_git, run_git

_COMMIT = "\x1ecommit %H%x1f%ct%x1f%s"
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-notes", "--no-decorate")


@dataclass(frozen=True, slots=True)
class Touched:
    """What one commit changed in one file."""

    path: str  # after the commit; the old one where it was deleted
    added: tuple[str, ...]  # lines
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit with its changes."""

    ident: str  # full id
    at: datetime
    subject: str
    files: tuple[Touched, ...]

    @property
    def added_text(self) -> str:
        """Return all lines that the commit added."""
        return "\n".join(line for file in self.files for line in file.added)


def read_commits(repository: Repository, idents: Sequence[str]) -> tuple[Commit, ...]:
    """Return commits with the lines they changed, in the order asked for."""
    if not idents:
        return ()
    names = "\n".join(idents).encode()
    out = run_git(
        repository.git_dir, "log", *_PLAIN, "--stdin", "--no-walk=unsorted", "-p", "-U0", "--no-renames",
        f"--format={_COMMIT}", stdin=names,
    )  # fmt: skip
    records = out.decode(errors="replace").split("\x1ecommit ")[1:]
    return tuple(_read_commit(record) for record in records)


def blame_line(repository: Repository, revision: str, path: str, line: int) -> str | None:
    """Return the commit that last wrote a line, or None when the line or its history is not there."""
    done = call_git(
        repository.git_dir, "blame", "--porcelain", "-w", "-L", f"{line},{line}", revision, "--", path
    )  # fmt: skip
    if done.code or not done.out:
        return None
    ident = done.text.split(" ", 1)[0].lstrip("^")
    return None if repository.shallow and "\nboundary\n" in done.text else ident


def trace_lines(repository: Repository, revision: str, path: str, span: tuple[int, int]) -> tuple[str, ...]:
    """Return the commits that changed a span of lines (``git log -L``), newest first."""
    done = call_git(
        repository.git_dir, "log", *_PLAIN, "-s", "--max-count=20", "--format=%H",
        f"-L{span[0]},{span[1]}:{path}", revision,
    )  # fmt: skip
    return tuple(row for row in done.text.split() if re.fullmatch(r"[0-9a-f]{40,64}", row)) if done.code == 0 else ()


def _read_commit(record: str) -> Commit:
    head, _, patch = record.partition("\n")
    ident, seconds, subject = head.split("\x1f", 2)
    return Commit(ident, datetime.fromtimestamp(int(seconds), UTC), subject, tuple(_read_files(patch)))


def _read_files(patch: str) -> Iterator[Touched]:
    path, added, removed, left, right = "", [], [], 0, 0
    for line in patch.split("\n"):
        if left > 0 and line.startswith("-"):
            removed.append(line[1:])
            left -= 1
        elif right > 0 and line.startswith("+"):
            added.append(line[1:])
            right -= 1
        elif line.startswith("diff --git "):
            if path:
                yield Touched(path, tuple(added), tuple(removed))
            path, added, removed = line.rpartition(" b/")[2], [], []
        elif (hunk := _HUNK.match(line)) is not None:
            left, right = int(hunk[2] or 1), int(hunk[4] or 1)
    if path:
        yield Touched(path, tuple(added), tuple(removed))
