"""Moves traffic by one file of nginx's configuration that hotfix owns, and a reload that is checked before and after.

A reload puts everything in force that lies on the disk: what others changed meanwhile is told by `read_share`. It also
closes idle connections of clients, which `nginxbuckets` does not.
"""

import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from hotfix.core.configtable import Table
from hotfix.core.files import write_whole
from hotfix.core.plain import tame
from hotfix.core.text import format_time
from hotfix.rollout.traffic.contract import Moved, Reading, Traffic, TrafficError
from hotfix.rollout.traffic.limits import COMMAND_SECONDS, RELOAD_SECONDS, SECONDS_MOST
from hotfix.rollout.traffic.logcount import LogCounter, mark_log, measure_log, read_log_counter
from hotfix.rollout.traffic.nginxbuckets import NginxBuckets
from hotfix.rollout.traffic.nginxfile import HEAD, Directives, SplitClients, UpstreamWeights
from hotfix.rollout.traffic.nginxprocess import wait_for_reload, wait_for_workers
from hotfix.rollout.traffic.running import Done, run_command, say_command

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_ADDRESS = re.compile(r"[A-Za-z0-9_.:/\[\]-]+")
_VARIABLE = re.compile(r"\$[A-Za-z0-9_]+")
_KEY = re.compile(r"[^\"\\;{}]*\$[^\"\\;{}]*")
_WORDS = re.compile(r"[^;{}#\n]+")
_PROBE = re.compile(r"http://[^/\s]+/\S*")
_ERROR = re.compile(r"\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?(.+)")
_INCLUDED = re.compile(r"^# configuration file (.+):$", re.MULTILINE)


def read_nginx(table: Table) -> Traffic:
    """Return the provider that a table describes."""
    mode = table.choice("mode", ("split_clients", "upstream", "buckets"), "split_clients")
    new, old = (table.names(key, _ADDRESS, "name or address") for key in ("new", "old"))
    table.refuse_shared("old", new, old)
    counter = read_log_counter(table, new, old)
    if mode == "buckets":
        return NginxBuckets(table.file("folder"), counter)
    return Nginx(
        file=table.file("file"),
        directives=_read_upstream(table, new, old) if mode == "upstream" else _read_split(table, new, old),
        command=table.command("command", "nginx"),
        pid_file=Path(table.text("pid", "/run/nginx.pid")),
        reload_s=table.number("reload_s", RELOAD_SECONDS, 0.1, SECONDS_MOST),
        probe=table.matching("probe", _PROBE, "an address http://host:port/path") if table.has("probe") else None,
        counter=counter,
    )


def _read_upstream(table: Table, new: tuple[str, ...], old: tuple[str, ...]) -> UpstreamWeights:
    parameters = table.matching("parameters", _WORDS, "parameters of a server") if table.has("parameters") else ""
    further = table.optional_names("directives", _WORDS, "directive without its semicolon")
    return UpstreamWeights(table.matching("upstream", _NAME, "name of an upstream"), new, old, parameters, further)


