"""Follows a line from the release that ran to the commit that a patch is made for."""

import re
from dataclasses import dataclass, field

from hotfix.repair.contract import Repository
from hotfix.repair.git import call_git

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


@dataclass(slots=True)
class LineMap:
    """Lines of files at a running release, as lines at the head of the repository."""

    repository: Repository
    running: str | None  # commit; None: the head itself runs
    _hunks: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)

    def to_head(self, path: str, line: int) -> int:
        """Return the line at the head, or 0 when that line is no longer there."""
        if self.running in {None, self.repository.head} or not line:
            return line
        moved = 0
        for old, n_old, _new, n_new in self._read_hunks(path):
            if n_old and old <= line < old + n_old:
                return 0
            if old < line:
                moved += n_new - n_old
        return line + moved

    def _read_hunks(self, path: str) -> list[tuple[int, int, int, int]]:
        if path not in self._hunks:
            done = call_git(
                self.repository.git_dir, "diff", "-U0", "--no-ext-diff", "--no-textconv", "--no-renames",
                str(self.running), self.repository.head, "--", path,
            )  # fmt: skip
            self._hunks[path] = [
                (int(found[1]), int(found[2] or 1), int(found[3]), int(found[4] or 1))
                for found in _HUNK.finditer(done.text)
            ]
        return self._hunks[path]
