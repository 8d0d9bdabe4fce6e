"""Writes the log files of a small site from a seed: traffic at a steady rate, each program in its own format."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Site:
    """Collects lines with their times; `save` writes each file in order of time."""

    seed: int
    minutes: float = 20
    rng: Random = field(init=False)
    _lines: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)

    @property
    def end(self) -> float:
        """Seconds from start to end."""
        return self.minutes * 60

    def at(self, seconds: float) -> datetime:
        """Return the instant some seconds after the start, to the millisecond."""
        return START + timedelta(milliseconds=int(seconds * 1000))

    def ticks(self, per_second: float, begin: float = 0, end: float | None = None) -> list[float]:
        """Return random moments of a Poisson process, sorted."""
        moments, now = [], begin
        while (now := now + self.rng.expovariate(per_second)) < (self.end if end is None else end):
            moments.append(now)
        return moments

    def line(self, file: str, seconds: float, text: str) -> None:
        """Write text, of one or several lines, at a moment."""
        self._lines[file].append((seconds, text))

    def access(self, seconds: float, path: str, status: int, took_s: float, file: str = "nginx/access.log") -> None:
        """Write a request as nginx does with a time_combined format."""
        stamp = self.at(seconds).strftime("%d/%b/%Y:%H:%M:%S +0000")
        address = f"10.1.{self.rng.randrange(8)}.{self.rng.randrange(250)}"
        size = self.rng.randrange(90, 9000)
        said = f'{address} - - [{stamp}] "GET {path} HTTP/1.1" {status} {size} "-" "Mozilla/5.0" {took_s:.3f}'
        self.line(file, seconds, said)

    def python(self, service: str, seconds: float, level: str, text: str) -> None:
        """Write a record as Python's logging does."""
        stamp = self.at(seconds).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
        self.line(f"{service}/{service}.log", seconds, f"{stamp} {level} {service}.views: {text}")

    def java(self, service: str, seconds: float, level: str, text: str) -> None:
        """Write a record as Spring Boot does."""
        stamp = self.at(seconds).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        thread = f"nio-8080-exec-{self.rng.randrange(1, 9)}"
        head = f"{stamp}Z {level:>5} 7 --- [{thread}] c.acme.{service}.Api"
        self.line(f"{service}/{service}.log", seconds, f"{head:<90} : {text}")

    def json(self, service: str, seconds: float, level: str, text: str, **fields: object) -> None:
        """Write a record as one JSON object."""
        import json

        stamp = self.at(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"ts": stamp, "level": level, "service": service, "msg": text, **fields}
        self.line(f"{service}.jsonl", seconds, json.dumps(record))

    def plain(self, service: str, seconds: float, text: str) -> None:
        """Write a line with a time and no level."""
        stamp = self.at(seconds).strftime("%Y-%m-%d %H:%M:%S")
        self.line(f"{service}.log", seconds, f"{stamp} {text}")

    def save(self, folder: Path) -> Path:
        """Write all files below a folder and return it."""
        for name, lines in self._lines.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{text}\n" for _, text in sorted(lines, key=lambda line: line[0])), "utf-8")
        return folder
