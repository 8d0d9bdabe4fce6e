"""Whether every link of a document leads somewhere: a file beside it, or a heading."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.documents.flaws import Flaw, FlawKind
from tests.documents.pages import Page, name_anchor, read_page

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def find_dead_links(page: Page, folder: Path) -> Iterator[Flaw]:
    """Yield each link that leads nowhere, and each that leads out of this machine."""
    for piece in page.pieces:
        for link in piece.links:
            if _SCHEME.match(link) or not _leads(link, page, folder):
                yield Flaw(page.name, piece.line, FlawKind.LINK, link, piece.text)


def _leads(link: str, page: Page, folder: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = folder / path
    if path and not target.exists():
        return False
    if not anchor:
        return True
    if path and target.suffix != ".md":
        return f'id="{anchor}"' in target.read_text("utf-8")
    there = read_page(path, target.read_text("utf-8")) if path else page
    return anchor in {name_anchor(one.text) for one in there.list_headings()}
