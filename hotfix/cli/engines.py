"""Opens the model that a command is to use; one that cannot be opened is told, and the command goes on without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from hotfix.core.errors import UsageError

if TYPE_CHECKING:
    from hotfix.model.contract import Engine, OnProgress

_NONE_SET_UP = "no local model is set up"
_SWITCHED_OFF = "switched off with --no-model"


@contextmanager
def open_judge(
    name: str | None, on_progress: "OnProgress", *, off: bool, otherwise: str = "the words come from templates"
) -> "Iterator[tuple[Engine | None, str]]":
    """Yield the named model, or the one of the role `judge`; else None and why, with what is done `otherwise`.

    Raises:
        UsageError: no model has this name, or one is named and models are switched off.
    """
    from hotfix.model.contract import ModelError

    if off and name:
        raise UsageError("expected --model or --no-model, found both")
    try:
        engine = None if off else _open(name, on_progress)
    except ModelError as error:
        typer.echo(f"hotfix: no model is used: {error}", err=True)
        yield None, f"{otherwise}: {error}"
        return
    try:
        yield engine, f"{_SWITCHED_OFF if off else _NONE_SET_UP}; {otherwise}"
    finally:
        if engine:
            engine.close()


def _open(name: str | None, on_progress: "OnProgress") -> "Engine | None":
    from hotfix.model.catalogue import Role
    from hotfix.model.opening import open_engine, open_named

    if name is None:
        return open_engine(Role.JUDGE, on_progress=on_progress)
    return open_named(name, on_progress=on_progress)
