"""Shows articles of the knowledge base: what speaks of an incident or a question, and one as it stands."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from hotfix.core.facts import Comparison
from hotfix.core.plain import tame
from hotfix.learn.knowledge.articles import SUFFIX, Article
from hotfix.learn.knowledge.articlesearch import Fit
from hotfix.report.page import Item, Page
from hotfix.report.past import render_comparison
from hotfix.report.words import say_count

if TYPE_CHECKING:
    from rich.console import Console


def render_found(found: Comparison, fits: Sequence[Fit], folder: Path, console: "Console") -> None:
    """Print the articles that speak of what was asked for, then the incidents that are like it."""
    page = Page(console)
    if fits:
        page.line(say_count(len(fits), "article"))
    for one in fits:
        page.item(Item(one.article.title, more=one.shared, place=str(_find(folder, one.article))))
    if found.compared or not fits:
        render_comparison(found, console)


def render_found_json(found: Comparison, fits: Sequence[Fit], folder: Path) -> str:
    """Return the same as one JSON object."""
    articles = [
        {
            "article": one.article.name,
            "title": one.article.title,
            "path": str(_find(folder, one.article)),
            "score": one.score,
            "shared": list(one.shared),
        }
        for one in fits
    ]
    whole = {"compared": found.compared, "similar": [asdict(one) for one in found.similar], "articles": articles}
    return json.dumps(whole, ensure_ascii=True)


def render_article_page(article: Article, path: Path, text: str) -> str:
    """Return an article as a terminal shows it: its place, then its file, harmless, line by line."""
    return "\n".join((f"{tame(article.title)} · {path}", "", *map(tame, text.strip().splitlines())))


def render_article_json(article: Article, path: Path, text: str) -> str:
    """Return an article as one JSON object."""
    whole = {
        "article": article.name,
        "title": article.title,
        "services": list(article.services),
        "families": list(article.families),
        "templates": list(article.templates),
        "path": str(path),
        "text": text,
    }
    return json.dumps(whole, ensure_ascii=True)


def _find(folder: Path, article: Article) -> Path:
    return folder / f"{article.name}{SUFFIX}"
