"""Rollback: the patch is applied and taken back; the tree is then what it was, byte for byte, and so is the suite."""

import shlex
import time

from hotfix.repair.git import call_git
from hotfix.repair.limits import NAMES_SHOWN
from hotfix.repair.suites.compare import compare_results
from hotfix.repair.verify.contract import Category, CategoryResult, Status
from hotfix.repair.verify.regression import Baseline, run_suite
from hotfix.repair.verify.workbench import Workbench, apply_patch, prove, take_prints


def check_rollback(bench: Workbench, name: str, baseline: Baseline | None) -> CategoryResult:
    """Return whether the patch can be taken back, with the command and the seconds that it takes.

    Args:
        bench: its spare tree is worked on.
        name: of the patch file, for the command.
        baseline: runs of the suite without the patch, to run it again; None: the bytes alone are compared.
    """
    tree = bench.spare.source
    command = f"git apply -R {shlex.quote(name)}"
    before = take_prints(tree)
    apply_patch(tree, bench.diff, "")
    begin = time.monotonic()
    done = call_git(
        tree / ".git", "apply", "-R", "--binary", "--whitespace=nowarn", "-", work_tree=tree, stdin=bench.diff
    )
    seconds = time.monotonic() - begin
    if done.code:
        detail = f"The patch cannot be taken back; git says: {done.said}."
        return CategoryResult(Category.ROLLBACK, Status.FAILED, detail, command, seconds)
    after = take_prints(tree)
    if before != after:
        names = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        detail = f"After taking the patch back the tree differs: {', '.join(names[:NAMES_SHOWN])}."
        return CategoryResult(Category.ROLLBACK, Status.FAILED, detail, command, seconds)
    same = f"Taken back in {seconds:.2f} s, all {len(before):,} files and folders are as before, byte for byte"
    if baseline is None:
        return CategoryResult(Category.ROLLBACK, Status.PASSED, f"{same}.", command, seconds)
    return _check_suite(bench, baseline, CategoryResult(Category.ROLLBACK, Status.PASSED, same, command, seconds))


def _check_suite(bench: Workbench, baseline: Baseline, so_far: CategoryResult) -> CategoryResult:
    """Return the answer after the suite ran once more in the tree without the patch."""
    run = run_suite(bench, baseline.suite, bench.spare)
    found = compare_results(baseline.first.results, baseline.second.results, run.results)
    is_worse = baseline.first.green and baseline.second.green and not run.green
    status = Status.NOTED if found.broken or is_worse else Status.PASSED
    said = (
        "the suite then gave another result on the same bytes: it is not steady"
        if status is Status.NOTED
        else "the suite gives the same result"
    )
    proofs = (prove("after taking the patch back", run.outcome),)
    return CategoryResult(
        Category.ROLLBACK, status, f"{so_far.detail}; {said}.", so_far.command, so_far.seconds, (), proofs
    )
