"""What the search for changes in the world is asked and answers, and what each of its sources returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import polars as pl

from hotfix.core.facts import Deploy, DeployKind, Place, Skipped
from hotfix.ingest.discovery import SourceFile


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """Where changes in the world may be told."""

    records: pl.LazyFrame  # RECORDS
    digest: pl.DataFrame  # DIGEST of them
    patterns: pl.DataFrame  # PATTERNS
    paths: Sequence[str]  # shown path of each file_id
    open_text: Callable[[Place], str]  # verbatim text of a place in the logs or side files
    side_files: Sequence[SourceFile] = ()
    deploys_file: SourceFile | None = None
    repo: Path | None = None
    first: datetime | None = None  # time of the logs; None when no record has a time
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundDeploys:
    """Every change in the world that was found, what could not be read, and what was assumed."""

    deploys: tuple[Deploy, ...]  # in order of time, ids D1, D2 …
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]


class Origin(StrEnum):
    """Who told of a change; the first of two that tell of the same one has the better words."""

    FILE = "file"
    PACKAGES = "packages"
    GIT = "git"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One source's word that something changed; several sightings may be one deploy."""

    at: datetime
    kind: DeployKind
    service: str | None
    version: str | None
    summary: str
    before: str | None
    after: str | None
    source: Place
    origin: Origin
    started: Place | None = None  # the start-up line that was joined to it
    wording: str = ""  # which wording of `rules/changes` it is, for those from logs
    starts: bool = False  # a process said so when it began to run
    begins: bool = False  # its service begins with it at the head of the data: no change unless a list tells of it
    revision: str | None = None  # commit of the version, where both are said

    @property
    def says_values(self) -> bool:
        """True when it says what was before or after."""
        return self.before is not None or self.after is not None

    @property
    def order(self) -> tuple[datetime, int, str, int]:
        """What sightings are sorted by: time, then who told, then place."""
        return self.at, list(Origin).index(self.origin), self.source.file, self.source.line


@dataclass(frozen=True, slots=True)
class Sighted:
    """What one source returns."""

    sightings: tuple[Sighting, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __add__(self, other: "Sighted") -> "Sighted":
        return Sighted(
            self.sightings + other.sightings,
            self.skipped + other.skipped,
            self.notes + other.notes,
        )
