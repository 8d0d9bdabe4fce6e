"""Regression: what passed in two runs without the patch passes with it. The tests are those of the base."""

from dataclasses import dataclass

from hotfix.repair.limits import NAMES_SHOWN
from hotfix.repair.sandbox.contract import Ground
from hotfix.repair.suites.compare import compare_results
from hotfix.repair.suites.contract import Comparison, Suite, SuiteRun
from hotfix.repair.suites.reports import read_results
from hotfix.repair.verify.contract import Category, CategoryResult, Proof, Status
from hotfix.repair.verify.workbench import Workbench, prove


@dataclass(frozen=True, slots=True)
class Baseline:
    """Two runs of the suite without the patch."""

    suite: Suite
    first: SuiteRun
    second: SuiteRun


def run_suite(bench: Workbench, suite: Suite, ground: Ground) -> SuiteRun:
    """Run the suite in one of the trees."""
    outcome = bench.run(ground, suite.command, collect=suite.reports)
    return SuiteRun(outcome, read_results(outcome.files))


def run_baseline(bench: Workbench, suite: Suite) -> Baseline:
    """Run the suite twice without the patch: what differs is flaky."""
    return Baseline(suite, run_suite(bench, suite, bench.base), run_suite(bench, suite, bench.base))


def check_regression(bench: Workbench, baseline: Baseline | None, why_none: str) -> CategoryResult:
    """Return whether the suite is as good with the patch as without it.

    A test that fails with the patch is run once more: what passes then is flaky, not broken.
    """
    if baseline is None:
        return CategoryResult(Category.REGRESSION, Status.NOT_VALIDATED, why_none)
    patched = run_suite(bench, baseline.suite, bench.patched)
    proofs = (prove("without the patch", baseline.first.outcome), prove("with the patch", patched.outcome))
    if not (baseline.first.results and baseline.second.results):
        return _compare_codes(bench, baseline, patched, proofs)
    found = compare_results(baseline.first.results, baseline.second.results, patched.results)
    if found.broken or found.newly_failing:
        again = run_suite(bench, baseline.suite, bench.patched)
        found = _keep_twice(found, compare_results(baseline.first.results, baseline.second.results, again.results))
    status, detail = _judge(found, baseline, patched)
    return _answer(baseline, patched, status, detail, proofs, _take_notes(bench, found))


def _keep_twice(first: Comparison, again: Comparison) -> Comparison:
    """Return what both runs with the patch say; what only one says is flaky."""
    broken = set(first.broken) & set(again.broken)
    new = set(first.newly_failing) & set(again.newly_failing)
    once = (set(first.broken) | set(again.broken) | set(first.newly_failing) | set(again.newly_failing)) - broken - new
    return Comparison(
        first.compared,
        tuple(sorted(broken)),
        first.repaired,
        first.still_failing,
        tuple(sorted(new)),
        tuple(sorted({*first.flaky, *once})),
    )


def _judge(found: Comparison, baseline: Baseline, patched: SuiteRun) -> tuple[Status, str]:
    if found.broken:
        said = f"{_count(found.broken)} passed without the patch and not with it: {_name(found.broken)}."
        return Status.FAILED, said
    if not found.compared:
        return Status.NOT_VALIDATED, "No test passes without the patch, so none can show what it breaks."
    if baseline.first.green and not patched.green and not found.newly_failing and not found.flaky:
        return Status.FAILED, f"The suite as a whole fails with the patch ({patched.outcome.describe()})."
    said = f"All of {found.compared:,} tests that pass without the patch pass with it"
    if found.newly_failing or found.flaky or found.still_failing:
        return Status.NOTED, f"{said}; other tests fail or are not steady, see the notes."
    return Status.PASSED, f"{said}."


def _compare_codes(
    bench: Workbench, baseline: Baseline, patched: SuiteRun, proofs: tuple[Proof, ...]
) -> CategoryResult:
    """Judge by exit codes alone, where the runner says nothing of single tests."""
    before = {baseline.first.green, baseline.second.green}
    if before == {False}:
        said = f"The suite fails without the patch too ({baseline.first.outcome.describe()}): nothing can be compared."
        return _answer(baseline, patched, Status.NOT_VALIDATED, said, proofs, _note_tests(bench))
    if before == {True, False}:
        said = "The suite passes and fails on the same code, and names no single tests: nothing can be compared."
        return _answer(baseline, patched, Status.INCONCLUSIVE, said, proofs, _note_tests(bench))
    if patched.green or run_suite(bench, baseline.suite, bench.patched).green:
        status = Status.PASSED if patched.green else Status.NOTED
        said = "The suite passes without and with the patch" + (
            "." if patched.green else ", then only at a second try."
        )
        return _answer(baseline, patched, status, said, proofs, _note_tests(bench))
    said = f"The suite passes without the patch and not with it ({patched.outcome.describe()})."
    return _answer(baseline, patched, Status.FAILED, said, proofs, _note_tests(bench))


def _take_notes(bench: Workbench, found: Comparison) -> tuple[str, ...]:
    said = (
        ("repaired by the patch", found.repaired),
        ("failing without and with the patch", found.still_failing),
        ("new, and failing with the patch", found.newly_failing),
        ("flaky, counted for nothing", found.flaky),
    )
    return (*(f"{_count(names)} {what}: {_name(names)}." for what, names in said if names), *_note_tests(bench))


def _note_tests(bench: Workbench) -> tuple[str, ...]:
    if not bench.restored:
        return ()
    return (f"The patch changes tests, which were taken as they were before it: {_name(bench.restored)}.",)


def _count(names: tuple[str, ...]) -> str:
    return f"{len(names):,} {'test' if len(names) == 1 else 'tests'}"


def _name(names: tuple[str, ...]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _answer(  # noqa: PLR0913, PLR0917  # the parts of one answer
    baseline: Baseline,
    patched: SuiteRun,
    status: Status,
    detail: str,
    proofs: tuple[Proof, ...],
    notes: tuple[str, ...],
) -> CategoryResult:
    seconds = sum(run.outcome.seconds for run in (baseline.first, baseline.second, patched))
    return CategoryResult(Category.REGRESSION, status, detail, baseline.suite.command, seconds, notes, proofs)
