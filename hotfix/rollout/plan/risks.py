"""From facts to the risks of a rollout, each with what is done about it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.core.facts import Grade
from hotfix.core.settings import CONFIDENCE_TO_ACT
from hotfix.core.text import say_span
from hotfix.repair.verify.contract import Category, Status
from hotfix.rollout.plan.contract import PlannedPhase, Rehearsal, Risk
from hotfix.rollout.plan.known import Findings, Volume
from hotfix.rollout.plan.strategy import find_changed_data
from hotfix.rollout.traffic import say_share

_SEEN = (Status.PASSED, Status.NOTED)


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What the risks follow from."""

    findings: Findings
    phases: tuple[PlannedPhase, ...]
    volume: Volume | None
    rehearsal: Rehearsal | None
    monitored: bool
    latency_known: bool  # the logs tell durations


def list_risks(facts: RiskFacts) -> tuple[Risk, ...]:
    """Return the risks, gravest first."""
    order = (Grade.HIGH, Grade.MEDIUM, Grade.LOW)
    rules = (_risk_data, _risk_back, _risk_cause, _risk_test, _risk_traffic, _risk_watch, _risk_alone, _risk_shared)
    return tuple(sorted((risk for rule in rules for risk in rule(facts)), key=lambda one: order.index(one.level)))


def _risk_data(facts: RiskFacts) -> Iterator[Risk]:
    for said in find_changed_data(facts.findings):
        yield Risk(
            "stored data changed, and going back does not undo that",
            Grade.HIGH,
            said,
            "both versions are kept apart; before the first step there is a copy of the data that was restored once",
        )


def _risk_back(facts: RiskFacts) -> Iterator[Risk]:
    rehearsal = facts.rehearsal
    if rehearsal is None or rehearsal.back_s is None or not rehearsal.passed:
        yield Risk(
            "going back may fail or take long",
            Grade.HIGH,
            "it was not rehearsed" if rehearsal is None or rehearsal.passed else "what was tried of it failed",
            "rehearse it with --rehearse before the first step",
        )
    for note in rehearsal.notes if rehearsal else ():
        yield Risk(
            "the provider of the traffic has something to say", Grade.MEDIUM, note, "settle it before the first step"
        )


def _risk_cause(facts: RiskFacts) -> Iterator[Risk]:
    analysis, patch = facts.findings.analysis, facts.findings.patch
    if patch and patch.mitigation:
        yield Risk(
            "the cause stays",
            Grade.MEDIUM,
            "the patch is a mitigation only",
            "a real fix follows; the error of the incident is watched until then",
        )
    bar = CONFIDENCE_TO_ACT[analysis.incident.severity] if analysis.incident else 1.0
    test = facts.findings.test
    if analysis.diagnosis.confidence < bar and not (test and test.answers[Category.FIX].status in _SEEN):
        yield Risk(
            "the fix may miss the cause",
            Grade.MEDIUM,
            f"the diagnosis is sure at {say_share(analysis.diagnosis.confidence)}; acting asks for {say_share(bar)}",
            "the error of the incident is watched; where it comes as often as before, the rollout goes back",
        )


def _risk_test(facts: RiskFacts) -> Iterator[Risk]:
    test, files = facts.findings.test, facts.findings.files
    if test is None:
        yield Risk("the change does not do what it should", Grade.HIGH, "it was not tested", "run hotfix test first")
        return
    fix = test.answers[Category.FIX]
    if fix.status not in _SEEN:
        yield Risk(
            "the error may not be gone",
            Grade.HIGH,
            f"no test saw it removed: {fix.detail}",
            "the error of the incident is watched in the first phase",
        )
    for category, what, done in (
        (Category.REGRESSION, "something else may break", "new kinds of errors hold the rollout; fatal ones end it"),
        (Category.PERFORMANCE, "the new version may be slower", "the 95th percentile is compared with the old version"),
        (Category.COMPATIBILITY, "old data or old clients may fail", "errors are compared with the old version"),
    ):
        found = test.answers[category]
        if found.status not in _SEEN:
            yield Risk(what, Grade.MEDIUM, f"{category} was not shown: {found.detail}", done)
    if len(files) > 1:
        yield Risk(
            "the change reaches further than one place",
            Grade.LOW,
            f"the patch touches {len(files)} files: {', '.join(files)}",
            "it is reviewed file by file; new kinds of errors hold the rollout",
        )


def _risk_traffic(facts: RiskFacts) -> Iterator[Risk]:
    if facts.volume is None:
        yield Risk(
            "a phase may never have its requests",
            Grade.MEDIUM,
            "the logs count no requests, so how long a phase takes is not known",
            "at its deadline a phase goes back; hotfix deploy simulate --volume tells what a volume means",
        )
        return
    for phase in facts.phases:
        if phase.expected_s is not None and phase.expected_s > phase.minimum_s:
            late = phase.expected_s > phase.deadline_s
            yield Risk(
                "there are few requests",
                Grade.HIGH if late else Grade.LOW,
                f"phase {phase.number} needs {say_span(phase.expected_s)} for its {phase.minimum_requests} requests, "
                f"and has {say_span(phase.deadline_s)}",
                "it goes back at its deadline: set deadline_s above what is needed" if late else "it lasts longer",
            )


def _risk_watch(facts: RiskFacts) -> Iterator[Risk]:
    if not facts.monitored:
        yield Risk(
            "nothing would be seen",
            Grade.HIGH,
            "no monitoring of either version is configured",
            "write the table [deploy.monitor]; without data nothing is promoted",
        )
    if not facts.latency_known:
        yield Risk(
            "slower answers may not be seen",
            Grade.MEDIUM,
            "no series of durations changed in the logs, so whether they tell durations is not known",
            "see before the first step that the monitoring tells durations of both versions",
        )


def _risk_alone(facts: RiskFacts) -> Iterator[Risk]:
    if facts.phases[0].share >= 1:
        yield Risk(
            "a version that is a little worse is not told from the hour of the day",
            Grade.MEDIUM,
            "all requests move at once, so that nothing runs beside the new version",
            "it is held against what the old one did just before; a first [[deploy.phase]] with a small share compares",
        )


def _risk_shared(facts: RiskFacts) -> Iterator[Risk]:
    analysis, service = facts.findings.analysis, facts.findings.service
    named = {name for template in analysis.templates for name in template.services} - {service}
    if named:
        yield Risk(
            "both versions share what stands behind them: stores, caches, queues",
            Grade.MEDIUM,
            f"the logs know these beside {service or 'the service'}: {', '.join(sorted(named))}",
            "look for what the change writes there; the old version must read it",
        )
