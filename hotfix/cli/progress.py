"""Shows on a terminal how far reading is: file, rate and time; silent where standard error is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotfix.ingest.discovery import SourceFile


@contextmanager
def show_progress() -> Iterator[Callable[["SourceFile", int], None]]:
    """Yield what is to be told of every block read."""
    if not sys.stderr.isatty():
        yield lambda _file, _bytes: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TransferSpeedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("reading {task.description}", markup=False),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)

        def on_progress(file: "SourceFile", read_bytes: int) -> None:
            progress.update(task, advance=read_bytes, description=file.shown)

        yield on_progress
