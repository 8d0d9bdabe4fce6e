"""The git repository of a small service that really runs, with a fault that its partner can wake.

It answers `GET /order/N` with the gate by which the order leaves. The articles come from `articles.json`, which the
partner renews while the service runs: where an article has no shelf any more, the request fails. Its log has one JSON
object a line. `--lanes` is its configuration: of a lane that is not in it, no gate is known.
"""

import os
import subprocess
from pathlib import Path

_SHELVES = '''"""Finds the gate by which an order leaves the house."""

import logging

log = logging.getLogger(__name__)


def find_gate(article, lanes):
    """Return the gate of an article: that of the lane in which its shelf stands. Bulky ones are carried: None."""
    if article.get("bulky"):
        return None
    lane = article["shelf"]["lane"]
    return lanes[lane]
'''

_SERVER = '''"""Answers over HTTP by which gate an order leaves: `python -m stock.server VERSION LOG ARTICLES`."""

import argparse
import json
import sys
import threading
import time
import traceback
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stock.shelves import find_gate


class Log:
    """Writes one JSON object a line."""

    def __init__(self, path):
        self.file, self.lock = open(path, "a", encoding="utf-8", buffering=1), threading.Lock()

    def tell(self, level, message, **fields):
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": now, "level": level, "service": "stock", "message": message, **fields}
        with self.lock:
            self.file.write(json.dumps(line) + "\\n")


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    def do_GET(self):
        begin, options = time.perf_counter(), self.server.options
        status, text, fields = 200, "", {}
        try:
            with open(options.articles, encoding="utf-8") as source:
                articles = json.load(source)
            article = articles[int(self.path.rpartition("/")[2]) % len(articles)]
            gate = find_gate(article, self.server.lanes)
            text = "by hand" if gate is None else f"by gate {gate}"
        except Exception as error:
            status, text = 500, f"{type(error).__name__}: {error}"
            fields = {"stack_trace": traceback.format_exc()}
        took_ms = round((time.perf_counter() - begin) * 1000, 3)
        level, said = ("ERROR", f"failed: {text}") if fields else ("INFO", "answered")
        self.server.log.tell(level, f"GET {self.path} {said}", status=status, duration_ms=took_ms, **fields)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Version", options.version)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        """Say nothing on standard error: the log tells it."""


def main():
    """Serve until the process is ended; the first line of standard output is the port."""
    parser = argparse.ArgumentParser()
    for name in ("version", "log", "articles"):
        parser.add_argument(name)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--lanes", default="north,south,east,west")
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.daemon_threads, server.options, server.log = True, options, Log(options.log)
    server.lanes = {lane: number for number, lane in enumerate(options.lanes.split(","))}
    server.log.tell("INFO", f"listening on port {server.server_port}")
    sys.stdout.write(f"{server.server_port}\\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
'''

_TESTS = """import unittest

from stock.shelves import find_gate


class GateTest(unittest.TestCase):
    def test_gate_is_that_of_the_lane(self):
        assert find_gate({"shelf": {"lane": "south"}}, {"north": 0, "south": 1}) == 1

    def test_bulky_goods_have_no_gate(self):
        assert find_gate({"bulky": True, "shelf": {"lane": "south"}}, {"south": 1}) is None
"""

_CONFIG = """[test]
suite = "python3 -m unittest discover -v -s tests"
repro = "python3 -c 'from stock.shelves import find_gate; find_gate({\\"shelf\\": None}, {})'"
"""

_FILES = {
    "hotfix.toml": _CONFIG,
    "README.md": "# stock\n\nBy which gate does an order leave?\n",
    "stock/__init__.py": "",
    "stock/shelves.py": _SHELVES,
    "stock/server.py": _SERVER,
    "tests/test_shelves.py": _TESTS,
}
_COMMITTED = "2026-01-05T09:00:00Z"
"""Long before the tests run: no release came shortly before what goes wrong."""


def write_repository(folder: Path) -> Path:
    """Write the repository, with one commit, and return its folder."""
    for name, text in _FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "Find the gate of an order")
    return folder


def patch_checkout(repository: Path, patch: Path, folder: Path) -> Path:
    """Return a checkout of the repository to which a patch was applied: what a build of the new version takes."""
    _git(repository, "clone", "-q", str(repository), str(folder))
    _git(folder, "apply", str(patch))
    return folder


def _git(folder: Path, *arguments: str) -> None:
    names = {f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in _PERSON.items()}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=os.environ | names, capture_output=True)


_PERSON = {"NAME": "stock", "EMAIL": "stock@example.com", "DATE": _COMMITTED}
