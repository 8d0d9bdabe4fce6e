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

        def on_progress(progress: "Progress") -> None:
            doing = _DOING.get(progress.phase, progress.phase)
            said = (
                f"{doing} {progress.done:,} of at most {progress.total:,} tokens, {progress.tokens_per_s:.1f} a second"
            )
            bar.update(task, description=said)

        yield on_progress
