"""A real Prometheus whose rule fires, and the real Alertmanager that it tells; both on free ports of the loopback."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import ProxyHandler, Request, build_opener

from tests.loopback import find_port, is_listening, wait_until

_PROMETHEUS = """
global: {{evaluation_interval: 1s, scrape_interval: 1s, scrape_timeout: 1s}}
rule_files: [rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]}}
"""
_RULES = """
groups:
  - name: shop
    rules:
      - alert: HighErrorRate
        expr: vector(1)
        labels: {service: orders, severity: page}
        annotations: {summary: "5xx of orders above 5 %"}
"""
_ALERTMANAGER = """
route: {{receiver: hook, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: hook
    webhook_configs: [{{url: "http://127.0.0.1:{port}/"}}]
"""


@dataclass(frozen=True, slots=True)
class Alerting:
    """A Prometheus and an Alertmanager that run."""

    port: int  # of the Alertmanager
    sent: list[bytes] = field(default_factory=list)  # notifications, as they came

    def ask(self, path: str, content: object = None) -> bytes:
        """Return what the Alertmanager's API answers; with content it is posted."""
        body = None if content is None else json.dumps(content).encode()
        request = Request(
            f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": "application/json"}
        )  # the loopback
        with build_opener(ProxyHandler({})).open(request) as answer:
            found = answer.read()
        assert isinstance(found, bytes)
        return found

    def state(self) -> str:
        """Return the state of the first alert, or nothing."""
        alerts = json.loads(self.ask("/api/v2/alerts"))
        return str(alerts[0]["status"]["state"]) if alerts else ""

    def silence(self, now: datetime) -> None:
        """Silence the alert for an hour."""
        matcher = {"name": "alertname", "value": "HighErrorRate", "isRegex": False, "isEqual": True}
        ends = (now + timedelta(hours=1)).isoformat()
        said = {"startsAt": now.isoformat(), "endsAt": ends, "createdBy": "on-call", "comment": "known"}
        self.ask("/api/v2/silences", said | {"matchers": [matcher]})


@contextmanager
def run_alerting(folder: Path) -> Iterator[Alerting]:
    """Yield them when the alert has reached the Alertmanager and its notification the hook."""
    alerting = Alerting(find_port())
    with ExitStack() as stack:
        hook = stack.enter_context(_run_hook(alerting.sent))
        (folder / "alertmanager.yml").write_text(_ALERTMANAGER.format(port=hook))
        (folder / "prometheus.yml").write_text(_PROMETHEUS.format(port=alerting.port))
        (folder / "rules.yml").write_text(_RULES)
        manager = ["prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=kept"]
        stack.enter_context(
            _run(folder, [*manager, f"--web.listen-address=127.0.0.1:{alerting.port}", "--cluster.listen-address="])
        )
        wait_until(lambda: is_listening(alerting.port), "the Alertmanager to listen", 120)
        stack.enter_context(
            _run(
                folder,
                ["prometheus", "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{find_port()}"],
            )
        )
        wait_until(lambda: bool(alerting.sent), "a notification", 120)
        yield alerting


@contextmanager
def _run(folder: Path, command: list[str]) -> Iterator[None]:
    with (folder / f"{command[0]}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait(20)


@contextmanager
def _run_hook(sent: list[bytes]) -> Iterator[int]:
    """Yield the port of a server that keeps what is posted to it."""

    class _Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
