"""Decides whether a rollout may begin: the first rule that fits decides, and is named. Pure."""

from collections.abc import Iterator, Sequence

from hotfix.core.facts import Approach, Verdict
from hotfix.repair.contract import Choice
from hotfix.repair.verify.contract import TestVerdict
from hotfix.rollout.plan.contract import Answer, Go, GoDecision, Point, Rehearsal
from hotfix.rollout.plan.known import Findings

CONFIG_RUNG = "config"
"""Rung of a patch that sets a setting back."""


def decide_go(findings: Findings, rehearsal: Rehearsal | None, points: Sequence[Point]) -> GoDecision:
    """Return whether the rollout may begin."""
    refusal = next(_list_refusals(findings, rehearsal), None)
    if refusal:
        return refusal
    still_open = [point.said for point in points if point.role is None and point.answer is not Answer.YES]
    if still_open:
        count = len(still_open)
        return GoDecision(
            Go.NOT_YET,
            f"{count} {'point' if count == 1 else 'points'} of the checklist "
            f"{'is' if count == 1 else 'are'} open: {'; '.join(still_open)}",
            "Close them, or sign that the rollout begins without.",
        )
    return GoDecision(Go.GO, "every point that a program can check is met", "People sign below before it begins.")


def find_refusal(findings: Findings) -> GoDecision | None:
    """Return why no request may be sent to the new version by what is known of incident and patch; None: it may."""
    return next(_list_refusals(findings, None), None)


def _list_refusals(findings: Findings, rehearsal: Rehearsal | None) -> Iterator[GoDecision]:
    yield from _refuse_by_incident(findings)
    yield from _refuse_by_decision(findings)
    yield from _refuse_by_test(findings)
    if rehearsal and not rehearsal.passed:
        failed = next(step for step in rehearsal.steps if not step.passed)
        yield GoDecision(
            Go.NO_GO,
            f"the traffic provider was tried and failed at: {failed.what}: {failed.detail}",
            "Mend the provider or its configuration, then plan again.",
        )


def _refuse_by_incident(findings: Findings) -> Iterator[GoDecision]:
    diagnosis = findings.analysis.diagnosis
    if findings.analysis.incident is None or diagnosis.verdict is Verdict.NO_INCIDENT:
        yield GoDecision(
            Go.NO_GO, f"the analysis found no incident to mend: {diagnosis.statement}", "Roll nothing out for it."
        )


def _refuse_by_decision(findings: Findings) -> Iterator[GoDecision]:
    patch, advice = findings.patch, findings.analysis.diagnosis.recommendation
    if patch is None:
        if advice is not None and advice.approach is Approach.ROLLBACK:
            yield GoDecision(
                Go.NO_GO,
                f"the diagnosis says roll back rather than patch: {advice.reason}",
                advice.actions[0] if advice.actions else "Go back to the release before.",
            )
    elif patch.decision is Choice.ROLLBACK:
        yield GoDecision(
            Go.NO_GO,
            f"hotfix patch says roll back rather than patch: {patch.reason}",
            "Go back to the release before; this plan is for the release after it.",
        )
    elif patch.decision is Choice.WAIT:
        yield GoDecision(Go.NO_GO, f"hotfix patch says wait: {patch.reason}", "Change nothing now, and watch.")
    elif patch.decision is Choice.CONFIG and patch.rung != CONFIG_RUNG:
        yield GoDecision(
            Go.NO_GO,
            f"hotfix patch says set the setting back first: {patch.reason}",
            "Set it back where the service runs; this plan is for the code that could not bear it.",
        )


def _refuse_by_test(findings: Findings) -> Iterator[GoDecision]:
    test = findings.test
    if test is None:
        yield GoDecision(
            Go.NO_GO, "no test report lies in the incident folder, so nothing is known of the patch", "Run hotfix test."
        )
    elif test.verdict in {TestVerdict.REJECTED, TestVerdict.NOT_VALIDATED}:
        yield GoDecision(
            Go.NO_GO,
            f"the test verdict is {test.verdict}: {test.rule.rstrip('.')}",
            "Mend the patch, or what kept it from being tested, and test again.",
        )
