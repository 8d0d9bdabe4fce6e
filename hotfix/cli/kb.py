"""``hotfix kb``: what past incidents say of a new one or of a few words, and what people wrote down about them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.effort import tell_time
from hotfix.cli.givenfile import STDIN, read_given, show_given
from hotfix.cli.options import Json
from hotfix.cli.telling import tell
from hotfix.core.errors import InputError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotfix.core.facts import Skipped
    from hotfix.learn.knowledge.articles import Article
    from hotfix.learn.knowledge.signature import Signature


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Ask what past incidents say, and keep what people learned.", no_args_is_help=True)
    group.callback()(_name_group)
    for name, command in (("search", search), ("show", show), ("add", add), ("runbook", runbook)):
        group.command(name)(command)
    app.add_typer(group, name="kb")


def _name_group() -> None:
    """Ask what past incidents say, and keep what people learned."""


def search(
    question: Annotated[
        list[str], typer.Argument(help="An error text or words, or an incident's id, folder, or last.")
    ],
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 10,
    as_json: Json = False,
) -> int:
    """Find past incidents and articles that are like an incident, or that hold the words.

    Says "no match" where none is near enough. A past cause is a candidate to check, never evidence.
    """
    from hotfix.learn.knowledge.articleindex import find_articles, recall_articles
    from hotfix.learn.knowledge.articlesearch import find_for_incident, find_for_words
    from hotfix.learn.knowledge.asking import find_by_words
    from hotfix.learn.knowledge.memory import recall
    from hotfix.learn.knowledge.nearness import measure_nearness
    from hotfix.learn.knowledge.similar import find_similar
    from hotfix.report.articlelist import render_found, render_found_json
    from hotfix.report.console import open_console
    from hotfix.report.incidentfolders import INCIDENTS

    folder = _find_folder(question[0]) if len(question) == 1 else None
    kept, shelf = recall(INCIDENTS), recall_articles(INCIDENTS)
    if folder:
        signature = _sign(folder)
        found = find_similar(signature, kept, limit, measure_nearness)
        fits = find_for_incident(signature, shelf.articles, kept, limit)
    else:
        found = find_by_words(" ".join(question), kept, limit)
        fits = find_for_words(" ".join(question), shelf.articles, kept, limit)
    if as_json:
        typer.echo(render_found_json(found, fits, find_articles(INCIDENTS)))
    else:
        render_found(found, fits, find_articles(INCIDENTS), open_console())
    _tell_left_out(shelf.unreadable)
    return 0


def show(
    name: Annotated[
        str, typer.Argument(help="Id or folder of an incident, last, or the name of an article.", show_default=False)
    ],
    as_json: Json = False,
) -> int:
    """Show an article, or by what an incident is compared with others.

    And which actions of similar incidents are still open: would one of them have prevented it?
    """
    folder = _find_folder(name)
    if folder:
        _show_incident(folder, as_json=as_json)
    else:
        _show_article(name, as_json=as_json)
    return 0


def add(
    file: Annotated[str, typer.Argument(help="A Markdown file, or - for standard input.", show_default=False)],
    as_json: Json = False,
) -> int:
    """Take an article into the knowledge base.

    Its front matter may name a title, services, cause families and templates, by which it is found. What lies in
    .hotfix/kb is the article: edit it there.
    """
    import json

    from hotfix.core.plain import tame
    from hotfix.core.settings import SEARCHED_BYTES_MOST
    from hotfix.learn.knowledge.articleindex import find_articles
    from hotfix.learn.knowledge.articles import add_article, decode_article
    from hotfix.report.incidentfolders import INCIDENTS

    content = read_given(file, SEARCHED_BYTES_MOST, "an article")
    text, source = decode_article(content, show_given(file)), None if file == STDIN else Path(file)
    done = add_article(text, source, find_articles(INCIDENTS))
    whole = {"article": done.article.name, "title": done.article.title, "path": str(done.path), "known": done.known}
    said = "is here already, with the same content" if done.known else done.article.title
    typer.echo(json.dumps(whole) if as_json else tame(f"{done.path}: {said}"))
    return 0


def runbook(
    family: Annotated[str | None, typer.Argument(help="Cause family that recurs; else they are listed.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Of each family that recurs.")] = False,
    as_json: Json = False,
) -> int:
    """Write the runbook of a cause family of which there are two incidents or more.

    It is made of their folders and of the rules, and is an article. What people write between its marks is kept when it
    is written again.
    """
    from hotfix.learn.knowledge.runbook import find_runbook, gather_runbook, group_incidents, list_recurring
    from hotfix.report.incidentfolders import INCIDENTS
    from hotfix.report.runbookreport import (
        list_families,
        list_families_json,
        render_written,
        render_written_json,
        write_runbook,
    )

    if family and every:
        raise UsageError("expected a cause family or --all, found both")
    now, past = tell_time(), group_incidents(INCIDENTS)
    recurring = list_recurring(past)
    chosen = (family,) if family else recurring
    if not family and (not every or not recurring):
        typer.echo((list_families_json if as_json else list_families)(past, recurring, INCIDENTS))
    else:
        books = [gather_runbook(past, one, now) for one in chosen]
        written = [write_runbook(find_runbook(INCIDENTS, one.cause.ident), one) for one in books]
        typer.echo((render_written_json if as_json else render_written)(written))
    _tell_left_out(past.unreadable)
    return 0


def _show_incident(folder: Path, *, as_json: bool) -> None:
    from hotfix.learn.knowledge.memory import recall
    from hotfix.learn.knowledge.nearness import measure_nearness
    from hotfix.learn.knowledge.prevention import find_open_actions
    from hotfix.learn.knowledge.similar import find_similar
    from hotfix.report.console import open_console
    from hotfix.report.incidentfolders import INCIDENTS
    from hotfix.report.past import render_signature_json, render_signature_page

    signature = _sign(folder)
    actions = find_open_actions(INCIDENTS, find_similar(signature, recall(INCIDENTS), measure=measure_nearness))
    if as_json:
        typer.echo(render_signature_json(signature, actions))
    else:
        render_signature_page(signature, actions, open_console())


def _show_article(name: str, *, as_json: bool) -> None:
    from hotfix.learn.knowledge.articleindex import find_articles, recall_articles
    from hotfix.learn.knowledge.articles import SUFFIX, read_text
    from hotfix.report.articlelist import render_article_json, render_article_page
    from hotfix.report.incidentfolders import INCIDENTS

    shelf = recall_articles(INCIDENTS)
    article = _find_article(name, shelf.articles)
    path = find_articles(INCIDENTS) / f"{article.name}{SUFFIX}"
    text = read_text(path)
    typer.echo((render_article_json if as_json else render_article_page)(article, path, text))


def _find_article(name: str, articles: "Iterable[Article]") -> "Article":
    known = {one.name: one for one in articles}
    asked = Path(name).name.removesuffix(".md")
    if asked not in known:
        near = did_you_mean(asked, known)
        raise InputError(f"expected an incident's id, its folder, last, or an article, found {name!r}{near}")
    return known[asked]


def _find_folder(name: str) -> Path | None:
    """Return the folder of an incident, None where the name is of none."""
    from hotfix.report.incidentfolders import find_incident_folder

    try:
        return find_incident_folder(name)
    except InputError:
        return None


def _sign(folder: Path) -> "Signature":
    """Return the signature of an incident, read from its folder.

    Raises:
        InputError: its report names no incident.
    """
    from hotfix.learn.knowledge.signature import read_signature

    signature = read_signature(folder)
    if signature is None:
        raise InputError(f"expected a report with an incident in {folder}, found one without")
    return signature


def _tell_left_out(unreadable: "Iterable[Skipped]") -> None:
    for one in unreadable:
        tell(f"{one.where} is left out: {one.reason}")
