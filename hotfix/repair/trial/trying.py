"""Tries candidates in a sandbox, best first, until time is up: does each compile, and is the error gone with it?

The error is shown by the reproduction that is made of the incident; where none is made, or where nothing keeps the
project's code apart from the host, it is not run. What could not be told refuses no candidate.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hotfix.core.facts import Analysis
from hotfix.repair.checkout import check_out, list_files
from hotfix.repair.contract import COMPILES, ERROR_GONE, Edit, GateResult, Judged, Repository
from hotfix.repair.limits import TRIAL_SECONDS
from hotfix.repair.locate import Located, locate
from hotfix.repair.reproduce.contract import Reproduction
from hotfix.repair.reproduce.make import make_reproduction
from hotfix.repair.reproduce.unfold import unfold_traces
from hotfix.repair.sandbox.confine import find_confinement
from hotfix.repair.sandbox.contract import Ending, Limits, Outcome
from hotfix.repair.trial.compiling import list_compilations
from hotfix.repair.verify.callers import AT_CALLER, OTHER_VALUES, acts_at_caller, is_unseen
from hotfix.repair.verify.contract import Status
from hotfix.repair.verify.fix import compare_fix, run_before
from hotfix.repair.verify.workbench import Workbench, lay_ground

_LATE = "not checked: the time for trying candidates was over"
_SETTLED = "not checked: with a candidate before it the error is gone"


@dataclass(frozen=True, slots=True)
class _Shown:
    """The error without a patch, or why it is not shown."""

    reproduction: Reproduction | None
    before: Outcome | None
    why_none: str


def try_candidates(
    repository: Repository, analysis: Analysis, located: Located, judged: Sequence[Judged]
) -> tuple[Judged, ...]:
    """Return the candidates with what was seen of those that passed their gates.

    Args:
        repository: the base of the candidates.
        analysis: what the logs said.
        located: the places that evidence names, at the base.
        judged: the candidates, best first; the first ones are tried while there is time.
    """
    hopeful = [one for one in judged if one.passed]
    if not hopeful:
        return tuple(judged)
    deadline = time.monotonic() + TRIAL_SECONDS
    with check_out(repository) as base, tempfile.TemporaryDirectory(prefix="hotfix-trial-") as folder:
        bench = _lay_out(repository, base)
        shown: _Shown | None = None
        compiled: dict[str, Outcome] = {}
        tried: dict[int, Judged] = {}
        for place, one in enumerate(judged):
            if not one.passed:
                continue
            if any(before.proven for before in tried.values()):
                tried[place] = replace(one, gates=(*one.gates, *_leave_both(_SETTLED)))
                continue
            with _patch(bench, one.candidate.edits, Path(folder)) as patched:
                shown = shown or _show_error(_hurry(patched, deadline), analysis, repository, located)
                gone = _ask_error(_hurry(patched, deadline), shown, deadline)
                if not gone.passed and is_unseen(one.candidate.rung, shown.reproduction):
                    gone = _leave_open(f"not checked: {OTHER_VALUES}")
                failed = one.candidate.mitigation and not gone.passed
                if failed and acts_at_caller(one.candidate.edits, located.frames, shown.reproduction):
                    gone = _leave_open(f"not checked: {AT_CALLER}")
                compiles = _ask_compiler(_hurry(patched, deadline), one, compiled, gone, deadline)
            tried[place] = replace(one, gates=(*one.gates, compiles, gone))
    return tuple(tried.get(place, one) for place, one in enumerate(judged))


def _lay_out(repository: Repository, base: Path) -> Workbench:
    paths = list_files(repository)
    ground = lay_ground(repository, base, paths)
    return Workbench(
        base=ground,
        patched=ground,
        spare=ground,
        paths=paths,
        changed=(),
        restored=(),
        diff=b"",
        limits=Limits(),
        confinement=find_confinement(),
        network=False,
    )


@contextmanager
def _patch(bench: Workbench, edits: Sequence[Edit], folder: Path) -> Iterator[Workbench]:
    """Yield the trees with those of a candidate; files that it leaves alone are the same on disk."""
    tree = folder / "patched"
    shutil.copytree(
        bench.base.source, tree, symlinks=True, ignore=shutil.ignore_patterns(".git"), copy_function=os.link
    )
    for edit in edits:
        target = tree / edit.path
        mode = target.stat().st_mode if target.is_file() else None
        target.unlink(missing_ok=True)
        if edit.after is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(edit.after)
            target.chmod(mode or 0o644)
    try:
        yield replace(bench, patched=replace(bench.base, source=tree), changed=tuple(edit.path for edit in edits))
    finally:
        shutil.rmtree(tree)


def _hurry(bench: Workbench, deadline: float) -> Workbench:
    """Return the trees with what is left of the time."""
    return replace(bench, limits=Limits(seconds=max(deadline - time.monotonic(), 1.0)))


def _show_error(bench: Workbench, analysis: Analysis, repository: Repository, located: Located) -> _Shown:
    if not bench.confinement.confined:
        return _Shown(None, None, f"code of the project runs in a sandbox only. {bench.confinement.said}")
    unfolded = unfold_traces(analysis)
    frames = located.frames if unfolded == analysis else locate(repository, unfolded).frames
    reproduction, why_none = make_reproduction(bench, frames, analysis, None)
    if reproduction is None:
        return _Shown(None, None, why_none)
    return _Shown(reproduction, run_before(bench, reproduction), "")


def _ask_error(bench: Workbench, shown: _Shown, deadline: float) -> GateResult:
    """Return whether the error is gone with a candidate; it is refused only when the same error is seen again."""
    if shown.reproduction is None or shown.before is None:
        return _leave_open(f"not checked: {shown.why_none}")
    if time.monotonic() >= deadline:
        return _leave_open(_LATE)
    found = compare_fix(bench, shown.reproduction, shown.before, times=1)
    if found.status in {Status.PASSED, Status.FAILED}:
        return GateResult(ERROR_GONE, found.status is Status.PASSED, found.detail)
    return _leave_open(f"not certain: {found.detail}")


def _leave_both(why: str) -> tuple[GateResult, GateResult]:
    return GateResult(COMPILES, True, why, checked=False), _leave_open(why)


def _leave_open(why: str) -> GateResult:
    return GateResult(ERROR_GONE, True, why.replace("with --repro", "to hotfix test with --repro"), checked=False)


def _ask_compiler(
    bench: Workbench, judged: Judged, compiled: dict[str, Outcome], gone: GateResult, deadline: float
) -> GateResult:
    """Return whether a candidate compiles where the base does; `compiled` keeps what came of the base, by command."""
    if gone.checked and gone.passed and len(bench.changed) == 1:
        return GateResult(COMPILES, True, "the changed file was loaded and run")
    left = [edit.path for edit in judged.candidate.edits if edit.after is not None]
    said = "nothing of it is compiled"
    unchecked = ""
    for one in list_compilations(bench, left):
        if one.command is None:
            unchecked = f"not checked: {one.tool} is not at hand"
            continue
        if time.monotonic() >= deadline:
            return GateResult(COMPILES, True, _LATE, checked=False)
        patched = bench.run(bench.patched, one.command)
        if patched.passed:
            said = f"{one.tool} takes it"
            continue
        if one.command not in compiled:
            compiled[one.command] = bench.run(bench.base, one.command)
        if compiled[one.command].passed and patched.ending is Ending.EXITED:
            return GateResult(COMPILES, False, f"{one.tool} refuses it: {_quote_error(patched)}")
        unchecked = f"not checked: {one.tool} does not take the base here either ({compiled[one.command].describe()})"
    return GateResult(COMPILES, True, unchecked or said, checked=not unchecked)


def _quote_error(outcome: Outcome) -> str:
    """Return the line of a compiler's output that names an error."""
    rows = [row.strip() for row in outcome.output.splitlines() if row.strip() and not row.startswith("#")]
    return next((row for row in rows if "rror" in row or ".go:" in row), rows[0] if rows else outcome.describe())
