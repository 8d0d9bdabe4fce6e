"""From facts to the checklist before a rollout: what a program saw is yes or no, the rest is open. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.core.settings import CONFIDENCE_TO_ACT
from hotfix.core.text import say_span
from hotfix.repair.verify.contract import Category, Status, TestVerdict
from hotfix.repair.verify.verdict import NAMES, say_status
from hotfix.rollout.plan.contract import Answer, Group, PlannedPhase, Point, Rehearsal, StrategyChoice, Watch
from hotfix.rollout.plan.known import Configuration, Findings
from hotfix.rollout.plan.roles import APPROVER, ON_CALL, OPERATOR, SPOKESPERSON
from hotfix.rollout.traffic import say_share
from hotfix.rollout.traffic.limits import SHARE_AGREES

_ANSWERS = {
    Status.PASSED: Answer.YES,
    Status.NOTED: Answer.YES,
    Status.INCONCLUSIVE: Answer.OPEN,
    Status.NOT_VALIDATED: Answer.OPEN,
    Status.FAILED: Answer.NO,
}


@dataclass(frozen=True, slots=True)
class ChecklistFacts:
    """What the checklist is filled from."""

    findings: Findings
    configuration: Configuration
    choice: StrategyChoice
    phases: tuple[PlannedPhase, ...]
    rehearsal: Rehearsal | None
    watches: tuple[Watch, ...]
    command: str  # that goes back


def fill_checklist(facts: ChecklistFacts) -> tuple[Point, ...]:
    """Return the points of all groups, in their order."""
    groups = (_check_code, _check_rollback, _check_monitoring, _check_communication, _check_team, _check_environment)
    return tuple(point for check in groups for point in check(facts))


def _check_code(facts: ChecklistFacts) -> Iterator[Point]:
    files = facts.findings.files
    missing = "no patch and no test report lies in the incident folder"
    yield Point(
        Group.CODE, "the change is known", Answer.YES if files else Answer.NO, ", ".join(files) if files else missing
    )
    yield from _check_test(facts.findings)
    yield from _check_cause(facts.findings)
    yield Point(
        Group.CODE, "the change is reviewed and merged", Answer.OPEN, "no program was asked; look there", role=APPROVER
    )


def _check_test(findings: Findings) -> Iterator[Point]:
    test, said = findings.test, "the change is tested"
    if test is None:
        yield Point(Group.CODE, said, Answer.NO, "no test report lies in the incident folder")
        return
    approved = test.verdict in {TestVerdict.APPROVED, TestVerdict.APPROVED_WITH_NOTES}
    yield Point(Group.CODE, said, Answer.YES if approved else Answer.NO, f"{test.verdict}: {test.rule}")
    for category in (Category.FIX, Category.REGRESSION, Category.PERFORMANCE, Category.COMPATIBILITY):
        found = test.answers[category]
        why = f"{say_status(found.status)}: {found.detail}"
        yield Point(Group.CODE, f"tested: {NAMES[category]}", _ANSWERS[found.status], why)
    if findings.patch and findings.patch.base != test.base:
        why = f"tested on {test.base}, made for {findings.patch.base}"
        yield Point(Group.CODE, "the patch was tested on the commit that it was made for", Answer.NO, why)
    if test.verdict is TestVerdict.APPROVED_WITH_NOTES:
        yield Point(Group.CODE, "the notes of the test report are read", Answer.OPEN, test.rule, role=APPROVER)


def _check_cause(findings: Findings) -> Iterator[Point]:
    incident, test = findings.analysis.incident, findings.test
    if incident is None:
        return
    confidence, bar = findings.analysis.diagnosis.confidence, CONFIDENCE_TO_ACT[incident.severity]
    why = f"{say_share(confidence)} of the {say_share(bar)} that {incident.severity} asks for"
    proven = test is not None and _ANSWERS[test.answers[Category.FIX].status] is Answer.YES
    if confidence < bar and proven:
        why += "; but the error was seen to be gone with the change"
    answer = Answer.YES if confidence >= bar or proven else Answer.OPEN
    yield Point(Group.CODE, "the cause is sure enough to act on", answer, why)


def _check_rollback(facts: ChecklistFacts) -> Iterator[Point]:
    test, patch, rehearsal = facts.findings.test, facts.findings.patch, facts.rehearsal
    yield Point(
        Group.ROLLBACK,
        "going back is one command",
        Answer.YES if facts.configuration.provider else Answer.OPEN,
        facts.command if facts.configuration.provider else "not known: who moves the traffic, table [deploy.traffic]",
    )
    yield _judge_rehearsal(rehearsal)
    if test is not None:
        found = test.answers[Category.ROLLBACK]
        took = f" in {say_span(found.seconds)}" if _ANSWERS[found.status] is Answer.YES else ""
        yield Point(
            Group.ROLLBACK,
            "the change can be taken out of the code again",
            _ANSWERS[found.status],
            f"{say_status(found.status)}{took}: {found.detail}",
        )
    if patch is not None:
        yield Point(
            Group.ROLLBACK,
            "the old version reads what the new one writes",
            Answer.NO if patch.irreversible else Answer.YES,
            "; ".join(patch.irreversible) or "hotfix patch found nothing that changes stored data or a format",
        )


def _judge_rehearsal(rehearsal: Rehearsal | None) -> Point:
    said = "going back was rehearsed"
    if rehearsal is None:
        return Point(Group.ROLLBACK, said, Answer.OPEN, "nothing could be tried: no traffic provider is configured")
    if not rehearsal.passed:
        failed = next(step for step in rehearsal.steps if not step.passed)
        return Point(Group.ROLLBACK, said, Answer.NO, f"{failed.what}: {failed.detail}")
    if rehearsal.back_s is None or rehearsal.moved is None:
        return Point(Group.ROLLBACK, said, Answer.OPEN, "only tried without moving a request; --rehearse moves some")
    return Point(
        Group.ROLLBACK,
        said,
        Answer.YES,
        f"{say_share(rehearsal.moved)} of the requests went there, and all were back in {say_span(rehearsal.back_s)}",
    )


def _check_monitoring(facts: ChecklistFacts) -> Iterator[Point]:
    configured, table = "monitor" in facts.configuration.said, "table [deploy.monitor]"
    yield Point(
        Group.MONITORING,
        "both versions are watched apart",
        Answer.YES if configured else Answer.OPEN,
        table if configured else f"not known: where logs or metrics of each version are, {table}",
    )
    for watch in facts.watches:
        if watch.known is None:
            continue
        yield Point(
            Group.MONITORING,
            f"what is usual is known: {watch.what}",
            Answer.YES if watch.known else Answer.OPEN,
            watch.before,
            role=None if watch.known else OPERATOR,
        )
    counts = facts.rehearsal.counts if facts.rehearsal else False
    yield Point(
        Group.MONITORING,
        "the share that really moves is counted",
        Answer.YES if counts else Answer.OPEN,
        "the provider counts requests" if counts else "the provider counts no requests, or was not asked",
        role=None if counts else OPERATOR,
    )


def _check_communication(_facts: ChecklistFacts) -> Iterator[Point]:
    yield Point(Group.COMMUNICATION, "the messages are written", Answer.YES, "see Communication below")
    who = "not known: channel and status page of the team"
    yield Point(Group.COMMUNICATION, "it is known where they are sent", Answer.OPEN, who, role=SPOKESPERSON)


def _check_team(facts: ChecklistFacts) -> Iterator[Point]:
    service = facts.findings.service or "the service"
    yield Point(Group.TEAM, "one person drives the rollout", Answer.OPEN, "not known: who; signs below", role=OPERATOR)
    yield Point(
        Group.TEAM,
        f"the on-call of {service} is there until the watch ends",
        Answer.OPEN,
        "not known: who; signs below",
        role=ON_CALL,
    )


def _check_environment(facts: ChecklistFacts) -> Iterator[Point]:
    configuration, rehearsal = facts.configuration, facts.rehearsal
    yield Point(
        Group.ENVIRONMENT,
        "the rollout is configured",
        Answer.YES if configuration.found else Answer.OPEN,
        str(configuration.path) if configuration.found else f"no file at {configuration.path}: the policy is SPEC's",
    )
    choice = facts.choice
    yield Point(
        Group.ENVIRONMENT,
        "hotfix.toml leads to the strategy of this plan",
        Answer.YES if choice.in_force else Answer.OPEN,
        choice.strategy if choice.in_force else f'write strategy = "{choice.strategy}" into [deploy]',
    )
    if rehearsal is None:
        return
    first = rehearsal.steps[0]
    yield Point(
        Group.ENVIRONMENT,
        "the traffic provider answers",
        Answer.YES if first.passed else Answer.NO,
        f"in {say_span(first.seconds)}: {first.detail}" if first.passed else first.detail,
    )
    if rehearsal.settled:
        far = [phase for phase in facts.phases if phase.settled is not None and _differs(phase)]
        said = "; ".join(f"{say_share(phase.share)} becomes {say_share(phase.settled or 0.0)}" for phase in far)
        yield Point(
            Group.ENVIRONMENT, "the shares of the phases can be set", Answer.YES, said or "all of them as planned"
        )


def _differs(phase: PlannedPhase) -> bool:
    return phase.settled is not None and abs(phase.settled - phase.share) > SHARE_AGREES
