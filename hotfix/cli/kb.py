"""``hotfix kb``: what past incidents say of a new one or of a few words."""

from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import IncidentName, Json

if TYPE_CHECKING:
    from hotfix.core.facts import Comparison
    from hotfix.learn.knowledge.signature import Signature


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Ask what past incidents say.", no_args_is_help=True)
    group.callback()(_name_group)
    for name, command in (("search", search), ("show", show)):
        group.command(name)(command)
    app.add_typer(group, name="kb")


def _name_group() -> None:
    """Ask what past incidents say."""


def search(
    question: Annotated[
        list[str], typer.Argument(help="An error text or words, or an incident's id, folder, or last.")
    ],
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 10,
    as_json: Json = False,
) -> int:
    """Find past incidents that are like one, or that hold the words.

    Says "no match" where none is near enough. A past cause is a candidate to check, never evidence.
    """
    from hotfix.core.errors import InputError
    from hotfix.learn.knowledge.memory import recall
    from hotfix.report.console import open_console
    from hotfix.report.incidentfolders import INCIDENTS, find_incident_folder
    from hotfix.report.past import render_comparison, render_comparison_json

    try:
        folder = find_incident_folder(question[0]) if len(question) == 1 else None
    except InputError:
        folder = None
    kept = recall(INCIDENTS)
    found = _compare(str(folder), kept, limit) if folder else _ask(" ".join(question), kept, limit)
    if as_json:
        typer.echo(render_comparison_json(found))
    else:
        render_comparison(found, open_console())
    return 0


def show(incident: IncidentName, as_json: Json = False) -> int:
    """Show by what an incident is compared with others.

    And which actions of similar incidents are still open: would one of them have prevented it?
    """
    from hotfix.learn.knowledge.memory import recall
    from hotfix.learn.knowledge.prevention import find_open_actions
    from hotfix.learn.knowledge.similar import find_similar
    from hotfix.report.console import open_console
    from hotfix.report.incidentfolders import INCIDENTS
    from hotfix.report.past import render_signature_json, render_signature_page

    signature = _sign(incident)
    actions = find_open_actions(INCIDENTS, find_similar(signature, recall(INCIDENTS)))
    if as_json:
        typer.echo(render_signature_json(signature, actions))
    else:
        render_signature_page(signature, actions, open_console())
    return 0


def _compare(incident: str, kept: "tuple[Signature, ...]", limit: int) -> "Comparison":
    from hotfix.learn.knowledge.similar import find_similar

    return find_similar(_sign(incident), kept, limit)


def _ask(question: str, kept: "tuple[Signature, ...]", limit: int) -> "Comparison":
    from hotfix.learn.knowledge.asking import find_by_words

    return find_by_words(question, kept, limit)


def _sign(incident: str) -> "Signature":
    """Return the signature of an incident, read from its folder.

    Raises:
        InputError: there is none, or its report names no incident.
    """
    from hotfix.core.errors import InputError
    from hotfix.learn.knowledge.signature import read_signature
    from hotfix.report.incidentfolders import find_incident_folder

    folder = find_incident_folder(incident)
    signature = read_signature(folder)
    if signature is None:
        raise InputError(f"expected a report with an incident in {folder}, found one without")
    return signature
