"""From what is known to the plan of a rollout. Values to values: what must be tried or read was, before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hotfix.core.facts import Metric, Severity
from hotfix.core.text import say_span
from hotfix.repair.verify.contract import Category
from hotfix.rollout.plan.checklist import ChecklistFacts, fill_checklist
from hotfix.rollout.plan.clocks import compare_clocks, lay_out_timeline
from hotfix.rollout.plan.configuration import follow_strategy
from hotfix.rollout.plan.contract import Commands, Plan, PlannedPhase, Rehearsal, StrategyChoice, Way
from hotfix.rollout.plan.go import decide_go
from hotfix.rollout.plan.known import Configuration, Findings
from hotfix.rollout.plan.messages import MessageFacts, write_messages
from hotfix.rollout.plan.phases import plan_phases
from hotfix.rollout.plan.risks import RiskFacts, list_risks
from hotfix.rollout.plan.roles import ROLES
from hotfix.rollout.plan.strategy import choose_strategy, gather_strategy_facts
from hotfix.rollout.plan.volume import find_volume
from hotfix.rollout.plan.watching import find_change, list_sources, list_success, list_watches
from hotfix.rollout.strategies import Strategy


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan stands on: made by `lay_ground` before the provider is tried, because that needs the phases."""

    name: str  # of the incident, as commands take it
    commands: Commands
    findings: Findings
    configuration: Configuration  # with the policy of the strategy
    choice: StrategyChoice

    @property
    def severity(self) -> Severity:
        """Severity of the incident; the lowest without one."""
        return find_severity(self.findings)


def find_severity(findings: Findings) -> Severity:
    """Return the severity of the incident; the lowest without one."""
    incident = findings.analysis.incident
    return incident.severity if incident else Severity.P3


def lay_ground(
    name: str, commands: Commands, findings: Findings, configuration: Configuration, asked: Strategy | None
) -> Ground:
    """Return the strategy with its policy.

    Raises:
        UsageError: what the project says of its phases does not fit the strategy.
    """
    severity = find_severity(findings)
    canary = follow_strategy(configuration, Strategy.CANARY, severity).policy
    configured = configuration.policy.strategy if "strategy" in configuration.said else None
    facts = gather_strategy_facts(findings, configuration, find_volume(findings.analysis), canary)
    choice = choose_strategy(facts, asked, configured)
    return Ground(name, commands, findings, follow_strategy(configuration, choice.strategy, severity), choice)


def plan_rollout(ground: Ground, rehearsal: Rehearsal | None, now: datetime) -> Plan:
    """Return the plan.

    Args:
        ground: what is known.
        rehearsal: what was tried with the provider; None where none is configured.
        now: when the plan is made.
    """
    findings, configuration, policy = ground.findings, ground.configuration, ground.configuration.policy
    volume = find_volume(findings.analysis)
    phases = plan_phases(policy, volume, rehearsal)
    back = ground.commands.rollback
    watches = list_watches(findings, policy, volume)
    points = fill_checklist(ChecklistFacts(findings, configuration, ground.choice, phases, rehearsal, watches, back))
    latency = find_change(findings.analysis, findings.service, Metric.LATENCY_P95) is not None
    return Plan(
        incident=ground.name,
        created_at=now,
        findings=findings,
        configuration=configuration,
        decision=decide_go(findings, rehearsal, points),
        choice=ground.choice,
        policy=policy,
        volume=volume,
        points=points,
        phases=phases,
        rehearsal=rehearsal,
        watches=watches,
        sources=list_sources(configuration, policy),
        success=list_success(policy),
        rollback=tuple(_list_ways_back(findings, configuration, rehearsal)),
        commands=ground.commands,
        messages=write_messages(MessageFacts(findings, phases, back)),
        afterwards=tuple(_list_afterwards(findings, phases)),
        risks=list_risks(
            RiskFacts(findings, phases, volume, rehearsal, "monitor" in configuration.said, latency_known=latency)
        ),
        timeline=lay_out_timeline(phases, ground.severity),
        clocks=compare_clocks(findings, phases, ground.severity),
        roles=ROLES,
        configure=tuple(_list_settings(configuration, ground.choice)),
    )


def _list_ways_back(findings: Findings, configuration: Configuration, rehearsal: Rehearsal | None) -> Iterator[Way]:
    """Yield the ways back, the quickest first; each says what it needs."""
    if configuration.provider:
        yield Way(
            f"The command above sends every request to the old version, by the provider {configuration.provider}."
        )
    else:
        yield Way("The command above needs the table [deploy.traffic] in hotfix.toml, which is missing.")
    if rehearsal and rehearsal.back:
        yield Way("By hand, from full traffic:", rehearsal.back)
    test = findings.test
    if test and (command := test.answers[Category.ROLLBACK].command):
        detail = test.answers[Category.ROLLBACK].detail
        yield Way(f"Out of the code, then a release without it ({detail}):", (command,))
    for deploy in reversed(findings.analysis.deploys):
        if deploy.service == findings.service and deploy.before:
            yield Way(f"To the release before: {deploy.service} {deploy.before}, which {deploy.id} replaced.")
            break
    yield Way("Going back to the old version brings the error of the incident back with it.")


def _list_afterwards(findings: Findings, phases: tuple[PlannedPhase, ...]) -> Iterator[str]:
    last = phases[-1]
    yield (
        f"Watch all requests for at least {say_span(last.minimum_s)} and {last.minimum_requests} requests; "
        "the triggers stay armed."
    )
    yield "See that the error of the incident is gone from the logs, and analyse the logs since the rollout once more."
    yield "Keep the old version ready until the watch has ended; then take it down."
    if findings.patch and findings.patch.mitigation:
        yield "The cause is still there: plan the real fix now, with an owner and a date."
    yield "Merge what went live, so that the next release has it; keep the reproduction as a test of the project."
    yield "Tell users and stakeholders that it is over, and set the status page back."
    yield "Review the incident without blame: this folder holds diagnosis, patch, test report, plan and rollout."


def _list_settings(configuration: Configuration, choice: StrategyChoice) -> Iterator[str]:
    """Yield what `hotfix.toml` should say for the plan to be carried out."""
    if not configuration.found:
        yield f"Write {configuration.path}: without it the policy is SPEC's for the severity."
    if configuration.provider is None:
        yield "[deploy.traffic]: who moves the requests, for example HAProxy, nginx or a flag file (docs/deploy.md)."
    if "monitor" not in configuration.said:
        yield "[deploy.monitor]: where the logs or metrics of each version are (docs/deploy.md)."
    if not choice.in_force:
        yield f'[deploy]: strategy = "{choice.strategy}", so that the rollout follows this plan.'
