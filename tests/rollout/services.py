"""Real versions of a real service, real load on them, and waiting for what is true: the ground of a rollout's tests."""

import http.client
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.loopback import PATIENCE_S

_PROGRAM = Path(__file__).with_name("shopservice.py")
_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Version:
    """How a version of the shop behaves."""

    name: str
    errors: float = 0.0  # share of requests that fail, 0..1
    fatal: float = 0.0  # share of requests that meet an exception which no other version knows
    latency_ms: float = 2.0  # median; the spread is lognormal, sigma 0.3
    seed: int = 1


@dataclass(slots=True)
class Service:
    """A version that runs."""

    version: Version
    port: int
    log: Path
    process: subprocess.Popen[str]

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def ask(self, path: str) -> str:
        """Return the body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def behave(self, **changes: float) -> None:
        """Change how it behaves while it runs: errors, fatal, latency_ms."""
        self.ask(f"/behave?{urlencode(changes)}")

    def count(self) -> int:
        """Return how many orders it has answered."""
        return int(self.ask("/count"))

    def stop(self) -> None:
        """End it as an operator does: what it has begun is answered."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def _end(self, by: signal.Signals) -> None:
        self.process.send_signal(by)
        self.process.wait(_TIMEOUT_S)


def start_service(version: Version, log: Path, port: int = 0) -> Service:
    """Start a version, on a free port unless one is given; it answers when this returns. The caller ends it."""
    behaviour = {"errors": version.errors, "fatal": version.fatal, "latency_ms": version.latency_ms}
    settings = [word for name, value in behaviour.items() for word in ("--behave", f"{name}={value}")]
    command = [sys.executable, "-S", _PROGRAM, version.name, log, f"--port={port}", f"--seed={version.seed}", *settings]
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said, f"version {version.name} did not start"
    return Service(version, int(said), log, process)


@contextmanager
def run_service(version: Version, folder: Path, port: int = 0) -> Iterator[Service]:
    """Yield a running version whose log is `<name>.log` in the folder."""
    service = start_service(version, folder / f"{version.name}.log", port)
    try:
        yield service
    finally:
        service.kill()


@contextmanager
def run_pair(folder: Path, new: Version | None = None, old: Version | None = None) -> Iterator[tuple[Service, Service]]:
    """Yield a new and an old version that run side by side; both are good ones unless others are given."""
    with (
        run_service(new or Version("new"), folder) as running_new,
        run_service(old or Version("old"), folder) as running,
    ):
        yield running_new, running


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request of the load came to."""

    at_s: float  # monotonic clock, when it was sent
    took_s: float
    status: int | None  # None: it was lost
    version: str | None  # that answered
    fault: str = ""


@dataclass(slots=True)
class Load:
    """Clients that send orders one after the other, each on a connection of its own, until the block is left."""

    port: int
    clients: int = 4
    pause_s: float = 0.004  # of each client between two requests
    keep_alive: bool = False  # one connection per client instead, opened again when the server closes it
    answers: list[Answer] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._send_orders, args=(one,)) for one in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int, seconds: float = PATIENCE_S) -> Sequence[Answer]:
        """Return the next answers, so many at least, all to requests that were sent after this call."""
        begin, now = len(self.answers), time.monotonic()
        with self._news:
            fresh = self._news.wait_for(lambda: self._find_since(begin, now, more), seconds)
        assert fresh, f"expected {more} answers within {seconds} s, found {len(self.answers) - begin}"
        return fresh

    @property
    def lost(self) -> list[Answer]:
        """Requests that nobody answered, and those that the balancer answered itself, for want of a server."""
        return [answer for answer in list(self.answers) if answer.status is None or answer.version is None]

    def _find_since(self, begin: int, now: float, more: int) -> list[Answer]:
        found = [answer for answer in self.answers[begin:] if answer.at_s >= now]
        return found if len(found) >= more else []

    def _send_orders(self, client: int) -> None:
        number, connection = client, self._connect()
        while not self._ending.wait(self.pause_s):
            answer = self._send(connection, f"/order/{number}")
            if not self.keep_alive or answer.status is None:
                connection.close()
            with self._news:
                self.answers.append(answer)
                self._news.notify_all()
            number += self.clients
        connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_S)

    def _send(self, connection: http.client.HTTPConnection, path: str) -> Answer:
        begin = time.monotonic()
        try:
            connection.request("GET", path, headers={} if self.keep_alive else {"Connection": "close"})
            response = connection.getresponse()
            response.read()
            status, version, fault = response.status, response.getheader("X-Version"), ""
        except (OSError, http.client.HTTPException) as error:
            status, version, fault = None, None, f"{type(error).__name__}: {error}"
        return Answer(begin, time.monotonic() - begin, status, version, fault)


def count_versions(answers: Sequence[Answer]) -> Counter[str | None]:
    """Return how many answers each version gave."""
    return Counter(answer.version for answer in answers)


def heed_signals() -> None:
    """Have a process hear what one at a terminal hears: tests may run under nohup, or in the background of a shell."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
