"""Finds the paths in a request, and says what lies there."""

import glob
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from hotfix.agents.contract import Kind, Mark
from hotfix.core.configfile import CONFIG_FILE
from hotfix.core.errors import InputError, UsageError, did_you_mean
from hotfix.report.incidentfolders import REPORT

_TOKEN = re.compile(r"\"([^\"\0]+)\"|`([^`\0]+)`|(?<![\w'])'([^'\0]+)'(?!\w)|([^\s\0\"`]+)")
_PLACE_WORDS = frozenset(
    (
        *("in", "from", "of", "at", "under", "on", "read", "see"),
        *("file", "files", "folder", "directory", "repo", "repository", "bundle", "logs"),
    )
)
_ENDS = ".,;:!?)"
_OUTRIGHT = re.compile(r"(?:~|\.{1,2})?/|.*[*\[]|.*/$")
_FILE_NAME = re.compile(
    r".*\.(?:log|logs|jsonl|ndjson|json|csv|txt|out|err|gz|zst|bz2|xz|bundle|diff|patch|toml)", re.IGNORECASE
)
_BUNDLE = b"# v2 git bundle", b"# v3 git bundle"


def find_paths(text: str, find_kind: Callable[[str], Kind | None], find_near: Callable[[str], str]) -> Iterator[Mark]:
    """Yield the paths in a text.

    What has a slash or the ending of a log is looked up, and so is any name in quotes or behind a word such as ``in``.
    What looks like a path and is not there is a mistake; in quotes it is a phrase.

    Raises:
        UsageError: a path does not exist; the message suggests a near one.
    """
    before = ""
    for found in _TOKEN.finditer(text):
        quoted = found[1] or found[2] or found[3]
        said = quoted or (found[4] or "").lstrip("(").rstrip(_ENDS) or found[0]
        kind = find_kind(said) if _may_be_path(said, before, quoted=bool(quoted)) else None
        start = found.start() if quoted else text.index(said, found.start())
        if kind is not None:
            yield Mark(kind, _write(said), start, found.end() if quoted else start + len(said))
        elif not quoted and _must_be_path(said, before, find_near):
            raise UsageError(
                f"expected a path that exists in the request, found {said!r}{find_near(said)}; "
                "put what is no path in double quotes"
            )
        before = said.lower()


def _write(said: str) -> str:
    """Return a path as a command takes it: without a shell's sign for the home folder, and never like an option."""
    return f"./{said}" if said.startswith("-") else os.path.expanduser(said)  # noqa: PTH111  # it may be a pattern


def _may_be_path(said: str, before: str, *, quoted: bool) -> bool:
    return quoted or "/" in said or before in _PLACE_WORDS or bool(_FILE_NAME.fullmatch(said)) or said == CONFIG_FILE


def _must_be_path(said: str, before: str, find_near: Callable[[str], str]) -> bool:
    if _OUTRIGHT.match(said) or _FILE_NAME.fullmatch(said):
        return True
    return "/" in said and (before in _PLACE_WORDS or bool(find_near(said)))


def look_up(said: str) -> Kind | None:
    """Return what lies at a path, or matches a pattern; None where nothing does."""
    path = Path(said).expanduser()
    try:
        if not path.exists():
            return Kind.LOGS if glob.has_magic(said) and _matches(str(path)) else None
        if path.is_dir():
            return _look_into(path)
        return _look_at(path)
    except (OSError, ValueError):  # a name too long, or one that no path can have
        return None


def _matches(pattern: str) -> bool:
    return next(glob.iglob(pattern, recursive=True), None) is not None  # noqa: PTH207  # as the reading of logs does


def suggest_path(said: str) -> str:
    """Return ``"; did you mean 'x'?"`` with the whole path, its first missing part replaced by a near name."""
    path = Path(said).expanduser()
    try:
        missing = next(part for part in (*reversed(path.parents), path) if not part.exists())
        names = sorted(known.name for known in missing.parent.iterdir() if _is_shown(known.name, missing.name))
    except (OSError, ValueError, StopIteration):
        return ""
    near = did_you_mean(missing.name, names)
    name = re.search(r"'(.*)'", near)
    rest = path.relative_to(missing)
    return f"; did you mean {str(missing.with_name(name[1]) / rest)!r}?" if name else ""


def _is_shown(name: str, said: str) -> bool:
    """Tell whether a name may be meant: a hidden one only by a hidden one."""
    return said.startswith(".") or not name.startswith(".")


def _look_into(folder: Path) -> Kind:
    if (folder / REPORT).is_file():
        return Kind.INCIDENT
    if (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir()):
        return Kind.REPOSITORY
    return Kind.LOGS


def _look_at(file: Path) -> Kind:
    if file.name == CONFIG_FILE:
        return Kind.CONFIG
    if file.suffix in {".diff", ".patch"}:
        return Kind.PATCH
    if re.fullmatch(r"(?i)(?:deploys|changes)\.(?:csv|json|jsonl)", file.name):
        return Kind.CHANGES
    if not file.is_file():
        raise InputError(f"expected a file or a folder in the request, found {str(file)!r}, which is neither")
    try:
        with file.open("rb") as opened:
            return Kind.REPOSITORY if opened.read(len(_BUNDLE[0])) in _BUNDLE else Kind.LOGS
    except OSError:
        return Kind.LOGS  # whoever reads it says why it cannot be read
