"""What people wrote down for the next time: Markdown files in the folder of the knowledge base, which are the truth.

Comes in: a file. Goes out: an article with the words that it is found by. The index holds a copy (`articleindex`).
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from hotfix.core.errors import InputError, UsageError, did_you_mean
from hotfix.core.files import read_regular, write_whole
from hotfix.core.frontmatter import Field, Front, read_front
from hotfix.core.node import Node
from hotfix.core.settings import SEARCHED_BYTES_MOST
from hotfix.diagnosis.causes import UNKNOWN, load_causes
from hotfix.learn.knowledge.words import list_words, mask_texts

ARTICLES = "kb"
"""Name of their folder, beside that of the incidents."""

SUFFIX = ".md"
SCHEMA = "hotfix.article/1"

FIELDS = ("title", "services", "families", "templates")
_NOTHING = Field(1, "", ())
_HEADING = re.compile(r"(?m)^#{1,6}\s+(.+?)\s*#*\s*$")
_MARK = re.compile(r"(?s)<!--.*?-->")
_NO_NAME = re.compile(r"[^a-z0-9]+")
_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Article:
    """One article."""

    name: str  # of its file, without the suffix
    title: str
    services: tuple[str, ...]  # that it is about
    families: tuple[str, ...]  # cause families that it is about
    templates: tuple[str, ...]  # texts of logs that it is about, masked
    words: tuple[str, ...]  # distinct, of the title, the templates and the body


@dataclass(frozen=True, slots=True)
class Added:
    """An article that was taken into the knowledge base."""

    article: Article
    path: Path
    known: bool  # it was here already, with the same content


def read_article(path: Path) -> Article:
    """Return the article in a file.

    Raises:
        InputError: it cannot be read, is too large, or its front matter breaks the contract, with the line.
    """
    return parse_article(read_text(path), path.name.removesuffix(SUFFIX), str(path))


def read_text(path: Path) -> str:
    """Return what the file of an article holds.

    Raises:
        InputError: it cannot be read, or is larger than SEARCHED_BYTES_MOST.
    """
    try:
        return decode_article(read_regular(path, SEARCHED_BYTES_MOST), str(path))
    except OSError as error:
        raise InputError(f"expected an article that can be read at {path}, found: {error.strerror}") from None


def decode_article(content: bytes, where: str) -> str:
    """Return the text of an article.

    Raises:
        InputError: it is larger than SEARCHED_BYTES_MOST or no UTF-8.
    """
    if len(content) > SEARCHED_BYTES_MOST:
        raise InputError(f"expected an article of at most {SEARCHED_BYTES_MOST} bytes at {where}, found more")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{where}:{line}: expected text in UTF-8, found other bytes") from None


def parse_article(text: str, name: str, where: str) -> Article:
    """Return the article that a text is; without a title its first heading, else its name, is one.

    Raises:
        InputError: its front matter breaks the contract, or there is no text below it.
    """
    front = read_front(text, where, FIELDS)
    body = _MARK.sub("", front.body).strip()
    if not body:
        raise InputError(f"{where}: expected a text below the front matter, found none")
    templates = tuple(mask_texts(front.fields.get("templates", _NOTHING).whole))
    title = _find_title(front, body) or name
    return Article(
        name=name,
        title=title,
        services=front.fields.get("services", _NOTHING).names,
        families=_read_families(front.fields.get("families", _NOTHING), where),
        templates=templates,
        words=list_words((*mask_texts([title]), *templates, *mask_texts(body.splitlines()))),
    )


def add_article(text: str, source: Path | None, folder: Path) -> Added:
    """Write an article into the folder of the knowledge base, after its file's name, else after its title.

    Raises:
        InputError: it is none.
        UsageError: another one of this name is here, it has no name, or the folder cannot be written.
    """
    where = str(source) if source else "standard input"
    stem = source.name.removesuffix(SUFFIX) if source else ""
    found = parse_article(text, stem, where)
    name = _NO_NAME.sub("-", (stem or found.title).lower()).strip("-")[:_NAME_CHARACTERS].strip("-")
    if not name:
        raise UsageError(f"{where}: expected a title, or a heading, after which the article can be named, found none")
    article, path = parse_article(text, name, where), folder / f"{name}{SUFFIX}"
    if path.exists() or path.is_symlink():
        if read_text(path) != text:
            raise UsageError(f"expected no other article at {path}, found one; edit it there, or rename yours")
        return Added(article, path, known=True)
    write_article(path, text)
    return Added(article, path, known=False)


def write_article(path: Path, text: str) -> None:
    """Write the file of an article, whole; its folder is made when missing.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UsageError(f"expected a file that can be written at {path}, found: {found}") from None


def render_article(article: Article) -> str:
    """Return an article as JSON, for the index."""
    return json.dumps({"schema": SCHEMA} | asdict(article))


def load_article(text: str) -> Article:
    """Return the article that `render_article` gave this text for."""
    root = Node(json.loads(text), "article", SCHEMA)
    return Article(
        name=root.get("name").text(),
        title=root.get("title").text(),
        services=root.texts("services"),
        families=root.texts("families"),
        templates=root.texts("templates"),
        words=root.texts("words"),
    )


def _find_title(front: Front, body: str) -> str | None:
    said = front.fields.get("title", _NOTHING).whole
    heading = _HEADING.search(body)
    return said[0] if said else heading[1] if heading else None


def _read_families(field: Field, where: str) -> tuple[str, ...]:
    known = [name for name in load_causes() if name != UNKNOWN]
    for name in field.names:
        if name not in known:
            near = did_you_mean(name, known)
            raise InputError(
                f"{where}:{field.line}: families: expected cause families as in docs/causes.md, found {name!r}{near}"
            )
    return field.names
