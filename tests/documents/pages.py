"""Takes a Markdown document apart: headings, and pieces of text with the line and heading that they stand at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token


class Kind(StrEnum):
    """What a piece of a document is."""

    HEADING = "heading"
    TEXT = "text"
    CELL = "cell"
    FENCE = "fence"


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading, a paragraph, a table cell or a fenced block."""

    kind: Kind
    text: str  # without marks
    line: int  # 1-based
    depth: int = 0  # of a heading
    links: tuple[str, ...] = ()
    info: str = ""  # of a fence


@dataclass(frozen=True, slots=True)
class Page:
    """One document."""

    name: str
    pieces: tuple[Piece, ...]

    def list_headings(self) -> Iterator[Piece]:
        """Yield the headings in their order."""
        return (one for one in self.pieces if one.kind is Kind.HEADING)

    def list_under(self, heading: Piece) -> Iterator[Piece]:
        """Yield what stands under a heading, lower headings and theirs included."""
        behind = self.pieces[self.pieces.index(heading) + 1 :]
        for one in behind:
            if one.kind is Kind.HEADING and one.depth <= heading.depth:
                return
            yield one


def read_page(name: str, text: str) -> Page:
    """Return a document taken apart; comments are left out."""
    tokens = MarkdownIt("commonmark").enable("table").parse(re.sub(r"(?m)^<!--.*?-->$", "", text))
    return Page(name, tuple(_read_pieces(tokens)))


def name_anchor(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _read_pieces(tokens: Sequence[Token]) -> Iterator[Piece]:
    kind, depth, line = Kind.TEXT, 0, 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "heading_open":
            kind, depth = Kind.HEADING, int(token.tag[1:])
        elif token.type in {"td_open", "th_open"}:
            kind = Kind.CELL
        elif token.type in {"heading_close", "td_close", "th_close"}:
            kind, depth = Kind.TEXT, 0
        elif token.type in {"fence", "code_block"}:
            yield Piece(Kind.FENCE, token.content, line, info=token.info)
        elif token.type == "inline":
            links = tuple(str(child.attrs["href"]) for child in token.children or () if child.type == "link_open")
            yield Piece(kind, _join(token), line, depth, links)


def _join(token: Token) -> str:
    parts = {"text", "code_inline", "softbreak", "text_special"}
    return "".join(
        "\n" if child.type == "softbreak" else child.content for child in token.children or () if child.type in parts
    )
