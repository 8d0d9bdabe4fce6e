"""The program: its commands, its exit codes, and the only place where an error becomes words for a user."""

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from hotfix import __version__
from hotfix.cli import (
    actions,
    agent,
    analyze,
    bench,
    chaos,
    deploy,
    explain,
    formats,
    incidents,
    kb,
    metrics,
    model,
    patch,
    rca,
    test,
    triage,
)
from hotfix.cli import run as whole_way
from hotfix.core.errors import HotfixError, UsageError
from hotfix.core.garbage import run_short

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells do."""

app = typer.Typer(
    name="hotfix",
    help="Says what broke, exactly when, since which change, the lines that prove it, and what to do now. "
    "Works offline, from logs alone; patches are tried in copies of your repository.",
    epilog="Exit codes: 0 nothing wrong, 1 something was found or refused, 2 wrong usage, 3 internal error.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (
    analyze,
    triage,
    whole_way,
    patch,
    test,
    deploy,
    rca,
    agent,
    actions,
    chaos,
    incidents,
    kb,
    metrics,
    explain,
    formats,
    model,
    bench,
):
    group.register(app)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hotfix {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; what is wrong is told on standard error, never as a traceback."""
    try:
        return int(app(list(arguments), standalone_mode=False, prog_name="hotfix") or 0)
    except HotfixError as error:
        return _fail(str(error), error.exit_code)
    except TyperException as error:
        return _fail(f"{error.format_message()} (see hotfix --help)", UsageError.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it does not fail again
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return _fail("stopped", INTERRUPTED)
    except Exception as error:  # noqa: BLE001  # the last line of defence: a bug must not look like a diagnosis
        return _fail(_keep_traceback(error), HotfixError.exit_code)


def main() -> None:
    """Be the program: run the command line of the process and end with its exit code.

    Columns are worked on by one thread unless the environment says otherwise: a server in trouble needs its cores,
    and the peak of memory is a third lower (measured on 1 GB of logs).
    """
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    with run_short():
        code = run(sys.argv[1:])
    sys.exit(code)


def _fail(message: str, code: int) -> int:
    typer.echo(f"hotfix: {message}", err=True)
    return code


def _keep_traceback(error: Exception) -> str:
    with tempfile.NamedTemporaryFile("w", prefix="hotfix-crash-", suffix=".txt", delete=False) as report:
        report.write("".join(traceback.format_exception(error)))
    return f"internal error: {type(error).__name__}; this is a bug of hotfix, what is known of it is in {report.name}"
