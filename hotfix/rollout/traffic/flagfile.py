"""Moves traffic by a number in a file that the application reads: a percentage, or a share from 0 to 1."""

from dataclasses import dataclass
from pathlib import Path

from hotfix.core.configtable import Table
from hotfix.core.files import write_whole
from hotfix.rollout.traffic.contract import Moved, Reading, Traffic, TrafficError
from hotfix.rollout.traffic.flagtext import FlagFormat, read_number, replace_number
from hotfix.rollout.traffic.limits import FLAG_BYTES_MOST
from hotfix.rollout.traffic.logcount import LogCounter, mark_log, measure_log, read_log_counter
from hotfix.rollout.traffic.running import say_command

_WHOLE = {"percent": 100.0, "ratio": 1.0}


def read_flagfile(table: Table) -> Traffic:
    """Return the provider that a table describes."""
    file = table.file("file")
    ending = file.suffix.removeprefix(".")
    form = FlagFormat(table.choice("format", FlagFormat, ending if ending in ("json", "toml") else "plain"))
    path = () if form is FlagFormat.PLAIN else tuple(table.text("key").split("."))
    unit = table.choice("unit", _WHOLE, "percent")
    new, old = ((table.text(key),) if table.has("log") else () for key in ("new", "old"))
    table.refuse_shared("old", new, old)
    return FlagFile(file, form, path, _WHOLE[unit], read_log_counter(table, new, old))


@dataclass(frozen=True, slots=True)
class FlagFile:
    """A file, the number in it, and what that number is at full traffic."""

    file: Path
    form: FlagFormat
    path: tuple[str, ...]  # keys, outermost first
    whole: float
    counter: LogCounter | None

    @property
    def target(self) -> str:
        """The file, and where in it."""
        return f"{'.'.join(self.path) or 'the number'} in {self.file.resolve()}"

    def settle_share(self, share: float) -> float:
        """Return the share as it can be written, with six digits."""
        return self._number(share) / self.whole

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:
        """Return the number that would be written, and where."""
        now = self._read_number(self._read_text()) if before is None else self._number(before)
        if now == self._number(share):
            return ()
        place = say_command([str(self.file)])
        said = f"{self._number(share):g}"
        return (f"echo {said} > {place}",) if not self.path else (f"# in {place}: {'.'.join(self.path)} = {said}",)

    def set_share(self, share: float) -> None:
        """Write the number; the file is replaced as a whole, with its owner and mode, and nothing else in it changes.

        Raises:
            TrafficError: the file cannot be read or written, or holds no such number.
        """
        text = self._read_text()
        if self._read_number(text) == self._number(share):
            return
        try:
            changed = replace_number(text, self.form, self.path, self._number(share))
            target = self.file.resolve()
            write_whole(target, changed, like=target)
        except ValueError as error:
            raise self._refuse(error) from None
        except OSError as error:
            raise TrafficError(f"expected to write {self.file}, found: {error.strerror}") from None

    def read_share(self) -> Reading:
        """Return the share that the file says; whether the application has read it, only counting tells."""
        number = self._read_number(self._read_text())
        share = number / self.whole
        state = f"{self.file} says {number:g}"
        return Reading(share, state) if 0 <= share <= 1 else Reading(None, f"{state}, which is no share")

    def mark_count(self) -> str | None:
        """Return the end of the application's log; None without one."""
        return mark_log(self.counter)

    def measure_share(self, mark: str) -> Moved:
        """Return the requests of the application's log since a mark."""
        return measure_log(self.counter, mark)

    def _number(self, share: float) -> float:
        return float(f"{share * self.whole:g}")

    def _read_text(self) -> str:
        try:
            if self.file.exists() and not self.file.is_file():
                raise TrafficError(f"expected a flag file at {self.file}, found something that is no file")
            with self.file.open("rb") as file:
                content = file.read(FLAG_BYTES_MOST + 1)
            if len(content) > FLAG_BYTES_MOST:
                raise TrafficError(
                    f"expected a flag file at {self.file}, found one of more than {FLAG_BYTES_MOST} bytes"
                )
            return content.decode()
        except OSError as error:
            raise TrafficError(f"expected a flag file at {self.file}, found: {error.strerror}") from None
        except UnicodeDecodeError:
            raise TrafficError(f"expected a flag file in UTF-8 at {self.file}, found other bytes") from None

    def _read_number(self, text: str) -> float:
        try:
            return read_number(text, self.form, self.path)
        except ValueError as error:
            raise self._refuse(error) from None

    def _refuse(self, error: ValueError) -> TrafficError:
        where = f" at {'.'.join(self.path)}" if self.path else ""
        return TrafficError(f"expected a number{where} in {self.file}, found {error}")
