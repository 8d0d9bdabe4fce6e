"""Finds the file of a repository that a frame names: by the end of its path, whatever stands before it on the host."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PREFIX = re.compile(r"^(?:file://|webpack(?:-internal)?:///?|app://|ng:///|[A-Za-z]:)")
_QUERY = re.compile(r"[?#].*$")
_BUILT = {".js": (".ts", ".tsx", ".jsx", ".mts"), ".mjs": (".mts", ".ts"), ".cjs": (".cts", ".ts")}
_OUTPUT = frozenset({"dist", "build", "out", "lib", "target", "classes", ".next", "compiled"})


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the repository, and whether a line of the frame is a line of it."""

    path: str
    same_lines: bool


def find_path(named: str, paths: Sequence[str], *, own: bool) -> FoundFile | None:
    """Return the file of the repository that a frame names, or None when none or more than one fits.

    Args:
        named: the file as the frame has it, with the host's folders, a container's, a bundler's or a package's.
        paths: the files of the repository.
        own: the trace takes it for our own code; a library's file must share a folder too.
    """
    parts = split_path(named)
    if not parts:
        return None
    found = _find_longest(parts, paths, least=1 if own else 2)
    if found is not None:
        return FoundFile(found, same_lines=True)
    stem, dot, ending = parts[-1].rpartition(".")
    sources = [part for part in parts[:-1] if part not in _OUTPUT]
    for other in _BUILT.get(f"{dot}{ending}", ()):
        built = _find_longest([*sources, stem + other], paths, least=1 if own else 2)
        if built is not None:
            return FoundFile(built, same_lines=False)
    return None


def split_path(named: str) -> list[str]:
    """Return the parts of a path from the host, a container, a bundler or Windows, without what is no folder."""
    bare = _QUERY.sub("", _PREFIX.sub("", named.replace("\\", "/")))
    return [part for part in bare.split("/") if part not in {"", ".", ".."}]


def _find_longest(parts: Sequence[str], paths: Sequence[str], least: int) -> str | None:
    scored = [(_count_common(parts, path), path) for path in paths if path.rpartition("/")[2] == parts[-1]]
    best = max((score for score, _ in scored), default=(0, False))
    if best[0] < least and not (best[1] and best[0] == len(parts)):
        return None
    top = [path for score, path in scored if score == best]
    return top[0] if len(top) == 1 else None


def _count_common(parts: Sequence[str], path: str) -> tuple[int, bool]:
    """Return how many parts agree from the end, and whether that is the whole path in the repository."""
    own = path.split("/")
    count = 0
    for left, right in zip(reversed(parts), reversed(own), strict=False):
        if left != right:
            break
        count += 1
    return count, count == len(own)
