"""Steady traffic from a seed: visitors arrive at random moments, each with an address and a browser of its own."""

import contextlib
import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

_WORKERS = 48
_TIMEOUT_S = 30.0
_VISITORS = 90
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari",
    "shop-app/5.12.0 (Android 14)",
    "shop-app/5.11.3 (iOS 18.5)",
    "python-requests/2.32.3",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a visitor; `body` is JSON."""

    method: str
    path: str
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A kind of request and its share of all."""

    weight: float
    make: Callable[[random.Random], Request]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What visitors do: `rate` gives requests per second at a second of the recording."""

    host: str
    port: int
    routes: tuple[Route, ...]
    rate: Callable[[float], float]
    seed: int = 1


def send_traffic(traffic: Traffic, lasts_s: float, stop: threading.Event) -> Counter[str]:
    """Sends requests until `lasts_s` have passed or `stop` is set; returns how many answers had which status.

    Arrivals are a Poisson process: a visitor does not wait for another one's answer. At most 48 requests are open at
    once; more wait their turn, as visitors behind one office line do.
    """
    rng = random.Random(traffic.seed)
    visitors = [(_address(rng), rng.choice(_AGENTS)) for _ in range(_VISITORS)]
    statuses: Counter[str] = Counter()
    start = time.monotonic()
    due = 0.0
    with ThreadPoolExecutor(_WORKERS) as pool:
        while due < lasts_s and not stop.is_set():
            due += rng.expovariate(traffic.rate(due))
            time.sleep(max(0.0, start + due - time.monotonic()))
            request = rng.choices(traffic.routes, [route.weight for route in traffic.routes])[0].make(rng)
            pool.submit(
                lambda request, visitor: statuses.update([_send(traffic, request, visitor)]),
                request,
                rng.choice(visitors),
            )
    return statuses


def _send(traffic: Traffic, request: Request, visitor: tuple[str, str]) -> str:
    headers = {"X-Forwarded-For": visitor[0], "User-Agent": visitor[1], **request.headers}
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection(traffic.host, traffic.port, timeout=_TIMEOUT_S)
    try:
        connection.request(request.method, request.path, request.body, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    else:
        return str(answer.status)
    finally:
        with contextlib.suppress(OSError):
            connection.close()


def _address(rng: random.Random) -> str:
    return f"{rng.choice(('198.51.100', '203.0.113', '192.0.2'))}.{rng.randrange(1, 255)}"
