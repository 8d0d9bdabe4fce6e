"""Opens the model that a step is to use; one that cannot be opened is told, and the step goes on without it."""

from collections.abc import Iterator
from contextlib import contextmanager

from hotfix.core.errors import UsageError
from hotfix.flow.contract import Listeners, ModelChoice
from hotfix.model.catalogue import Role
from hotfix.model.contract import Engine, ModelError
from hotfix.model.opening import open_engine, open_named

WORDS = "the words come from templates"
"""What a diagnosis does without a model."""

_NONE_SET_UP = "no local model is set up"
_SWITCHED_OFF = "switched off with --no-model"


@contextmanager
def open_judge(
    choice: ModelChoice, listeners: Listeners, otherwise: str = WORDS
) -> Iterator[tuple[Engine | None, str]]:
    """Yield the chosen model, or the one of the role `judge`; else None and why, with what is done `otherwise`.

    Raises:
        UsageError: no model has this name, or one is named and models are switched off.
    """
    if choice.off and choice.name:
        raise UsageError("expected --model or --no-model, found both")
    try:
        engine = None if choice.off else _open(choice.name, listeners)
    except ModelError as error:
        listeners.tell(f"no model is used: {error}")
        yield None, f"{otherwise}: {error}"
        return
    try:
        yield engine, f"{_SWITCHED_OFF if choice.off else _NONE_SET_UP}; {otherwise}"
    finally:
        if engine:
            engine.close()


def _open(name: str | None, listeners: Listeners) -> Engine | None:
    if name is None:
        return open_engine(Role.JUDGE, on_progress=listeners.on_model)
    return open_named(name, on_progress=listeners.on_model)
