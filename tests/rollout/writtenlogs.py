"""Writes logs as services and rotating tools do, and watches them window by window."""

import gzip
import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hotfix.core.facts import Analysis
from hotfix.rollout.contract import Observation
from hotfix.rollout.monitor import Monitor, Watched, read_monitor

BEGIN_S = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
"""When the records of these tests begin."""


def say_request(at_s: float, status: int = 200, message: str = "GET /order/7 answered", **fields: object) -> str:
    """Return the line of one request."""
    time = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    level = "ERROR" if status >= 500 else "INFO"
    line = {"time": time, "level": level, "message": message, "status": status, "duration_ms": 3.0, **fields}
    return json.dumps(line)


@dataclass
class WrittenLog:
    """A log that is written to and rotated; its last change lies back so far that nothing more is waited for."""

    path: Path
    rotations: int = 0

    def write(self, *lines: str, end: str = "\n") -> None:
        """Append lines."""
        with self.path.open("a", encoding="utf-8", newline="") as file:
            file.write("".join(f"{line}{end}" for line in lines))
        self.settle()

    def settle(self) -> None:
        """Let the last change lie back."""
        os.utime(self.path, (BEGIN_S + self.rotations, BEGIN_S + self.rotations))

    def rename(self) -> None:
        """Rotate by renaming, as logrotate does."""
        self._shift()
        if self.path.exists():
            self.path.rename(f"{self.path}.1")

    def copy_and_cut(self) -> None:
        """Rotate by copying and truncating (copytruncate)."""
        self._shift()
        if self.path.exists():
            shutil.copy2(self.path, f"{self.path}.1")
            os.truncate(self.path, 0)
            self.settle()

    def compress(self, *, done: bool = True) -> None:
        """Compress the newest rotated file, as gzip does; until it is done both files are there."""
        first = Path(f"{self.path}.1")
        if first.exists():
            packed = Path(f"{first}.gz")
            packed.write_bytes(gzip.compress(first.read_bytes()))
            os.utime(packed, (first.stat().st_mtime, first.stat().st_mtime))
            if done:
                first.unlink()

    def _shift(self) -> None:
        self.rotations += 1
        rotated = sorted(self.path.parent.glob(f"{self.path.name}.*"), key=lambda path: -int(path.name.split(".")[2]))
        for path in rotated:
            name, log, number, *packed = path.name.split(".")
            path.rename(path.with_name(".".join([name, log, str(int(number) + 1), *packed])))


@dataclass
class Watching:
    """A monitor that looks at one window after the other."""

    monitor: Monitor
    at_s: float = BEGIN_S
    mark: str = ""
    seen: list[Watched] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mark = self.monitor.begin()

    def look(self, end_s: float) -> Observation:
        """Return what came in the window from the last look on."""
        found = self.monitor.observe(self.mark, 0, self.at_s, end_s)
        self.mark, self.at_s = found.mark, end_s
        self.seen.append(found)
        return found.observation

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes of the last look."""
        return self.seen[-1].notes


def watch(folder: Path, analysis: Analysis | None = None, **keys: object) -> Watching:
    """Return the watching of `new.log` and `old.log` in a folder, unless the keys of the table say others."""
    given = {"source": "logs", "new": "new.log", "old": "old.log", **keys}
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in given.items())
    path = folder / "hotfix.toml"
    path.write_text(f"[deploy.monitor]\n{text}")
    return Watching(read_monitor(path, analysis))
