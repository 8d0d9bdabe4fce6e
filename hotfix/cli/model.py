"""``hotfix model``: the local models, none of which decides a fact."""

from pathlib import Path
from typing import Annotated

import typer

from hotfix.cli import modelfiles
from hotfix.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Set up local models and see what is there.", no_args_is_help=True)
    group.command("setup")(set_up)
    modelfiles.register(group)
    app.add_typer(group, name="model")


def set_up(
    weights: Annotated[
        Path | None,
        typer.Option("--from", help="Folder with the original weights; without it the package that carries them."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Set up the encoder, which understands wording that no rule knows; quick when it is there already."""
    import json
    from dataclasses import asdict

    from hotfix.model.setup import set_up_encoder

    done = set_up_encoder(weights)
    shown = asdict(done) | {"path": str(done.path)}
    typer.echo(json.dumps(shown) if as_json else done.describe())
    return 0
