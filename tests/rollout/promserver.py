"""A real Prometheus on a free port of the loopback, that scrapes the versions of a service."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from tests.loopback import find_port, is_listening, wait_until
from tests.rollout.services import Service

SCRAPE_S = 0.2
"""Time between two scrapes."""

_CONFIG = """
global:
  scrape_interval: {every}ms
  scrape_timeout: {every}ms
scrape_configs:
  - job_name: shop
    static_configs:
      - targets: [{targets}]
"""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One that runs."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str) -> list[float]:
        """Return the values of a query now."""
        with build_opener(ProxyHandler({})).open(f"{self.url}/api/v1/query?{urlencode({'query': query})}") as answer:
            return [float(one["value"][1]) for one in json.load(answer)["data"]["result"]]

    def is_ready(self) -> bool:
        """Tell whether it answers queries."""
        try:
            with build_opener(ProxyHandler({})).open(f"{self.url}/-/ready"):
                return True
        except OSError:
            return False

    def wait_for_scrapes(self, targets: int, times: int = 5) -> None:
        """Return when each target was scraped so many times in the last seconds."""
        query = f"count(count_over_time(up[{max(10 * times * SCRAPE_S, 5):.0f}s]) >= {times})"
        wait_until(lambda: self.ask(query) == [targets], "Prometheus to scrape")

    def stop(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait(20)


@contextmanager
def run_prometheus(folder: Path, services: Sequence[Service]) -> Iterator[Prometheus]:
    """Yield a Prometheus that scrapes some services; it keeps what it scrapes in the folder."""
    folder.mkdir(exist_ok=True)
    config, port = folder / "prometheus.yml", find_port()
    targets = ", ".join(f'"{service.address}"' for service in services)
    config.write_text(_CONFIG.format(every=int(1000 * SCRAPE_S), targets=targets))
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
    process = subprocess.Popen(
        [*command, f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"], stderr=subprocess.DEVNULL
    )
    running = Prometheus(port, process)
    try:
        wait_until(lambda: is_listening(port) and running.is_ready(), "Prometheus to be ready")
        yield running
    finally:
        running.stop()
