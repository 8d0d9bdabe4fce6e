"""Trees and repositories for the tests of repair."""

import hashlib
from pathlib import Path


def take_prints(folder: Path) -> dict[str, str]:
    """Return path → mode, modification time and hash of every file below a folder."""
    return {
        str(path.relative_to(folder)): f"{path.lstat().st_mode:o} {path.lstat().st_mtime_ns} "
        + (hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for path in sorted(folder.rglob("*"))
    }
