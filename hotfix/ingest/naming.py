"""Names the service, and the replica of it, that a file is for: shown paths come in, names go out. Reads no file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonpath
from pathlib import PurePath

_QUALIFIERS = frozenset({
    "access", "error", "errors", "log", "logs", "stdout", "stderr", "out", "err", "output", "messages", "message",
    "current", "console", "debug", "info", "warn", "warning", "trace", "all", "combined", "default", "json", "text",
    "container", "gc", "data", "var", "tmp", "localhost", "main", "requests", "request", "other", "full", "new",
    "production", "prod", "staging", "development", "live",
})  # fmt: skip
"""Words that tell what is in a file, not whose it is."""
_KINDS = frozenset({
    "app", "application", "server", "service", "daemon", "worker", "workers", "consumer", "job", "jobs",
    "gunicorn", "uvicorn", "hypercorn", "puma", "unicorn", "catalina", "pm2", "supervisord",
})  # fmt: skip
"""Words that name a service when there is nothing better; programs that only run another one are such words."""
_EXTENSION = re.compile(r"(?i)\.(?:log|txt|json|jsonl|ndjson|out|err|gz|zst|bz2|xz)$")
_SAFE = "bcdfghjklmnpqrstvwxz2456789"  # what Kubernetes makes random names of
_POD = re.compile(rf"(?P<name>[a-z0-9][a-z0-9.-]*?)-(?:[{_SAFE}0-9a-f]{{6,10}}-)?[{_SAFE}]{{5}}")
_POD_FOLDER = re.compile(r"[a-z0-9-]+_(?P<pod>[a-z0-9.-]+)_[0-9a-f-]{32,36}")
_CONTAINER_FILE = re.compile(r"(?P<pod>[a-z0-9.-]+)_[a-z0-9-]+_[a-z0-9-]+-[0-9a-f]{64}")
_HEX = re.compile(r"[0-9a-f]{12,}")
_REPLICA = re.compile(r"(?P<name>.*[A-Za-z].*?)[-_.]\d{1,4}")


@dataclass(frozen=True, slots=True)
class SourceName:
    """What a path says; None where it says nothing."""

    service: str | None
    host: str | None  # pod, or numbered replica


def name_sources(streams: Sequence[str]) -> list[SourceName]:
    """Return what each path says, rotation marks already taken off.

    A pod names its service; else the file does, else the nearest folder that not all files are in, else the folder
    that directly holds the file. ``payment-service/app.log`` is payment-service's, ``nginx-access.log`` and
    ``nginx/access.log`` are nginx's, ``web-1.log`` is of the replica web-1 of web. A folder that
    says the file's name without its kind of program, or with words before it, says it best: ``proxy/proxy-server.log``
    is proxy's, ``mail-api/api.log`` is mail-api's. A container without a name is known by the short form of its id.
    """
    folders = [str(PurePath(stream).parent) for stream in streams]
    common = len(PurePath(commonpath(folders)).parts) if len({*folders}) > 1 else len(PurePath(folders[0]).parts)
    return [_name_source(PurePath(stream), common) for stream in streams]


def _name_source(path: PurePath, common: int) -> SourceName:
    stem = path.name
    while _EXTENSION.search(stem):
        stem = _EXTENSION.sub("", stem)
    for part in (stem, *reversed(path.parent.parts)):
        pod = _find_pod(part)
        if pod is not None:
            return pod
    replica = _REPLICA.fullmatch(stem)
    own = _tell(stem)
    if own is not None:
        folder = _tell(path.parent.name) if path.parent.parts else None
        if folder is not None and _says_more(folder, own):
            return SourceName(folder, None)
        return SourceName(own, stem if replica and own == _tell(replica["name"]) else None)
    nearer = (_tell(part) for part in reversed(path.parent.parts[common:]))
    words = [word for word in re.split(r"[-_.]", stem) if word.lower() in _KINDS]
    parent = path.parent.name if len(path.parent.parts) else ""
    container = _HEX.search(stem)
    fallbacks = (*nearer, _tell(parent), "-".join(words), container and container[0][:12], "-".join(_split(stem)))
    return SourceName(next((name for name in fallbacks if name), None), None)


def _says_more(folder: str, own: str) -> bool:
    """Tell whether a folder's name is the file's without what kind of program it is, or with more words before it."""
    whole, words = folder.lower().split("-"), own.lower().split("-")
    begins = words[: len(whole)] == whole and len(words) > len(whole)
    return (begins and _KINDS.issuperset(words[len(whole) :])) or (
        len(whole) > len(words) and whole[-len(words) :] == words
    )


def _find_pod(part: str) -> SourceName | None:
    whole = _POD_FOLDER.fullmatch(part) or _CONTAINER_FILE.fullmatch(part)
    pods = [whole["pod"]] if whole else part.split("_")
    for pod in pods:
        found = _POD.fullmatch(pod)
        if found and any(letter.isdigit() for letter in pod[len(found["name"]) :]):
            return SourceName(found["name"], pod)
    replica = _REPLICA.fullmatch(whole["pod"]) if whole else None
    return SourceName(replica["name"] if replica else whole["pod"], whole["pod"]) if whole else None


def _tell(name: str) -> str | None:
    """Return the words of a name that tell whose it is, or None when none does."""
    words = _split(name)
    while words and words[0].lower() in _QUALIFIERS:
        words = words[1:]
    while words and words[-1].lower() in _QUALIFIERS:
        words = words[:-1]
    return "-".join(words) if any(word.lower() not in _KINDS for word in words) else None


def _split(name: str) -> list[str]:
    return [
        word for word in re.split(r"[-_.]", name) if word.isalnum() and not (word.isdigit() or _HEX.fullmatch(word))
    ]
