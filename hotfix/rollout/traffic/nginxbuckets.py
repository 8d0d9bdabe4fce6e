"""Moves traffic at nginx without a reload: each request falls into a bucket, and a bucket whose file exists is new.

A reload closes the idle connections of clients, and one that sends its next request in that moment loses it. Here nginx
looks for a file per request, and the files themselves are the truth: there is nothing that was written and not loaded.
"""

import stat
from dataclasses import dataclass
from pathlib import Path

from hotfix.rollout.traffic.contract import Moved, Reading, TrafficError
from hotfix.rollout.traffic.logcount import LogCounter, mark_log, measure_log
from hotfix.rollout.traffic.running import say_command

BUCKETS = tuple(f"{number:02x}" for number in range(256))
"""Names of the files, two digits of a hash, in the order in which they become new: what was moved stays moved while the
share grows."""


@dataclass(frozen=True, slots=True)
class NginxBuckets:
    """A folder that nginx's configuration asks for the file of each request's bucket."""

    folder: Path
    counter: LogCounter | None

    @property
    def target(self) -> str:
        """The folder."""
        return f"nginx by {self.folder.resolve()}"

    def settle_share(self, share: float) -> float:
        """Return the share in whole buckets."""
        return self._count_new(share) / len(BUCKETS)

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:
        """Return which files would be made and removed."""
        made, removed = self._find_changes(share, before)
        return tuple(
            say_command([tool, *(str(self.folder / name) for name in names)])
            for tool, names in (("touch", made), ("rm", removed))
            if names
        )

    def set_share(self, share: float) -> None:
        """Make and remove the files that differ, one bucket after the other.

        Raises:
            TrafficError: the folder is missing or cannot be written.
        """
        made, removed = self._find_changes(share)
        try:
            for name in made:
                (self.folder / name).touch(mode=0o644)
            for name in removed:
                (self.folder / name).unlink()
        except OSError as error:
            raise TrafficError(
                f"expected a folder that can be written at {self.folder}, found: {error.strerror}"
            ) from None

    def read_share(self) -> Reading:
        """Return the share of buckets that are new now."""
        new = len(self._find_new())
        closed = [path for path in (self.folder, *self.folder.parents) if not path.stat().st_mode & stat.S_IXOTH]
        notes = (f"{closed[0]} is closed to others, and nginx takes what it cannot look for as old",) if closed else ()
        return Reading(new / len(BUCKETS), f"{new} of {len(BUCKETS)} buckets in {self.folder} are new", notes)

    def mark_count(self) -> str | None:
        """Return the end of the access log; None without one."""
        return mark_log(self.counter)

    def measure_share(self, mark: str) -> Moved:
        """Return the requests of the access log since a mark."""
        return measure_log(self.counter, mark)

    def _count_new(self, share: float) -> int:
        return (
            min(max(round(share * len(BUCKETS)), 1), len(BUCKETS) - 1) if 0 < share < 1 else int(share) * len(BUCKETS)
        )

    def _find_changes(self, share: float, before: float | None = None) -> tuple[list[str], list[str]]:
        """Return the buckets that are to become new, and those that are to become old, the last one first."""
        found = self._find_new() if before is None else set(BUCKETS[: self._count_new(before)])
        new = BUCKETS[: self._count_new(share)]
        return [name for name in new if name not in found], [
            name for name in reversed(BUCKETS) if name in found - set(new)
        ]

    def _find_new(self) -> set[str]:
        try:
            return {path.name for path in self.folder.iterdir()} & set(BUCKETS)
        except OSError as error:
            raise TrafficError(
                f"expected the folder of nginx's buckets at {self.folder}, found: {error.strerror}"
            ) from None
