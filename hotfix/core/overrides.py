"""Where a project keeps its own files in place of the packaged ones: below `.hotfix` of the folder it is run in."""

from pathlib import Path

PROJECT = Path(".hotfix")


def find_override(*parts: str) -> Path | None:
    """Return the project's own file, for example ``find_override("templates", "rca.md")``; None when it has none."""
    path = PROJECT.joinpath(*parts)
    return path if path.exists() else None


def list_overrides(folder: str) -> tuple[Path, ...]:
    """Return the project's own files of a kind, by name; hidden ones, which editors leave behind, are none."""
    place = PROJECT / folder
    if not place.is_dir():
        return ()
    return tuple(sorted(path for path in place.iterdir() if not path.name.startswith(".")))
