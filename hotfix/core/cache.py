"""Where things are kept that only save time: the user's cache folder. What is lost there is made again."""

import os
from collections.abc import Mapping
from pathlib import Path


def find_cache(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Return a file or folder of ours in the user's cache, ``$XDG_CACHE_HOME`` or ``~/.cache``; it need not exist."""
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hotfix" / name


def make_private(folder: Path) -> bool:
    """Make a folder that only this user can enter, if need be; tell whether it is there and this user's own."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder.stat().st_uid == os.geteuid()
    except OSError:
        return False
