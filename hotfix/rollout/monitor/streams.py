"""Says whose record is whose: the logs of a version, or one log that names the version on each line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import polars as pl

from hotfix.core.configtable import Table
from hotfix.rollout.monitor.follow import list_live
from hotfix.rollout.monitor.reading import OpenPart

_NAME = re.compile(r"[^\r\n]*\S[^\r\n]*")


class Version(StrEnum):
    """A side of the rollout."""

    NEW = "new"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class LogStream:
    """Logs that are read one way."""

    paths: tuple[str, ...]  # absolute; globs among them
    version: Version | None = None  # whose they are; None: each record names its version
    pattern: re.Pattern[bytes] | None = None  # its group is that name
    names: Mapping[bytes, Version] = field(default_factory=dict)

    def split(self, part: OpenPart, records: pl.DataFrame) -> Iterator[tuple[Version, pl.DataFrame]]:
        """Yield the records of each version; those that name neither are left out."""
        if self.version is not None:
            yield self.version, records
            return
        found = [self.names.get(name) if name is not None else None for name in part.find_names(records)]
        versions = pl.Series(found, dtype=pl.String)
        for version in Version:
            yield version, records.filter(versions == version.value)


def read_streams(table: Table) -> tuple[LogStream, ...]:
    """Return the logs that a table describes.

    Raises:
        UsageError: a key is missing or of another kind.
    """
    if table.has("log") or table.has("log_pattern"):
        new, old = (table.names(key, _NAME, "the version's name in the log") for key in ("new", "old"))
        table.refuse_shared("old", new, old)
        names = {name.encode(): version for version, side in ((Version.NEW, new), (Version.OLD, old)) for name in side}
        return (LogStream(_read_paths(table, "log"), None, table.pattern("log_pattern", "the version"), names),)
    streams = (LogStream(_read_paths(table, "new"), Version.NEW), LogStream(_read_paths(table, "old"), Version.OLD))
    table.refuse_shared("old", streams[0].paths, streams[1].paths)
    return streams


def list_others(streams: tuple[LogStream, ...], stream: LogStream) -> set[Path]:
    """Return the paths that other streams name."""
    return {path for other in streams if other is not stream for path in list_live(other.paths)}


def _read_paths(table: Table, key: str) -> tuple[str, ...]:
    return tuple(str(table.folder / path) for path in table.texts(key))
