"""The command line: one file per command group. A command parses, calls one function, prints, returns an exit code."""

from hotfix.cli.program import main

__all__ = ["main"]
