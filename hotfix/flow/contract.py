"""What the steps are asked and what each leaves: frozen options in, a frozen outcome out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from hotfix.ingest.discovery import SourceFile
from hotfix.ingest.window import WindowRequest
from hotfix.model.contract import OnProgress, Progress
from hotfix.rollout.strategies import Strategy


class StepName(StrEnum):
    """The steps, in their order."""

    DIAGNOSE = "diagnose"
    PATCH = "patch"
    TEST = "test"
    PLAN = "plan"
    DEPLOY = "deploy"
    REVIEW = "review"


class StepStatus(StrEnum):
    """What came of a step."""

    DONE = "done"  # it did its work, and what it found lets the next one go on
    REFUSED = "refused"  # it did its work, and its answer is no: no patch, a rejected one, no rollout
    SKIPPED = "skipped"  # it was not tried: what it needs is not there
    FAILED = "failed"  # it could not do its work; the sentence says what stood in the way


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step."""

    name: StepName
    status: StepStatus
    sentence: str  # plain text that may quote logs, code or programs: whoever shows it makes it inert
    document: Path | None = None  # for people to read; None where none was written


def _tell_nobody(_text: str) -> None:
    """Be told, and keep it."""


def _see_nothing(_file: SourceFile, _bytes: int) -> None:
    """Be told of a block, and keep it."""


def _hear_nothing(_progress: Progress) -> None:
    """Be told of a model's work, and keep it."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Whom a step tells of its work while it goes on."""

    tell: Callable[[str], None] = _tell_nobody  # what people must know: one sentence, plain text
    on_phase: Callable[[str], None] = _tell_nobody  # what is being done: a word or two
    on_read: Callable[[SourceFile, int], None] = _see_nothing  # a block of logs was read: its file and bytes
    on_model: OnProgress = _hear_nothing


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which local model a step may ask."""

    name: str | None = None  # None: the one of the role that the step's agent names, if any
    off: bool = False


@dataclass(frozen=True, slots=True)
class DiagnoseOptions:
    """What to diagnose."""

    logs: tuple[str, ...]  # files, folders, globs, or "-" for `stdin`
    window: WindowRequest = field(default_factory=WindowRequest)
    service: str | None = None  # look at the records of this service only
    deploys: Path | None = None  # a file that lists changes in the world
    repo: Path | None = None  # a repository whose tags and commits are changes in the world
    users: int | None = None  # how many there are
    out: Path | None = None  # folder for the reports; None: that of the incident
    model: ModelChoice = field(default_factory=ModelChoice)
    stdin: BinaryIO | None = None
    command: str = "hotfix run"  # as the report tells it


@dataclass(frozen=True, slots=True)
class PatchOptions:
    """What to make a patch for."""

    folder: Path  # of the incident
    repo: Path  # a work tree, a bare repository or a bundle; it is only read
    revision: str | None = None  # commit, tag or branch; None: what is checked out
    branch: str | None = None  # commit the patch on a new branch of this name; None: the repository stays as it is
    model: ModelChoice = field(default_factory=ModelChoice)
    trial: bool = True  # candidates are compiled and run in a sandbox


@dataclass(frozen=True, slots=True)
class TestOptions:
    """What to test."""

    __test__ = False  # not a test of pytest

    folder: Path  # of the incident
    repo: Path  # the repository that the patch is for
    patch: Path | None = None  # None: `patch.diff` of the incident
    repro: str | None = None  # command that fails while the error is there; None: a test is made
    suite: str | None = None  # command that runs the project's tests; None: it is found
    perf: str | None = None  # command whose time is compared; None: the suite or the reproduction


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What to plan the rollout of."""

    folder: Path  # of the incident
    config: Path = field(default_factory=Path)  # folder whose `hotfix.toml` says policy, traffic and monitoring
    strategy: Strategy | None = None  # None: what `hotfix.toml` or the facts say
    exports: tuple[str, ...] = ()  # names of manifests to write beside it


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """What to review."""

    folder: Path  # of the incident
