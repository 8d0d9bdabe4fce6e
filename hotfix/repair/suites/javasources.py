"""Where the sources of a Java project lie, and how its compiler is called. Nothing runs here."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from hotfix.repair.filekinds import FileKind, tell_kind

JAVAC = "javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC"
"""A compiler that runs for a second is twice as fast when it does not compile itself well (measured)."""

_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)


def read_package(text: str) -> str:
    """Return the package that a source names, or nothing."""
    found = _PACKAGE.search(text)
    return found[1] if found else ""


def list_roots(tree: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the folders below which the packages of a project begin, without those of its tests.

    Args:
        tree: the project's files.
        paths: of its files, with slashes.
    """
    sources = [path for path in paths if path.endswith(".java") and tell_kind(path) is not FileKind.TEST]
    found = (_find_root(path, read_package((tree / path).read_text("utf-8", "replace"))) for path in sources)
    return tuple(dict.fromkeys(root for root in found if root is not None))


def _find_root(path: str, package: str) -> str | None:
    """Return the folder below which a package's folders begin, or None where they do not name the package."""
    folder, inside = PurePosixPath(path).parent, PurePosixPath(*package.split(".")) if package else PurePosixPath()
    parts, length = folder.parts, len(inside.parts)
    if length and parts[-length:] != inside.parts:
        return None
    return str(PurePosixPath(*parts[: len(parts) - length]))
