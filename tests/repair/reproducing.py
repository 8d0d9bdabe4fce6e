"""Failing programs, and how a reproduction is made of what they print."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hotfix.core.facts import Evidence, EvidenceKind, Place
from hotfix.repair.checkout import open_repository
from hotfix.repair.locate import locate
from hotfix.repair.reproduce.contract import Reproduction
from hotfix.repair.reproduce.make import make_reproduction
from hotfix.repair.reproduce.unfold import unfold_traces
from hotfix.repair.sandbox.confine import find_confinement
from hotfix.repair.sandbox.contract import Limits
from hotfix.repair.verify.contract import CategoryResult, Status
from hotfix.repair.verify.fix import validate_fix
from hotfix.repair.verify.workbench import Workbench, lay_out_workbench
from tests.repair.trees import make_patch, make_repository
from tests.report.analyses import ONSET, incident


@dataclass(frozen=True, slots=True)
class Program:
    """A program that fails when it is run, and the change that mends it."""

    files: dict[str, str]
    command: tuple[str, ...]
    path: str  # of the file that is changed
    old: str
    new: str


def fail(folder: Path, program: Program) -> str:
    """Run a program, which must fail, and return the record that its log would hold."""
    done = subprocess.run(program.command, cwd=folder, capture_output=True, check=False, text=True)
    assert done.returncode
    return f"2026-01-15T14:03:07.250Z ERROR request failed\n{done.stderr}"


def validate(folder: Path, trace: str, change: Mapping[str, str | bytes | None]) -> CategoryResult:
    """Return what the fix validation says of a change, by a reproduction made of a record."""
    with _lay_out(folder, trace, change) as (bench, made, why_none):
        return validate_fix(bench, made, why_none)


def reproduce(folder: Path, trace: str) -> Reproduction | None:
    """Return the reproduction that is made of a record, with a patch that adds a file."""
    with _lay_out(folder, trace, {"NEW": ""}) as (_, made, _why):
        return made


@contextmanager
def _lay_out(
    folder: Path, trace: str, change: Mapping[str, str | bytes | None]
) -> Iterator[tuple[Workbench, Reproduction | None, str]]:
    shown = Evidence("E1", EvidenceKind.STACK_TRACE, ONSET, "shop", "It failed", trace, Place("shop.log", 1, 9))
    analysis = replace(incident(), evidence=(shown,), deploys=(), correlations=())
    diff = make_patch(folder, change)
    with (
        open_repository(folder) as repository,
        lay_out_workbench(repository, diff, Limits(seconds=60), find_confinement()) as bench,
    ):
        frames = locate(repository, unfold_traces(analysis)).frames
        yield bench, *make_reproduction(bench, frames, analysis, None)


def check_fix(folder: Path, program: Program) -> CategoryResult:
    """Assert that a right fix is validated, and return what was said of it."""
    make_repository(folder, program.files)
    trace = fail(folder, program)
    text = program.files[program.path]
    assert program.old in text
    found = validate(folder, trace, {program.path: text.replace(program.old, program.new)})
    assert found.status is Status.PASSED, f"{found.detail}\n{trace}\n{found.proofs}"
    return found


def check_useless(folder: Path, program: Program) -> None:
    """Assert that a change which fixes nothing is not validated."""
    make_repository(folder, program.files)
    found = validate(folder, fail(folder, program), {program.path: f"{program.files[program.path]}\n"})
    assert found.status is Status.FAILED, found.detail
