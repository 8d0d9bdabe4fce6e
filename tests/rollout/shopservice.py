"""One version of a small shop's service: a real HTTP server in a process of its own, started by `services.py`.

`GET /order/N` is the traffic: it takes about the configured time, and a configured share of requests fails (500) or
meets an exception that the version is not ready for (500, with a traceback in the log). `/health`, `/version`, `/count`
and `/metrics` are for those who run it; `/behave?errors=0.08` changes it while it runs. The log has one JSON object a
line.
"""

import argparse
import json
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_METRICS = "text/plain; version=0.0.4"


class CouponTableError(Exception):
    """The exception that a broken version meets."""


class Behaviour:
    """What the version does to a request; may change while it runs."""

    def __init__(self, seed: int) -> None:
        self.errors, self.fatal, self.latency_ms = 0.0, 0.0, 2.0
        self._rng, self._lock = Random(seed), threading.Lock()

    def draw(self) -> tuple[float, str]:
        """Return how long a request takes, seconds, and what becomes of it: fine, error or fatal."""
        with self._lock:
            took_s = self._rng.lognormvariate(0, 0.3) * self.latency_ms / 1000
            fate = self._rng.random()
        return took_s, "fatal" if fate < self.fatal else "error" if fate < self.fatal + self.errors else "fine"


class Record:
    """The log, and the counters that Prometheus and operators read."""

    def __init__(self, version: str, log: Path) -> None:
        self.version = version
        self.statuses, self.buckets, self.seconds = Counter[int](), Counter[float](), 0.0
        self._log, self._lock = log.open("a", encoding="utf-8", buffering=1), threading.Lock()

    def tell(self, level: str, message: str, **fields: object) -> None:
        """Write one line."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": now, "level": level, "service": "shop", "version": self.version, "message": message, **fields}
        with self._lock:
            self._log.write(json.dumps(line) + "\n")

    def count(self, status: int, took_s: float) -> None:
        """Count an answer."""
        with self._lock:
            self.statuses[status] += 1
            self.seconds += took_s
            self.buckets.update(bound for bound in _BUCKETS_S if took_s <= bound)

    def render_metrics(self) -> str:
        """Return the counters as Prometheus reads them."""
        with self._lock:
            label, total = f'version="{self.version}"', self.statuses.total()
            lines = [f'shop_requests_total{{{label},status="{status}"}} {n}' for status, n in self.statuses.items()]
            lines += [f'shop_request_seconds_bucket{{{label},le="{le}"}} {self.buckets[le]}' for le in _BUCKETS_S]
            lines += [
                f'shop_request_seconds_bucket{{{label},le="+Inf"}} {total}',
                f"shop_request_seconds_count{{{label}}} {total}",
                f"shop_request_seconds_sum{{{label}}} {self.seconds}",
            ]
        return "\n".join(lines) + "\n"


class Server(ThreadingHTTPServer):
    """Answers each connection in a thread of its own, and on SIGTERM ends only when all are answered."""

    daemon_threads = False
    request_queue_size = 512


class Handler(BaseHTTPRequestHandler):
    """Answers one request of one connection."""

    behaviour: ClassVar[Behaviour]
    record: ClassVar[Record]

    def do_GET(self) -> None:
        """Answer orders, and those who run the service."""
        path, _, query = self.path.partition("?")
        record = self.record
        if path.startswith("/order/"):
            self._answer_order(path)
        elif path == "/behave":
            for name, value in parse_qsl(urlsplit(f"?{query}").query):
                setattr(self.behaviour, name, float(value))
            self._answer(200, "changed")
        else:
            pages = {
                "/health": lambda: "healthy",
                "/version": lambda: record.version,
                "/count": lambda: str(record.statuses.total()),
                "/metrics": record.render_metrics,
            }
            self._answer(*((200, pages[path]()) if path in pages else (404, "nothing here")))

    def _answer_order(self, path: str) -> None:
        begin = time.perf_counter()
        wanted_s, fate = self.behaviour.draw()
        time.sleep(wanted_s)
        status, fields = (200 if fate == "fine" else 500), {}
        if fate == "fatal":
            try:
                _use_coupon()
            except CouponTableError:
                fields = {"stack_trace": traceback.format_exc()}
        took_s = time.perf_counter() - begin
        self.record.count(status, took_s)
        message = {
            "fine": f"GET {path} answered",
            "error": f"GET {path} failed: stock is not known",
            "fatal": f"GET {path} broke: CouponTableError: coupon table has no row for this order",
        }[fate]
        level = {"fine": "INFO", "error": "ERROR", "fatal": "FATAL"}[fate]
        self.record.tell(level, message, status=status, duration_ms=round(took_s * 1000, 3), **fields)
        self._answer(status, fate)

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", _METRICS)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Version", self.record.version)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing on standard error: the log tells it."""


def _use_coupon() -> None:
    raise CouponTableError("coupon table has no row for this order")


def main() -> None:
    """Serve until SIGTERM; the first line of standard output is the port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("version")
    parser.add_argument("log", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--behave", action="append", default=[], metavar="NAME=NUMBER")
    options = parser.parse_args()
    Handler.behaviour, Handler.record = Behaviour(options.seed), Record(options.version, options.log)
    for name, _, value in (setting.partition("=") for setting in options.behave):
        setattr(Handler.behaviour, name, float(value))
    server = Server(("127.0.0.1", options.port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    Handler.record.tell("INFO", f"shop {options.version} started")
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    Handler.record.tell("INFO", f"shop {options.version} stopped")


if __name__ == "__main__":
    main()
