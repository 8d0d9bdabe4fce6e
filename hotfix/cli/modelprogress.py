"""Shows on a terminal how far a model is: what it does, tokens and tokens per second; silent where there is none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotfix.model.contract import OnProgress, Progress

_DOING = {"reading": "model reads", "writing": "model writes"}


@contextmanager
def show_model_progress() -> "Iterator[OnProgress]":
    """Yield what is to be told of every step of a model."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("model loads", total=None)

        yield lambda progress: bar.update(task, description=describe_model(progress))


def describe_model(progress: "Progress") -> str:
    """Return in words what a model does, and how far it is."""
    doing, speed = _DOING.get(progress.phase, progress.phase), f"{progress.tokens_per_s:.1f} a second"
    return f"{doing} {progress.done:,} of at most {progress.total:,} tokens, {speed}"
