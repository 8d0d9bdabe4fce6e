"""Reads a folder as the program does and looks for changes in the world."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from hotfix.core.facts import Deploy, DeployKind
from hotfix.ingest.discovery import find_file, find_sources
from hotfix.ingest.reading import read_records
from hotfix.signal.deploys import DeployRequest, FoundDeploys, find_deploys, open_places
from hotfix.signal.masks import mask_messages


@dataclass(frozen=True, slots=True)
class Search:
    """What was found in a folder, and the lines behind it."""

    found: FoundDeploys
    excerpts: tuple[str, ...]  # verbatim text of each deploy's place

    def tell(self) -> list[tuple[str, DeployKind, str | None, str | None]]:
        """Return time of day, kind, service and version of each deploy."""
        return [tell(deploy) for deploy in self.found.deploys]


def tell(deploy: Deploy) -> tuple[str, DeployKind, str | None, str | None]:
    """Return time of day, kind, service and version."""
    return f"{deploy.at:%H:%M:%S}", deploy.kind, deploy.service, deploy.version


def search(folder: Path, deploys: Path | None = None, repo: Path | None = None) -> Search:
    """Return the changes that a folder of logs, a list of deploys and a repository tell of."""
    sources = find_sources([str(folder)], None)
    reading = read_records(sources.files, sources.side_files, mask_messages, lambda _file, _bytes: None)
    first, last = reading.records.select(first=pl.col("time").min(), last=pl.col("time").max()).collect().row(0)
    request = DeployRequest(
        records=reading.records,
        digest=reading.store.digest(),
        patterns=reading.patterns,
        paths=[file.shown for file in (*sources.files, *sources.side_files)],
        open_text=reading.opener.open,
        side_files=sources.side_files,
        deploys_file=find_file(deploys) if deploys else None,
        repo=repo,
        first=first,
        last=last,
    )
    found = find_deploys(request)
    open_text = open_places(request)
    return Search(found, tuple(open_text(deploy.source) for deploy in found.deploys))


def write_log(folder: Path, *lines: str, name: str = "orders.log") -> Path:
    """Write an hour of steady records with ``lines`` ("HH:MM:SS message") among them; returns the folder."""
    steady = [f"10:{minute:02}:{second:02} served" for minute in range(60) for second in (0, 20, 40)]
    stamped = [
        f"2026-03-04T{line[:8]}Z INFO {line[9:]}" for line in sorted([*steady, *lines], key=lambda line: line[:8])
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(stamped) + "\n", encoding="utf-8")
    return folder


def at(clock: str) -> datetime:
    """Return a time of day on the day of the logs."""
    return datetime.fromisoformat(f"2026-03-04T{clock}+00:00")
