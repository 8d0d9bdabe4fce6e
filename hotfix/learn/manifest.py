"""What the archive of an incident says it holds: names, sizes and hashes; and which names a file in it may have."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.errors import InputError
from hotfix.core.node import Node
from hotfix.core.settings import ARCHIVE_BYTES_MOST, ARCHIVE_FILES_MOST, ARCHIVE_NAME_BYTES_MOST, MANIFEST_BYTES_MOST
from hotfix.core.text import format_time

MANIFEST = "manifest.json"
SCHEMA = "hotfix.export/1"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of an archive."""

    size: int  # bytes
    sha256: str  # in hexadecimal digits


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first file of an archive."""

    incident: str  # id
    files: Mapping[str, Listed]  # by path inside the incident's folder


def describe_file(content: bytes) -> Listed:
    """Return what a manifest says of such a file."""
    return Listed(len(content), hashlib.sha256(content).hexdigest())


def render_manifest(manifest: Manifest, version: str, exported_at: datetime) -> bytes:
    """Return the manifest as JSON; `version` is that of hotfix."""
    files = [{"path": path, "bytes": one.size, "sha256": one.sha256} for path, one in sorted(manifest.files.items())]
    whole = {
        "schema": SCHEMA,
        "incident": manifest.incident,
        "version": version,
        "exported_at": format_time(exported_at),
        "files": files,
    }
    return (json.dumps(whole, indent=2, ensure_ascii=True) + "\n").encode()


def read_manifest(content: bytes, where: str) -> Manifest:
    """Return what a manifest says.

    Raises:
        InputError: it is none, of another schema, names a file outside of the incident's folder, names one twice, or
            more than an archive may hold.
    """
    if len(content) > MANIFEST_BYTES_MOST:
        raise InputError(f"expected {MANIFEST} of at most {MANIFEST_BYTES_MOST} bytes in {where}, found {len(content)}")
    root = Node.parse(content, f"{where}: {MANIFEST}", SCHEMA)
    root.check_schema()
    incident, files = check_path(root.get("incident").text(), where), dict[str, Listed]()
    if "/" in incident:
        raise InputError(f"expected an id in {where}: {MANIFEST}, found a path: {incident!r}")
    for node in root.each("files"):
        path = check_path(node.get("path").text(), where)
        if path in files or path == MANIFEST:
            raise InputError(f"expected each file once in {where}: {MANIFEST}, found {path!r} again")
        files[path] = Listed(node.get("bytes").whole(), node.get("sha256").text())
    check_size([one.size for one in files.values()], where)
    return Manifest(incident, files)


def check_path(path: str, where: str) -> str:
    """Return the path of a file of an archive.

    Raises:
        InputError: it could lead out of the folder, hides a file, or cannot be shown as it is.
    """
    parts = path.split("/")
    plain = path.isprintable() and "\\" not in path and all(part and not part.startswith(".") for part in parts)
    if not plain or max(len(part.encode()) for part in parts) > ARCHIVE_NAME_BYTES_MOST or len(parts) > 4:
        raise InputError(f"expected names of files inside the incident's folder in {where}, found {path!r:.80}")
    return path


def check_size(sizes: list[int], where: str) -> None:
    """Refuse more files or bytes than an archive may hold.

    Raises:
        InputError: they are too many; the message names both numbers.
    """
    if len(sizes) > ARCHIVE_FILES_MOST or min(sizes, default=0) < 0 or sum(sizes) > ARCHIVE_BYTES_MOST:
        most = f"at most {ARCHIVE_FILES_MOST} files of {ARCHIVE_BYTES_MOST} bytes in all"
        raise InputError(f"expected {most} in {where}, found {len(sizes)} files of {sum(sizes)} bytes")
