"""``hotfix incidents``: what was found before, where it stands, and what people say of it; one file a purpose."""

import typer

from hotfix.cli.incidents.alerts import import_alerts
from hotfix.cli.incidents.carry import export, import_one
from hotfix.cli.incidents.look import list_all, reindex, show
from hotfix.cli.incidents.say import close, note, status


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="See, note down, close and carry incidents.", no_args_is_help=True)
    group.callback()(_name_group)
    for name, command in (
        ("list", list_all),
        ("show", show),
        ("note", note),
        ("status", status),
        ("close", close),
        ("export", export),
        ("import", import_one),
        ("import-alerts", import_alerts),
        ("reindex", reindex),
    ):
        group.command(name)(command)
    app.add_typer(group, name="incidents")


def _name_group() -> None:
    """See, note down, close and carry incidents."""
