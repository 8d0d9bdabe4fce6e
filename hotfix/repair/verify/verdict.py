"""From five answers to a verdict, with the rule that decided. Values to values."""

from collections.abc import Sequence

from hotfix.repair.verify.contract import Category, CategoryResult, Status, TestVerdict

NAMES = {
    Category.FIX: "fix validation",
    Category.REGRESSION: "regression",
    Category.PERFORMANCE: "performance",
    Category.COMPATIBILITY: "compatibility",
    Category.ROLLBACK: "rollback",
}
_STOPS = {
    Category.FIX: "the error must be gone",
    Category.REGRESSION: "what passed before must pass after",
    Category.PERFORMANCE: "no more than 20 % slower",
    Category.COMPATIBILITY: "old data and old clients must be treated as before",
    Category.ROLLBACK: "the patch must be taken back without a trace",
}
_ESSENTIAL = (Category.FIX, Category.ROLLBACK)
"""Without these two nothing is approved: a patch that nobody saw remove the error, or that cannot be taken back."""


def decide_verdict(results: Sequence[CategoryResult]) -> tuple[TestVerdict, str]:
    """Return the verdict and its rule: a failure rejects, an essential gap approves nothing, other gaps are noted."""
    failed = [one for one in results if one.status is Status.FAILED]
    if failed:
        reasons = "; ".join(f"{NAMES[one.category]}: {_STOPS[one.category]}" for one in failed)
        return TestVerdict.REJECTED, f"{reasons}. {failed[0].detail}"
    missing = [
        one
        for one in results
        if one.category in _ESSENTIAL and one.status in {Status.NOT_VALIDATED, Status.INCONCLUSIVE}
    ]
    if missing:
        reasons = " and ".join(NAMES[one.category] for one in missing)
        return TestVerdict.NOT_VALIDATED, f"Nothing is approved without {reasons}. {missing[0].detail}"
    open_ones = [one for one in results if one.status is not Status.PASSED]
    if open_ones:
        reasons = ", ".join(f"{NAMES[one.category]} ({say_status(one.status)})" for one in open_ones)
        return TestVerdict.APPROVED_WITH_NOTES, f"Nothing failed; to know: {reasons}."
    return TestVerdict.APPROVED, "All five categories passed."


def say_status(status: Status) -> str:
    """Return a status in words."""
    return status.replace("_", " ")
