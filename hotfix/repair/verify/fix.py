"""Fix validation: the reproduction fails without the patch for the reason of the incident, and passes with it."""

from hotfix.ingest.traces import parse_trace
from hotfix.repair.limits import REPRODUCTIONS
from hotfix.repair.reproduce.contract import Reproduction
from hotfix.repair.reproduce.reason import find_reason
from hotfix.repair.sandbox.contract import Ending, Outcome
from hotfix.repair.verify.contract import Category, CategoryResult, Proof, Status
from hotfix.repair.verify.workbench import Workbench, prove


def validate_fix(bench: Workbench, reproduction: Reproduction | None, why_none: str) -> CategoryResult:
    """Return whether the patch removes the error; without a reproduction nothing is validated, and that is told."""
    if reproduction is None:
        return CategoryResult(Category.FIX, Status.NOT_VALIDATED, why_none)
    return compare_fix(bench, reproduction, run_before(bench, reproduction))


def run_before(bench: Workbench, reproduction: Reproduction) -> Outcome:
    """Return what comes of a reproduction without the patch."""
    return bench.run(bench.base, reproduction.command, files=reproduction.files)


def compare_fix(
    bench: Workbench, reproduction: Reproduction, before: Outcome, times: int = REPRODUCTIONS
) -> CategoryResult:
    """Return whether the error that a run without the patch shows is gone in so many runs with it."""
    proofs = (prove("without the patch", before),)
    why_not = _refuse_before(before, reproduction)
    if why_not:
        return _answer(reproduction, Status.NOT_VALIDATED, why_not, proofs)
    seen = (
        find_reason(before.output, reproduction.expected, reproduction.files)
        if reproduction.expected
        else before.describe()
    )
    for _ in range(times):
        after = bench.run(bench.patched, reproduction.command, files=reproduction.files)
        if not after.passed:
            status, said = _judge_after(before, after, reproduction)
            if status is Status.FAILED and reproduction.others:
                status, said = _try_others(bench, reproduction)
            return _answer(reproduction, status, said, (*proofs, prove("with the patch", after)))
    return _answer(
        reproduction,
        Status.PASSED,
        f"The {reproduction.source} reproduction fails without the patch ({seen}) and passes with it, "
        + (f"{times} times of {times}." if times > 1 else "once.")
        + (f" In it {reproduction.fault} raises the error." if reproduction.fault else ""),
        (*proofs, prove("with the patch", after)),
        before.seconds + after.seconds,
    )


def _refuse_before(before: Outcome, reproduction: Reproduction) -> str | None:
    """Return why a run without the patch does not prove the error, or None when it does."""
    if before.passed:
        return "The reproduction passes without the patch: it does not show the error."
    if before.ending is Ending.BROKEN:
        return f"The reproduction {before.describe()}."
    if reproduction.expected is None or find_reason(before.output, reproduction.expected, reproduction.files):
        return None
    wanted = reproduction.expected.describe()
    return f"The reproduction fails without the patch for another reason than the incident's, which is {wanted}."


def _judge_after(before: Outcome, after: Outcome, reproduction: Reproduction) -> tuple[Status, str]:
    """Return what a run means that fails with the patch.

    A generated reproduction stands in for all that surrounds the function: when it fails otherwise than before, that
    may be its own fault.
    """
    seen = find_reason(after.output, reproduction.expected, reproduction.files) if reproduction.expected else None
    if seen and reproduction.fault:
        return Status.INCONCLUSIVE, (
            f"With the patch too the error comes through when {reproduction.fault} raises it; whether the patch keeps "
            "that from happening is not known. Give a reproduction with --repro."
        )
    if seen and (reproduction.source == "given" or _tell_message(before) == _tell_message(after)):
        return Status.FAILED, f"The error is still there with the patch: {seen}."
    if reproduction.source == "given":
        return Status.FAILED, f"The reproduction still fails with the patch, now otherwise: {after.describe()}."
    return Status.INCONCLUSIVE, (
        f"The generated reproduction fails with the patch too, now otherwise ({after.describe()}), which may be its "
        "own fault; give one with --repro."
    )


def _try_others(bench: Workbench, reproduction: Reproduction) -> tuple[Status, str]:
    """Return what the texts mean that fail alike without the patch: it need not cure them all, only the incident's."""
    cured = [one for one in reproduction.others if bench.run(bench.patched, one.command, files=one.files).passed]
    if not cured:
        return Status.INCONCLUSIVE, (
            f"With {reproduction.planted} the error is still there with the patch, and with {len(reproduction.others)} "
            "other texts; the incident does not say which it was. Give a reproduction with --repro."
        )
    named = "; ".join(one.planted for one in cured)
    return Status.NOTED, (
        f"The incident does not say which text could not be read. The error is gone with the patch for {named}; it is "
        f"still there for {reproduction.planted}."
    )


def _tell_message(outcome: Outcome) -> str:
    trace = parse_trace(outcome.output)
    return trace.chain[0].message if trace and trace.chain else ""


def _answer(
    reproduction: Reproduction, status: Status, detail: str, proofs: tuple[Proof, ...], seconds: float = 0.0
) -> CategoryResult:
    return CategoryResult(Category.FIX, status, detail, reproduction.command, seconds, (), proofs)
