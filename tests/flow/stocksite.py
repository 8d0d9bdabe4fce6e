"""A small service behind a real HAProxy, an incident in it with its logs, and `hotfix run` at a real terminal."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hotfix.rollout.traffic import move_share, read_traffic
from tests.flow.stockproject import patch_checkout, write_repository
from tests.flow.ways import Place, tell_environment
from tests.loopback import PATIENCE_S, find_port
from tests.rollout.balancers import HAProxy, run_haproxy
from tests.rollout.rollouts import write_config
from tests.rollout.services import Load, count_versions
from tests.rollout.terminals import Terminal, open_command

ASKED = "Go on? [y/N]: "
READY = "ready for the next phase: say go, pause or back"
_LANES = ("north", "south", "east", "west")
_SHARES = (0.4, 1.0)
_PAUSE_S = 0.02
_BEFORE, _AFTER = 700, 250
"""Answers of the service before and after the partner has renewed the articles: seconds of either."""


@dataclass(frozen=True, slots=True)
class StockSite(Place):
    """The folder from which it is all run: the repository is `stock`, the logs of the incident are in `logs`."""

    haproxy: HAProxy
    new_port: int

    @contextmanager
    def run_new(self, lanes: tuple[str, ...] = _LANES) -> Iterator[None]:
        """Have the new version run, built from the repository and the patch of the incident."""
        build = self.path / "build"
        shutil.rmtree(build, ignore_errors=True)
        patch_checkout(self.path / "stock", self.incident / "patch.diff", build)
        with _run_version(self.path, build, "new", self.new_port, lanes):
            yield

    @contextmanager
    def open_run(self, *words: str) -> Iterator[Terminal]:
        """Yield a terminal on which `hotfix run` was started in the folder."""
        with open_command(self.path, tell_environment(self.path), "run", *words) as terminal:
            yield terminal

    @contextmanager
    def load(self) -> Iterator[Load]:
        """Have orders come in."""
        with Load(self.haproxy.port, pause_s=_PAUSE_S) as load:
            yield load

    @property
    def kinds(self) -> list[str]:
        """The kinds of the whole lines of the rollout's journal, without looks."""
        path = self.incident / "rollout.jsonl"
        text = path.read_text("utf-8") if path.exists() else ""
        lines = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        return [line["kind"] for line in lines if line["kind"] != "looked"]

    def keep(self) -> None:
        """Keep what lies in `.hotfix`, so that it can be had again."""
        shutil.copytree(self.path / ".hotfix", self.path / "kept")

    def begin_anew(self) -> None:
        """Have `.hotfix` as it was kept, and all requests at the old version."""
        shutil.rmtree(self.path / ".hotfix")
        shutil.copytree(self.path / "kept", self.path / ".hotfix")
        move_share(read_traffic(self.path / "hotfix.toml"), 0.0)


def see_versions(load: Load) -> set[str | None]:
    """Return which versions answer now."""
    return set(count_versions(load.wait_for(60)))


@contextmanager
def run_stock_site(folder: Path) -> Iterator[StockSite]:
    """Yield a site whose incident goes on: its partner left the shelf out of some articles a moment ago."""
    write_repository(folder / "stock")
    _write_articles(folder, without_shelf=frozenset())
    new_port = find_port()
    with _run_version(folder, folder / "stock", "old", find_port(), _LANES) as port:
        servers = {"old": f"127.0.0.1:{port} weight 10", "new": f"127.0.0.1:{new_port} weight 0"}
        with run_haproxy(folder / "haproxy", servers) as haproxy:
            site = StockSite(folder, haproxy, new_port)
            traffic = f'provider = "haproxy"\nsocket = "{haproxy.socket}"\nbackend = "shop"\nnew = "new"'
            write_config(folder, traffic, shares=_SHARES)
            with site.load() as load:
                load.wait_for(_BEFORE)
                _write_articles(folder, without_shelf=frozenset({1, 4}))
                load.wait_for(_AFTER)
            (folder / "logs").mkdir()
            shutil.copy(folder / "old.log", folder / "logs" / "stock.log")
            yield site


def _write_articles(folder: Path, without_shelf: frozenset[int]) -> None:
    """Write the partner's articles, two in each lane; some stand nowhere."""
    articles = [
        {"sku": f"A{number}", "shelf": None if number in without_shelf else {"lane": lane}}
        for number, lane in enumerate(2 * _LANES)
    ]
    draft = folder / "articles.draft"
    draft.write_text(json.dumps(articles), "utf-8")
    draft.replace(folder / "articles.json")


@contextmanager
def _run_version(folder: Path, tree: Path, version: str, port: int, lanes: tuple[str, ...]) -> Iterator[int]:
    """Yield the port of a version that runs; it writes its log as `<version>.log` into the folder."""
    files = (str(folder / f"{version}.log"), str(folder / "articles.json"))
    command = [sys.executable, "-m", "stock.server", version, *files, f"--port={port}", f"--lanes={','.join(lanes)}"]
    process = subprocess.Popen(command, cwd=tree, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), f"version {version} did not start"
        yield port
    finally:
        process.kill()
        process.wait(PATIENCE_S)
