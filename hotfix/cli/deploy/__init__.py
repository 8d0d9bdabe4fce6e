"""``hotfix deploy``: how a tested change goes live, one file a command."""

import typer

from hotfix.cli.deploy.plan import plan
from hotfix.cli.deploy.simulate import simulate


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Try the policy of a rollout before it is trusted.", no_args_is_help=True)
    group.callback()(_name_group)
    for command in (plan, simulate):
        group.command(command.__name__)(command)
    app.add_typer(group, name="deploy")


def _name_group() -> None:
    """Try the policy of a rollout before it is trusted."""
