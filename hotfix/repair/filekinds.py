"""Tells what a file of a repository is for (data in `rules/filekinds.toml`)."""

import tomllib
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache

from hotfix.core.resources import find_resource
from hotfix.repair.source import LANGUAGES


class FileKind(StrEnum):
    """What a file is for."""

    TEST = "test"
    MIGRATION = "migration"
    SCHEMA = "schema"
    DEPENDENCY = "dependency"
    VERSION = "version"
    DOCS = "docs"
    CONFIG = "config"
    CODE = "code"  # what no rule names and a program runs
    DATA = "data"


@cache
def tell_kind(path: str) -> FileKind:
    """Return what the file at a path in a repository is for."""
    name = path.rpartition("/")[2]
    for kind, patterns in _load_rules():
        if any(fnmatchcase(path, pattern) or fnmatchcase(name, pattern) for pattern in patterns):
            return kind
    ending = f".{name.rpartition('.')[2]}"
    return FileKind.CODE if ending in LANGUAGES or ending in _OTHER_CODE else FileKind.DATA


_OTHER_CODE = frozenset(
    {".kt", ".scala", ".rb", ".php", ".rs", ".cs", ".c", ".cc", ".cpp", ".h", ".sh", ".sql", ".html"}
)


@cache
def _load_rules() -> tuple[tuple[FileKind, tuple[str, ...]], ...]:
    rules = tomllib.loads(find_resource("rules", "filekinds.toml").read_text(encoding="utf-8"))
    return tuple((FileKind(kind), tuple(patterns)) for kind, patterns in rules.items())
