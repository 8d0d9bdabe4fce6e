"""The operator at a real terminal: what is seen, what may be typed, Ctrl-C and a connection that is lost."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hotfix.cli.deploy.terminal import open_terminal
from hotfix.rollout.execute.contract import Word
from tests.loopback import PATIENCE_S
from tests.rollout.rollouts import Site, run_haproxy_site
from tests.rollout.services import heed_signals

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(slots=True)
class _Terminal:
    """A terminal with a command on it."""

    process: subprocess.Popen[bytes]
    master: int
    shown: str = field(default="")

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.master, text.encode())

    def read_until(self, words: str) -> str:
        """Return all that was shown, once it holds some words; escapes are left out."""
        end = time.monotonic() + PATIENCE_S
        while words not in _ESCAPES.sub("", self.shown):
            assert time.monotonic() < end, f"expected {words!r}, found {self.shown[-2000:]}"
            if not self._read():
                break
        return _ESCAPES.sub("", self.shown)

    def end(self) -> int:
        """Return the exit code, once all is shown."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.master], [], [], PATIENCE_S)
        try:
            data = os.read(self.master, 65536) if ready else b""
        except OSError:  # nobody has the other side open
            data = b""
        self.shown += data.decode(errors="replace")
        return bool(data)


def _obey_terminal() -> None:
    """Make standard input the terminal that a process of its own session obeys."""
    heed_signals()
    os.close(os.open(os.ttyname(0), os.O_RDWR))


@contextmanager
def _open(site: Site, *options: str) -> Iterator[_Terminal]:
    """Yield a terminal on which `hotfix deploy run` was started for the site's incident."""
    master, slave = pty.openpty()
    words = ["run", str(site.incident), "--config", str(site.folder), *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "hotfix", "deploy", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "160", "LINES": "60"},
        start_new_session=True,
        preexec_fn=_obey_terminal,  # noqa: PLW1509  # before the program begins
    )
    os.close(slave)
    try:
        yield _Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _count_looks(site: Site, step: str) -> int:
    return sum(line["kind"] == "looked" and line["state"]["step"] == step for line in site.journal)  # type: ignore[index]


def test_operator_approves_each_phase(tmp_path: Path) -> None:
    """The screen shows phases, clocks, figures and reason, and asks; nothing moves before a go."""
    with run_haproxy_site(tmp_path) as site, _open(site) as terminal:
        shown = terminal.read_until("ready for the next phase: say go, pause or back")
        for words in ("phase", "20 %", "of at least", "canary requests", "[n ", "Type go, pause or back"):
            assert words in shown
        looks = _count_looks(site, "approval")
        terminal.type("go on\n")
        terminal.read_until("expected go, pause or back")
        assert _count_looks(site, "approval") >= looks
        assert site.kinds == ["begun", "moving", "moved"]
        terminal.type("go\n")
        terminal.read_until("50 % of the requests go to the new version")
        terminal.type("pause\n")
        terminal.read_until("paused: say go to go on")
        terminal.type("back\n")
        terminal.read_until("rolled back: An operator called it back.")
        assert terminal.end() == 1
        assert site.see_versions() == {"old"}
        assert site.load.lost == []


def test_ctrl_c_leaves_all_as_it_is_and_says_how_to_go_on(tmp_path: Path) -> None:
    """Exit code 130, and both commands; the terminal is as it was."""
    with run_haproxy_site(tmp_path, keys={"minimum_requests": 100000}) as site, _open(site) as terminal:
        terminal.read_until("[n ")
        terminal.type("\x03")
        shown = terminal.read_until("roll back: ")
        assert terminal.end() == 130
        command = f"{site.incident} --resume --config {site.folder}"
        assert f"go on:     hotfix deploy run {command}" in shown
        assert site.kinds[-1] == "interrupted"
        assert "new" in site.see_versions(200)
        assert site.do("rollback").code == 0


def test_hang_up_is_heard_unless_it_is_ignored() -> None:
    """With nohup the rollout goes on without a terminal, as whoever typed that wants it."""
    before = signal.getsignal(signal.SIGHUP)
    try:
        for handler, word in ((signal.SIG_DFL, Word.BACK), (signal.SIG_IGN, None)):
            signal.signal(signal.SIGHUP, handler)
            with open_terminal(asks=False) as terminal:
                os.kill(os.getpid(), signal.SIGHUP)
                assert terminal.listen(0.01) is word
            assert signal.getsignal(signal.SIGHUP) is handler
    finally:
        signal.signal(signal.SIGHUP, before)


def test_connection_that_is_lost_calls_the_rollout_back(tmp_path: Path) -> None:
    """Nobody would see it any more."""
    with run_haproxy_site(tmp_path, keys={"minimum_requests": 100000}) as site, _open(site, "--yes") as terminal:
        terminal.read_until("[n ")
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.end() == 1
        assert site.kinds[-3:] == ["said", "going back", "rolled back"]
        assert site.see_versions() == {"old"}
