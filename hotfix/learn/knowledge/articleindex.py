"""The articles of the knowledge base, from the index that follows their files: what has changed is read again."""

import hashlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import InputError
from hotfix.core.facts import Skipped
from hotfix.learn.indexing import change_index, clean
from hotfix.learn.knowledge.articles import ARTICLES, SUFFIX, Article, load_article, read_article, render_article
from hotfix.learn.store import ask_index


@dataclass(frozen=True, slots=True)
class Shelf:
    """All articles that are kept."""

    articles: tuple[Article, ...]  # by name
    unreadable: tuple[Skipped, ...]  # files that are none, each with the reason


def find_articles(root: Path) -> Path:
    """Return the folder of the articles that belong to the incidents in the folders of `root`."""
    return root.parent / ARTICLES


def recall_articles(root: Path) -> Shelf:
    """Return the articles that are kept beside the incidents of `root`.

    Raises:
        InputError: a folder cannot be read.
        UsageError: this SQLite can hold no index at all.
    """
    folder = find_articles(root)
    if not folder.is_dir():
        return Shelf((), ())
    return ask_index(root, lambda index, _note: _follow(index, folder))


def _follow(index: sqlite3.Connection, folder: Path) -> Shelf:
    """Bring the index up to date with the files, and return what it holds."""
    known = dict(index.execute("SELECT name, fingerprint FROM articles"))
    present = _take_fingerprints(folder)
    read = [(name, _read(folder / name)) for name, found in present.items() if known.get(name) != found]
    gone = [name for name in known if name not in present]
    if read or gone:
        with change_index(index):
            index.executemany("DELETE FROM articles WHERE name = ?", [(name,) for name in gone])
            for name, (article, problem) in read:
                row = (clean(name), present[name], article, problem)
                index.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?)", row)
    rows = index.execute("SELECT name, article, problem FROM articles ORDER BY name").fetchall()
    return Shelf(
        tuple(load_article(article) for _, article, _ in rows if article),
        tuple(Skipped(name, problem) for name, _, problem in rows if problem),
    )


def _read(path: Path) -> tuple[str | None, str | None]:
    """Return the article of a file for the index, or why it is none."""
    try:
        return render_article(read_article(path)), None
    except InputError as error:
        return None, clean(str(error))


def _take_fingerprints(folder: Path) -> dict[str, str]:
    """Return the files of articles, each with a hash that changes whenever it does; links and drafts are passed by."""
    try:
        with os.scandir(folder) as found:
            plain = {
                one.name: one.stat(follow_symlinks=False)
                for one in found
                if one.is_file(follow_symlinks=False) and one.name.endswith(SUFFIX) and _is_shown(one.name)
            }
    except OSError as error:
        raise InputError(f"expected a folder of articles at {folder}, found: {error.strerror}") from None
    return {
        name: hashlib.sha256(ascii((one.st_size, one.st_mtime_ns, one.st_ino)).encode()).hexdigest()
        for name, one in sorted(plain.items())
    }


def _is_shown(name: str) -> bool:
    return name.isprintable() and not name.startswith(".")
