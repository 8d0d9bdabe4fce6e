"""Keeps on disk what a model made of the beginning of a prompt, so that the next process need not read it again.

Files of llama.cpp's own state, never pickles; private to the user; checked against their hash before native code sees
them; the folder's size is capped, what was not used for longest goes first.
"""

import hashlib
import os
import shutil
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from hotfix.core.settings import PREFIX_DISK_SPARE, PREFIX_FOLDER_BYTES
from hotfix.model.contract import ModelError

_SUFFIX, _DRAFT = ".state", ".part"
_PRIVATE = 0o700


class PrefixStore:
    """The kept prefixes of one model and context."""

    def __init__(self, folder: Path, owner: str, most_bytes: int = PREFIX_FOLDER_BYTES) -> None:
        """Open the folder, made when missing; `owner` names all that a state depends on beside the tokens.

        Raises:
            ModelError: the folder cannot be made, or belongs to somebody else.
        """
        self._folder, self._owner, self._most_bytes = folder, owner, most_bytes
        try:
            folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            if folder.stat().st_uid != os.geteuid():
                raise ModelError(f"{folder}: expected a folder of this user for kept prefixes, found another's")
            folder.chmod(_PRIVATE)
            self._clear_drafts()
        except OSError as error:
            raise ModelError(f"{folder}: expected a folder for kept prefixes, found: {error.strerror}") from None

    def find(self, tokens: Sequence[int]) -> Path | None:
        """Return the file that holds the state after these tokens, or None; a damaged file is removed."""
        for path in self._folder.glob(f"{self._key(tokens)}-*{_SUFFIX}"):
            try:
                if path.stem.rpartition("-")[2] == _digest(path):
                    os.utime(path)
                    return path
                path.unlink()
            except FileNotFoundError:  # another process made room meanwhile
                continue
        return None

    def keep(self, tokens: Sequence[int], size_bytes: int, write: Callable[[Path], bool]) -> Path | None:
        """Keep a state of this size, written by `write`; None when there is no room for it or writing fails."""
        draft = self._folder / f"{os.getpid()}{_DRAFT}"
        try:
            if not self._make_room(size_bytes) or not write(draft):
                return None
            return draft.replace(self._folder / f"{self._key(tokens)}-{_digest(draft)}{_SUFFIX}")
        except OSError:
            return None
        finally:
            draft.unlink(missing_ok=True)

    def drop(self, path: Path) -> None:
        """Remove a file that native code did not take."""
        path.unlink(missing_ok=True)

    def _clear_drafts(self) -> None:
        """Remove what processes that were ended in the middle of writing left behind."""
        for path in self._folder.glob(f"*{_DRAFT}"):
            if not Path("/proc", path.stem).exists():
                path.unlink(missing_ok=True)

    def _make_room(self, size_bytes: int) -> bool:
        """Remove the oldest files until one of this size fits; False when folder or disk are too small for it."""
        if size_bytes > self._most_bytes or size_bytes * PREFIX_DISK_SPARE > shutil.disk_usage(self._folder).free:
            return False
        kept = sorted((path.stat().st_mtime_ns, path.stat().st_size, path) for path in self._folder.glob(f"*{_SUFFIX}"))
        held = sum(size for _, size, _ in kept)
        for _, size, path in kept:
            if held + size_bytes <= self._most_bytes:
                break
            path.unlink(missing_ok=True)
            held -= size
        return True

    def _key(self, tokens: Sequence[int]) -> str:
        digest = hashlib.sha256(f"{self._owner}\n".encode())
        digest.update(array("i", tokens).tobytes())
        return digest.hexdigest()[:32]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]
