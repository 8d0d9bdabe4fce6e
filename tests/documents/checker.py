"""Checks all documents of an incident folder: sections, placeholders, links, and what every claim stands on."""

from collections.abc import Iterator
from pathlib import Path

from tests.documents.claims import find_unfounded
from tests.documents.flaws import Flaw
from tests.documents.ground import Ground
from tests.documents.links import find_dead_links
from tests.documents.pages import read_page
from tests.documents.sections import find_gaps, find_placeholders


def check_folder(folder: Path, ground: Ground) -> tuple[Flaw, ...]:
    """Return the flaws of all Markdown documents of a folder, by document and line."""
    return tuple(
        flaw for path in sorted(folder.glob("*.md")) for flaw in check_text(path, path.read_text("utf-8"), ground)
    )


def check_text(path: Path, text: str, ground: Ground) -> tuple[Flaw, ...]:
    """Return the flaws of a text that stands, or might stand, at a path."""
    return tuple(sorted(set(_find(path, text, ground)), key=lambda one: (one.line, one.kind, one.said)))


def _find(path: Path, text: str, ground: Ground) -> Iterator[Flaw]:
    page = read_page(path.name, text)
    yield from find_gaps(page)
    yield from find_placeholders(page)
    yield from find_dead_links(page, path.parent)
    yield from find_unfounded(page, ground)
