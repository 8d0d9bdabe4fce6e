"""The journal of a rollout, `rollout.jsonl` in the incident's folder: a line is on disk before what it says is done.

Lines are only ever added. A last line that a crash cut off is left out, and told.
"""

from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import HotfixError, InputError
from hotfix.core.facts import Skipped
from hotfix.core.journal import append_line, read_entries
from hotfix.rollout.contract import Observation
from hotfix.rollout.execute.contract import ENDS, Entry, Kind, State
from hotfix.rollout.execute.limits import JOURNAL_BYTES_MOST
from hotfix.rollout.execute.records import Line, Seen, parse_entry, render_entry

JOURNAL = "rollout.jsonl"


class JournalError(HotfixError):
    """The journal cannot be written; nothing that it should hold may be done, but for going back."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Past:
    """The last rollout that a journal holds."""

    lines: tuple[Line, ...]  # at least one; the first began it
    skipped: tuple[Skipped, ...] = ()  # lines that could not be read

    @property
    def state(self) -> State:
        """Where it stood when the last line was written."""
        return self.lines[-1].state

    @property
    def is_over(self) -> bool:
        """Whether it came to an end by itself."""
        return self.state.step in ENDS

    @property
    def looks(self) -> tuple[Seen, ...]:
        """What was seen since the first phase began for the last time."""
        first = max((at for at, line in enumerate(self.lines) if _starts(line)), default=0)
        return tuple(line.seen for line in self.lines[first:] if line.seen)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """The evidence, and before it what the old version did where all requests left it at once."""
        before = next((line.before for line in reversed(self.lines) if line.before), ())
        return (*before, *(seen.observation for seen in self.looks))

    def find_detail(self, key: str) -> str | None:
        """Return the text that was written last under a key of the details."""
        found = (line.details.get(key) for line in reversed(self.lines))
        return next((value for value in found if isinstance(value, str)), None)


def append_entry(folder: Path, entry: Entry) -> None:
    """Write an entry; it is on disk when this returns.

    Raises:
        JournalError: it cannot be written; the journal is as it was.
    """
    path = folder / JOURNAL
    try:
        append_line(path, render_entry(entry))
    except OSError as error:
        raise JournalError(f"expected a journal that can be written at {path}, found: {error.strerror}") from None


def read_past(folder: Path) -> Past | None:
    """Return the last rollout of a folder's journal; None where there is none.

    Raises:
        InputError: the journal is there and cannot be read, or holds no line that tells how the rollout began.
    """
    found = read_rollouts(folder)
    return found[-1] if found else None


def read_rollouts(folder: Path) -> tuple[Past, ...]:
    """Return every rollout of a folder's journal in the order they began; each tells all lines that are left out.

    Raises:
        InputError: the journal is there and cannot be read, or holds no line that tells how a rollout began.
    """
    path = folder / JOURNAL
    lines, skipped = read_entries(path, JOURNAL_BYTES_MOST, parse_entry)
    if not lines and not skipped:
        return ()
    begins = [at for at, line in enumerate(lines) if line.kind is Kind.BEGUN]
    if not begins:
        raise InputError(
            f"expected at {path} a line that tells how the rollout began, found none; "
            "hotfix deploy rollback sends everything back without it"
        )
    ends = (*begins[1:], len(lines))
    return tuple(Past(lines[start:end], skipped) for start, end in zip(begins, ends, strict=True))


def _starts(line: Line) -> bool:
    """Tell whether a line is the first phase on its way: what was seen before is of another attempt."""
    return line.kind is Kind.MOVING and line.state.phase == 0
