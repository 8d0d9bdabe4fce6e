"""The value of a reproduction, and what it takes to make one. Nothing runs here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hotfix.repair.contract import SourceFrame
from hotfix.repair.sandbox.contract import Outcome
from hotfix.repair.verify.contract import Expected


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A command that fails while the error is there and passes once it is gone."""

    source: str  # "given" or "generated"
    command: str
    expected: Expected | None  # None: the incident names no error of the code, any failure counts
    files: Mapping[str, str] = field(default_factory=dict)  # path in the tree → text
    text: str | None = None  # of a generated test, for the report
    fault: str | None = None  # what is made to raise the error: a call of something outside of the program
    planted: str = ""  # the value that a generated test puts in, with its place
    others: tuple["Reproduction", ...] = ()  # other texts fail alike, and the incident does not say which it was
    compiles: bool = False  # its time is that of a compiler, and says nothing of the program


@dataclass(frozen=True, slots=True)
class Scene:
    """What a generator works from."""

    frames: tuple[SourceFrame, ...]  # of one trace, where it failed first, then its callers
    expected: Expected
    excerpt: str  # of the log, with the trace
    values: Mapping[str, str]  # name → value, as logged beside the error
    tree: Path  # without the patch, to be read
    patched: Path  # with it
    paths: tuple[str, ...]  # files of the tree
    python: str  # of the project
    run_base: Callable[[str, Mapping[str, str]], Outcome]  # command, files → what came of it without the patch
    run_patched: Callable[[str, Mapping[str, str]], Outcome]


Generator = Callable[[Scene], Reproduction | str]
"""Returns a reproduction that was seen to fail for the expected reason, or why there is none, as one sentence."""
