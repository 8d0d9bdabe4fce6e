"""The way of a verification: an incident, a repository and a patch come in; five answers and a verdict go out."""

import time
from collections.abc import Callable
from dataclasses import replace

from hotfix.core.facts import Analysis, Severity
from hotfix.repair.contract import Repository
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.locate import locate
from hotfix.repair.reproduce.make import make_reproduction
from hotfix.repair.reproduce.unfold import unfold_traces
from hotfix.repair.sandbox.confine import find_confinement
from hotfix.repair.sandbox.contract import Limits
from hotfix.repair.suites.choose import choose_tests
from hotfix.repair.suites.contract import Suite
from hotfix.repair.suites.find import find_suite, narrow_suite, use_given
from hotfix.repair.verify.callers import AT_CALLER, OTHER_VALUES, acts_at_caller, is_unseen
from hotfix.repair.verify.compatibility import check_compatibility
from hotfix.repair.verify.contract import CategoryResult, Patch, Status, TestOrder, Verification
from hotfix.repair.verify.depth import choose_depth
from hotfix.repair.verify.fix import validate_fix
from hotfix.repair.verify.foreign import note_foreign
from hotfix.repair.verify.performance import check_performance, choose_race
from hotfix.repair.verify.regression import check_regression, run_baseline
from hotfix.repair.verify.rollback import check_rollback
from hotfix.repair.verify.verdict import decide_verdict
from hotfix.repair.verify.workbench import Workbench, lay_out_workbench

OnPhase = Callable[[str], None]
_NO_SUITE = (
    "The project has no test suite that is found (pytest, unittest, tox, Maven, Gradle, JUnit, npm, node, go, make), "
    "and none is given with --suite."
)


def verify_patch(
    analysis: Analysis, repository: Repository, patch: Patch, order: TestOrder, on_phase: OnPhase
) -> Verification:
    """Test a patch in a sandbox and return the verdict; nothing of the user's is written to.

    Args:
        analysis: of the incident; its severity says how much is tested, its evidence what must be gone.
        repository: at the commit that the patch is made for.
        patch: the diff.
        order: commands that are given.
        on_phase: told what is done now.

    Raises:
        UsageError: the patch does not apply.
        InputError: the repository cannot be read.
    """
    begin = time.monotonic()
    severity = analysis.incident.severity if analysis.incident else Severity.P2
    depth = choose_depth(severity)
    confinement = find_confinement()
    limits = Limits(seconds=depth.seconds)
    with lay_out_workbench(repository, patch.diff, limits, confinement, network=order.network) as bench:
        on_phase("reproduction")
        frames = locate(repository, unfold_traces(analysis)).frames
        reproduction, why_none = make_reproduction(bench, frames, analysis, order.repro)
        answer = _time(lambda: validate_fix(bench, reproduction, why_none))
        if is_unseen(patch.rung, reproduction):
            answer = _leave_open(answer, OTHER_VALUES)
        elif patch.mitigation and acts_at_caller(bench.list_edits(), frames, reproduction):
            answer = _leave_open(answer, AT_CALLER)
        results = [answer]
        on_phase("test suite")
        suite = _choose_suite(bench, order, narrow=depth.narrow)
        baseline = run_baseline(bench, suite) if suite else None
        results.append(check_regression(bench, baseline, _NO_SUITE))
        on_phase("performance")
        race = choose_race(order.perf, baseline, reproduction)
        results.append(check_performance(bench, race, depth, reproduction))
        on_phase("compatibility")
        results.append(check_compatibility(bench, order.compatible))
        on_phase("rollback")
        results.append(check_rollback(bench, patch.name, baseline if depth.suite_after_rollback else None))
        results = results if patch.gated else note_foreign(bench, repository, results)
        verdict, rule = decide_verdict(results)
        return Verification(
            incident=analysis.incident.id if analysis.incident else "",
            severity=severity,
            depth=depth,
            repository=str(repository.given),
            base=repository.head,
            patch=patch.name,
            files=bench.changed,
            verdict=verdict,
            rule=rule,
            results=tuple(results),
            confinement=confinement.said,
            confined=confinement.confined,
            reproduction=reproduction.text if reproduction else None,
            notes=(*_take_notes(repository, bench, suite, order), *_note_mitigation(patch)),
            seconds=time.monotonic() - begin,
        )


def _leave_open(answer: CategoryResult, why: str) -> CategoryResult:
    """Return the answer of a test that does not reach what the patch does: the error says nothing then."""
    if answer.status is not Status.FAILED:
        return answer
    return replace(answer, status=Status.INCONCLUSIVE, detail=f"Not certain: {why}. Give a test with --repro.")


def _note_mitigation(patch: Patch) -> tuple[str, ...]:
    return ("The patch is a mitigation: it stops the harm and leaves the cause.",) if patch.mitigation else ()


def _time(run: Callable[[], CategoryResult]) -> CategoryResult:
    begin = time.monotonic()
    return replace(run(), seconds=time.monotonic() - begin)


def _choose_suite(bench: Workbench, order: TestOrder, *, narrow: bool) -> Suite | None:
    if order.suite:
        return use_given(order.suite)
    suite = find_suite(bench.base.source, bench.paths, tuple(bench.base.borrowed), bench.can_run)
    if suite is None or not narrow:
        return suite
    tests = {path: _read(bench, path) for path in bench.paths if tell_kind(path) is FileKind.TEST and _is_python(path)}
    return narrow_suite(suite, choose_tests(bench.changed, tests))


def _is_python(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def _read(bench: Workbench, path: str) -> str:
    return (bench.base.source / path).read_text(encoding="utf-8", errors="replace")


def _take_notes(repository: Repository, bench: Workbench, suite: Suite | None, order: TestOrder) -> tuple[str, ...]:
    notes = list(repository.notes)
    if suite and suite.tests:
        notes.append(f"Of the suite the {len(suite.tests)} test files that name a changed file were run.")
    if bench.base.borrowed:
        notes.append(f"Dependencies were taken from the work tree: {', '.join(sorted(bench.base.borrowed))}.")
    if order.network:
        notes.append("The tests could reach the network, as hotfix.toml allows.")
    return tuple(notes)