def _read_split(table: Table, new: tuple[str, ...], old: tuple[str, ...]) -> SplitClients:
    for key, names in (("new", new), ("old", old)):
        if len(names) > 1:
            table.refuse(key, "one name", list(names))
    variable = table.matching("variable", _VARIABLE, "a variable with its $")
    key = table.matching("key", _KEY, "text with a variable of nginx", "$request_id")
    return SplitClients(variable, key, new[0], old[0])


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx on this host, and the file that its configuration includes."""

    file: Path
    directives: Directives
    command: tuple[str, ...]  # nginx with the options that it was started with
    pid_file: Path
    reload_s: float
    probe: str | None  # address where nginx itself answers the share that it runs with, in percent
    counter: LogCounter | None

    @property
    def target(self) -> str:
        """The owned file."""
        return f"nginx by {self.file.resolve()}"

    def settle_share(self, share: float) -> float:
        """Return the nearest share that can be written into the file."""
        return self.directives.settle_share(share)

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:
        """Return the file that would be written, the check and the reload."""
        content = self.directives.render(share)
        if self._is_in_force(content) if before is None else self.directives.render(before) == content:
            return ()
        check, reload = (say_command((*self.command, *words)) for words in (("-t",), ("-s", "reload")))
        return (f"cat > {say_command([str(self.file)])} <<'END'\n{content}END", check, reload)

    def set_share(self, share: float) -> None:
        """Write the file, have nginx check it, reload, and see new workers; the old file comes back if one of it fails.

        Raises:
            TrafficError: nginx is not running, refuses the configuration, does not include the file, or goes on with
                its old configuration; or the file is not hotfix's.
        """
        content = self.directives.render(share)
        if self._is_in_force(content):
            return
        workers = set(wait_for_workers(self.pid_file, self.reload_s))
        kept = self._keep_file()
        try:
            with self._bring_back(kept, BaseException):
                if self._read_file() != content:
                    self._write(content)
                self._check()
            with self._bring_back(kept, TrafficError):  # after an interrupt nginx may have read the new file already
                self._reload(workers)
        finally:
            kept.unlink(missing_ok=True)  # both names are of one file where nothing was written

    def read_share(self) -> Reading:
        """Return the share of the file where nginx has read it since it was changed, else what is wrong."""
        text = self._read_file()
        share = self.directives.read_share(text) if text else None
        if share is None:
            return Reading(None, f"{self.file} " + ("is not as hotfix writes it" if text else "is missing or empty"))
        # The oldest: a worker that crashed is replaced by one with the configuration that the others have.
        loaded = min(wait_for_workers(self.pid_file, self.reload_s).values())
        running = self._ask_probe()
        if running is not None:
            fits = abs(running - share) < 1e-6
            notes = () if fits else (f"{self.file} says {share:.4g}, nginx runs with {running:.4g}",)
            return Reading(running, f"nginx answers a share of {running:.4g}", (*notes, *self._find_pending(loaded)))
        if _find_change(self.file, math.inf) > loaded:
            since = format_time(datetime.fromtimestamp(int(loaded), UTC))
            return Reading(None, f"{self.file} was changed after nginx was loaded at {since}, so it is not in force")
        return Reading(
            share, f"{self.file} says a share of {share:.4g}, and nginx has read it", self._find_pending(loaded)
        )

    def mark_count(self) -> str | None:
        """Return the end of the access log; None without one."""
        return mark_log(self.counter)

    def measure_share(self, mark: str) -> Moved:
        """Return the requests of the access log since a mark."""
        return measure_log(self.counter, mark)

    def _is_in_force(self, content: str) -> bool:
        if self._read_file() != content:
            return False
        reading = self.read_share()
        return reading.share is not None and self.directives.render(reading.share) == content

    def _read_file(self) -> str | None:
        try:
            text = self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise TrafficError(f"expected to read {self.file}, found: {error}") from None
        if text.strip() and not text.startswith(HEAD):
            raise TrafficError(
                f"expected a file at {self.file} that hotfix wrote or an empty one, found another; "
                "name a file of its own"
            )
        return text

    def _keep_file(self) -> Path:
        """Keep the file under a second name, with its owner, mode and time, and return that name."""
        kept = self.file.with_name(f".{self.file.name}.before")
        try:
            kept.unlink(missing_ok=True)
            if self.file.exists():
                os.link(self.file, kept)
        except OSError as error:
            raise TrafficError(
                f"expected a folder that can be written at {kept.parent}, found: {error.strerror}"
            ) from None
        return kept

    @contextmanager
    def _bring_back(self, kept: Path, fault: type[BaseException]) -> Iterator[None]:
        """Have the file as it was kept, or none where there was none, when what is done here fails so."""
        try:
            yield
        except fault:
            if kept.exists():
                kept.replace(self.file)
            else:
                self.file.unlink(missing_ok=True)
            raise

    def _write(self, content: str) -> None:
        try:
            write_whole(self.file, content, like=self.file if self.file.exists() else None)
        except OSError as error:
            raise TrafficError(f"expected to write {self.file}, found: {error.strerror}") from None

    def _check(self) -> None:
        done = self._run("-T")
        if done.code:
            raise TrafficError(f"expected nginx to accept its configuration, found: {_find_error(done)}")
        if not any(Path(path).resolve() == self.file.resolve() for path in _INCLUDED.findall(done.out)):
            raise TrafficError(f"expected nginx's configuration to include {self.file}, found that it does not")

    def _reload(self, workers: set[int]) -> None:
        done = self._run("-s", "reload")
        if done.code:
            raise TrafficError(f"expected nginx to reload, found: {_find_error(done)}")
        wait_for_reload(self.pid_file, workers, self.reload_s)

    def _find_pending(self, loaded: float) -> tuple[str, ...]:
        """Return what the next reload would do beside our own file: notes, or none."""
        done = self._run("-T")
        if done.code:
            return (f"nginx would refuse its configuration now, so that no share can be set: {_find_error(done)}",)
        others = [Path(path) for path in _INCLUDED.findall(done.out) if Path(path).resolve() != self.file.resolve()]
        newer = [str(path) for path in others if _find_change(path, 0.0) > loaded]
        return (f"a reload puts changes in force that others made to {', '.join(newer)}",) if newer else ()

    def _ask_probe(self) -> float | None:
        """Return the share that nginx answers; None without a probe."""
        if self.probe is None:
            return None
        parts = urlsplit(self.probe)
        connection = HTTPConnection(parts.netloc, timeout=COMMAND_SECONDS)
        try:
            connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
            said = connection.getresponse().read(200).decode(errors="replace")
            return float(said) / 100
        except ValueError:
            raise TrafficError(f"expected a share in percent at {self.probe}, found {tame(said)[:60]!r}") from None
        except (OSError, HTTPException) as error:
            raise TrafficError(f"expected nginx to answer at {self.probe}, found: {error}") from None
        finally:
            connection.close()

    def _run(self, *words: str) -> Done:
        return run_command((*self.command, *words), COMMAND_SECONDS)


def _find_change(path: Path, unknown: float) -> float:
    """Return when a file was changed last, Unix seconds; `unknown` where it cannot be looked at, as only nginx may."""
    try:
        return path.stat().st_mtime
    except OSError:
        return unknown


def _find_error(done: Done) -> str:
    found = _ERROR.search(done.err)
    return tame(found[1])[:300] if found else done.reason
