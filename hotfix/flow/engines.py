"""Opens the model that a step is to use; one that cannot be opened is told, and the step goes on without it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from hotfix.core.errors import UsageError
from hotfix.flow.contract import Listeners, ModelChoice
from hotfix.model.agentfiles import Step, choose_agent
from hotfix.model.catalogue import find_folder, read_catalogue
from hotfix.model.contract import Engine, ModelError
from hotfix.model.opening import open_engine, open_named

WORDS = "the words come from templates"
"""What a diagnosis does without a model."""

ASKING = frozenset({Step.DIAGNOSE, Step.PATCH})
"""The steps that ask a model; the others have nothing to ask."""

_NONE_SET_UP = "no local model is set up"
_SWITCHED_OFF = "switched off with --no-model"


@contextmanager
def open_engine_for(
    choice: ModelChoice, listeners: Listeners, otherwise: str = WORDS, step: Step = Step.DIAGNOSE
) -> Iterator[tuple[Engine | None, str]]:
    """Yield the chosen model, or the one of the role that the step's agent names; else None and why.

    Args:
        choice: of the user.
        listeners: who is told of the work.
        otherwise: what is done without a model, in words.
        step: whose agent says which role answers for it.

    Raises:
        UsageError: no model has this name, or one is named and models are switched off; or a file of an agent of the
            project breaks its contract.
    """
    if choice.off and choice.name:
        raise UsageError("expected --model or --no-model, found both")
    try:
        engine = None if choice.off else _open(choice.name, step, listeners)
    except ModelError as error:
        listeners.tell(f"no model is used: {error}")
        yield None, f"{otherwise}: {error}"
        return
    try:
        yield engine, f"{_SWITCHED_OFF if choice.off else _NONE_SET_UP}; {otherwise}"
    finally:
        if engine:
            engine.close()


def _open(name: str | None, step: Step, listeners: Listeners) -> Engine | None:
    if name is not None:
        return open_named(name, on_progress=listeners.on_model)
    if not read_catalogue(find_folder(os.environ)).roles:
        return None
    return open_engine(choose_agent(step).role, on_progress=listeners.on_model)
