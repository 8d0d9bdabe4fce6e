"""Generates a mixed corpus of logs from a seed: eight files in eight formats, one release that breaks one service.

The mix follows what a small shop writes: access logs most, application logs of three kinds, system logs, a database.
Real samples show 7.8 % never-seen line keys on average; user agents, referrers, words and ids here give a like share.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

_START = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
_WORDS = [
    a + b
    for a in ("or", "pay", "cart", "ship", "stock", "bill", "mail", "auth")
    for b in ("der", "er", "ing", "let", "able", "um")
]
_PATHS = [f"/api/{a}/{b}" for a in _WORDS[:24] for b in _WORDS[24:40]]
_AGENTS = [
    f"Mozilla/5.0 ({os}) {kit}/{v}.0 {name}"
    for os in ("X11; Linux x86_64", "Windows NT 10.0", "Macintosh")
    for kit in ("AppleWebKit", "Gecko")
    for v in (118, 119, 120)
    for name in ("Chrome", "Firefox", "Safari", "curl")
]

Line = Callable[[random.Random, datetime, bool], str]


def _hex(rng: random.Random, digits: int) -> str:
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def _nginx(rng: random.Random, at: datetime, broken: bool) -> str:
    status = 500 if broken and rng.random() < 0.1 else rng.choice((200, 200, 200, 200, 201, 204, 304, 404))
    path = f"{rng.choice(_PATHS)}/{rng.randrange(99999)}"
    return (
        f"10.{rng.randrange(9)}.{rng.randrange(256)}.{rng.randrange(256)} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "
        f'"{rng.choice(("GET", "GET", "POST"))} {path} HTTP/1.1" {status} {rng.randrange(40, 90000)} "-" "{rng.choice(_AGENTS)}"'
    )


def _logback(rng: random.Random, at: datetime, broken: bool) -> str:
    stamp = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03}"
    thread = f"[http-nio-8080-exec-{rng.randrange(40)}]"
    if broken and rng.random() < 0.03:
        return (
            f"{stamp} ERROR {thread} com.acme.orders.OrderController - Order {rng.randrange(10**6)} failed\n"
            'java.lang.NullPointerException: Cannot invoke "Address.city()" because "address" is null\n'
            "\tat com.acme.orders.Shipping.label(Shipping.java:41)\n\tat com.acme.orders.OrderController.place(OrderController.java:88)\n"
            "\tat java.base/java.lang.Thread.run(Thread.java:840)"
        )
    logger, word = rng.choice(("OrderService", "StockClient", "PriceCache", "AuditLog")), rng.choice(_WORDS)
    return f"{stamp} {rng.choice(('INFO', 'INFO', 'DEBUG', 'WARN'))} {thread} com.acme.orders.{logger} - {word} {rng.randrange(10**6)} for customer {rng.randrange(10**5)} done in {rng.randrange(900)} ms"


def _pino(rng: random.Random, at: datetime, broken: bool) -> str:
    level = 50 if broken and rng.random() < 0.02 else 30
    return (
        f'{{"level":{level},"time":{int(at.timestamp() * 1000)},"pid":7,"hostname":"web-{rng.randrange(3)}","service":"checkout",'
        f'"reqId":"{_hex(rng, 16)}","responseTime":{rng.randrange(2000)},"msg":"{rng.choice(_WORDS)} request {rng.choice(("completed", "accepted", "queued"))}"}}'
    )


def _python(rng: random.Random, at: datetime, _broken: bool) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03} INFO shop.{rng.choice(_WORDS)}: charged {rng.randrange(9999)}.{rng.randrange(100):02} EUR to card ending {rng.randrange(10000):04} ref={_hex(rng, 12)}"


def _syslog(rng: random.Random, at: datetime, _broken: bool) -> str:
    program, said = rng.choice(
        (
            ("sshd", "Accepted publickey for deploy from 10.0.0.{n} port 5{n} ssh2"),
            ("CRON", "(root) CMD (run-parts /etc/cron.hourly)"),
            ("systemd", "Started Session {n} of user deploy."),
            ("kernel", "eth0: renamed from veth{n}"),
        )
    )
    return f"{at:%b %d %H:%M:%S} db-{rng.randrange(4)} {program}[{rng.randrange(9999)}]: {said.format(n=rng.randrange(255))}"


def _postgres(rng: random.Random, at: datetime, _broken: bool) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03} UTC [{rng.randrange(9999)}] shop@orders LOG:  duration: {rng.random() * 90:.3f} ms  statement: SELECT * FROM {rng.choice(_WORDS)} WHERE id = {rng.randrange(10**6)}"


def _cri(rng: random.Random, at: datetime, broken: bool) -> str:
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06}000Z"
    return f"{stamp} stdout F " + _logfmt(rng, at, broken)


def _logfmt(rng: random.Random, at: datetime, _broken: bool) -> str:
    return f'time={at:%Y-%m-%dT%H:%M:%SZ} level=info msg="{rng.choice(_WORDS)} reconciled" shard={rng.randrange(16)} took={rng.randrange(500)}ms trace_id={_hex(rng, 32)}'


_FILES: tuple[tuple[str, float, Line], ...] = (
    ("nginx/access.log", 0.30, _nginx),
    ("orders/orders.log", 0.20, _logback),
    ("checkout/checkout.log", 0.18, _pino),
    ("billing/billing.log", 0.10, _python),
    ("syslog", 0.07, _syslog),
    ("postgresql/postgresql-15-main.log", 0.07, _postgres),
    ("pods/ledger_shop-7d9f8b6c5d-x2x4z.log", 0.05, _cri),
    ("worker/worker.log", 0.03, _logfmt),
)


def write_corpus(folder: Path, size_bytes: int, seed: int) -> int:
    """Write about ``size_bytes`` of logs below ``folder``; return the number of lines. Same seed, same bytes."""
    return sum(
        _write_file(folder / name, int(size_bytes * share), make, random.Random(f"{seed} {name}"))
        for name, share, make in _FILES
    )


def _write_file(path: Path, size_bytes: int, make: Line, rng: random.Random) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = 0
    with path.open("w", encoding="utf-8") as out:
        for text in _make_lines(size_bytes, make, rng):
            out.write(text)
            lines += text.count("\n")
    return lines


def _make_lines(size_bytes: int, make: Line, rng: random.Random) -> Iterator[str]:
    """Spread the lines over eight hours; the release that breaks things comes after five."""
    written, span = 0, timedelta(hours=8)
    while written < size_bytes:
        share = written / size_bytes
        text = make(rng, _START + span * share, share > 0.625) + "\n"
        written += len(text)
        yield text
