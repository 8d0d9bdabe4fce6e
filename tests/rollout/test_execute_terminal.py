"""The operator at a real terminal: what is seen, what may be typed, Ctrl-C and a connection that is lost."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotfix.cli.deploy.terminal import open_terminal
from hotfix.rollout.execute.contract import Word
from tests.rollout.rollouts import Site, run_haproxy_site
from tests.rollout.terminals import Terminal, open_command


@contextmanager
def _open(site: Site, *options: str) -> Iterator[Terminal]:
    """Yield a terminal on which `hotfix deploy run` was started for the site's incident."""
    words = ("deploy", "run", str(site.incident), "--config", str(site.folder), *options)
    with open_command(None, os.environ, *words) as terminal:
        yield terminal


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
