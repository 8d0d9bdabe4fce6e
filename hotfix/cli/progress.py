"""Shows on a terminal how far an analysis is: what is read and how fast, then what a model does; else it is silent."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotfix.ingest.discovery import SourceFile
    from hotfix.model.contract import OnProgress, Progress


@dataclass(frozen=True, slots=True)
class Listeners:
    """Whom to tell of progress."""

    on_read: Callable[["SourceFile", int], None]  # of every block read: its file and bytes
    on_model: "OnProgress"


@contextmanager
def show_phase(doing: str) -> Iterator[Callable[[str], None]]:
    """Yield what is to be told of each phase of a long task; one line on standard error shows it and its time."""
    if not sys.stderr.isatty():
        yield lambda _phase: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda phase: bar.update(task, description=f"{doing}: {phase}")


@contextmanager
def show_progress() -> Iterator[Listeners]:
    """Yield what is to be told of every step; one line on standard error shows the last of them."""
    if not sys.stderr.isatty():
        yield Listeners(lambda _file, _bytes: None, lambda _progress: None)
        return
    from rich.console import Console
    from rich.filesize import decimal
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    from hotfix.cli.modelprogress import describe_model

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def on_read(file: "SourceFile", read_bytes: int) -> None:
            speed = decimal(int(bar.tasks[0].speed or 0))
            bar.update(task, advance=read_bytes, description=f"reading {file.shown} {speed}/s")

        def on_model(progress: "Progress") -> None:
            bar.update(task, description=describe_model(progress))

        yield Listeners(on_read, on_model)
