"""``hotfix deploy``: how a tested change goes live, one file a command."""

import typer

from hotfix.cli.deploy.plan import plan
from hotfix.cli.deploy.rollback import rollback
from hotfix.cli.deploy.run import run
from hotfix.cli.deploy.simulate import simulate
from hotfix.cli.deploy.status import status


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Plan a rollout, carry it out watched and judged, and take it back with one command.", no_args_is_help=True
    )
    group.callback()(_name_group)
    for command in (plan, run, status, rollback, simulate):
        group.command(command.__name__)(command)
    app.add_typer(group, name="deploy")


def _name_group() -> None:
    """Plan a rollout, carry it out watched and judged, and take it back with one command."""
