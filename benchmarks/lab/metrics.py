"""Samples what every program of a recording uses, and how full the work folder is, into one CSV."""

import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

from lab.programs import read_usage
from lab.stage import Stage

_EVERY_S = 5.0
_HEADER = "time,program,cpu_percent,rss_bytes,threads,open_files,disk_used_percent\n"


def sample_metrics(stage: Stage, path: Path, stop: threading.Event) -> None:
    """Appends one row per program every 5 s until `stop` is set."""
    before: dict[str, float] = {}
    with path.open("w") as out:
        out.write(_HEADER)
        while not stop.wait(_EVERY_S):
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            disk = shutil.disk_usage(stage.root)
            for name, process in list(stage.programs.items()):
                usage = read_usage(process.pid)
                cpu = 100 * (usage.cpu_s - before.get(name, usage.cpu_s)) / _EVERY_S
                before[name] = usage.cpu_s
                numbers = f"{max(0.0, cpu):.1f},{usage.rss_bytes},{usage.threads},{usage.open_files}"
                out.write(f"{now},{name},{numbers},{100 * disk.used / disk.total:.2f}\n")
