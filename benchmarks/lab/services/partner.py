"""Stands for a partner's service on the other side of the internet: slow, as those are, and with no log of ours.

`python partner.py ADDRESS PORT FASTEST_S SLOWEST_S`. Files, once they exist: the one named in PARTNER_DELAY adds its
seconds, the one in PARTNER_NO_SLOT gives the share of answers that name no slot. PARTNER_LIMIT is how many requests it
takes in a second.
"""

import json
import os
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_lock = threading.Lock()
_counts: dict[int, int] = {}


class Partner(BaseHTTPRequestHandler):
    """Confirms whatever it is asked, after a while."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answers one request."""
        if not _admit():
            self._answer(429, {"error": "rate limit exceeded"})
            return
        time.sleep(random.uniform(float(sys.argv[3]), float(sys.argv[4])) + _extra_s())
        self._answer(200, {"confirmed": True, "slot": _slot()})

    def _answer(self, status: int, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps quiet: the partner's log is not ours to read."""


def _admit() -> bool:
    """Counts a request against the limit of this second."""
    second = int(time.time())
    with _lock:
        _counts[second] = _counts.get(second, 0) + 1
        return _counts[second] <= int(os.environ.get("PARTNER_LIMIT", "1000"))


def _slot() -> dict[str, str] | None:
    share = _read("PARTNER_NO_SLOT")
    return None if random.random() < share else {"gate": f"G{random.randrange(1, 9)}"}


def _extra_s() -> float:
    return _read("PARTNER_DELAY")


def _read(variable: str) -> float:
    path = Path(os.environ.get(variable, "/nonexistent"))
    return float(path.read_text()) if path.exists() else 0.0


if __name__ == "__main__":
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Partner).serve_forever()
