"""Tells on standard error what people must know beside a result."""

import typer


def tell(text: str) -> None:
    """Print one sentence that may quote logs or programs."""
    from hotfix.core.plain import tame

    typer.echo(f"hotfix: {tame(text)}", err=True)
