"""The work of ``hotfix deploy plan``: an incident and a configuration in, the plan of its rollout out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from hotfix.flow.contract import Outcome, PlanOptions
from hotfix.flow.now import tell_time
from hotfix.flow.outcomes import say_plan
from hotfix.flow.places import find_config, name_incident, say_deploy_command
from hotfix.learn.clock import Clock, Phase
from hotfix.learn.state import read_state
from hotfix.report.deployreport import write_plan
from hotfix.report.incidentfolders import REPORT
from hotfix.report.jsonread import read_report
from hotfix.rollout.manifests import EXPORTS
from hotfix.rollout.monitor import read_monitor
from hotfix.rollout.plan.configuration import read_configuration
from hotfix.rollout.plan.contract import Commands, Plan, Rehearsal
from hotfix.rollout.plan.findings import read_findings
from hotfix.rollout.plan.known import StepTimes
from hotfix.rollout.plan.planning import Ground, find_severity, lay_ground, plan_rollout
from hotfix.rollout.plan.rehearsal import check_traffic
from hotfix.rollout.traffic import Traffic, read_traffic

TryTraffic = Callable[[Ground], Rehearsal | None]
"""Tries the provider of the traffic for a plan; None where none is configured."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and where it lies."""

    plan: Plan
    further: tuple[str, ...]  # names of manifests beside it
    written: tuple[Path, ...]

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        decision = self.plan.decision
        return say_plan(decision.go, decision.rule, decision.advice, self.written[0])


def plan_deployment(options: PlanOptions, try_traffic: TryTraffic) -> Planned:
    """Plan the rollout and write the plan.

    Raises:
        HotfixError: incident or configuration cannot be read, or the folder cannot be written.
    """
    folder, path = options.folder, find_config(options.config)
    findings = read_findings(folder, read_report(folder / REPORT))
    if findings.analysis.incident is not None:
        findings = replace(findings, times=_take_times(read_state(folder, tell_time()).clock))
    configuration = read_configuration(path.parent, find_severity(findings))
    if "monitor" in configuration.said:
        read_monitor(configuration.path, findings.analysis)  # a fault of the table is told now, not in the rollout
    name = name_incident(folder)
    run, back = (say_deploy_command(one, name, options.config) for one in ("run", "rollback"))
    ground = lay_ground(name, Commands(run, back), findings, configuration, options.strategy)
    plan = plan_rollout(ground, try_traffic(ground), tell_second())
    further = {EXPORTS[one][0]: EXPORTS[one][1](plan) for one in options.exports}
    return Planned(plan, tuple(further), write_plan(folder, plan, further))


def _take_times(clock: Clock) -> StepTimes:
    """Return what the clock of an incident says of the steps: of those that ended, and of what goes on so far."""
    ended = {one.phase: one.seconds for one in clock.phases if not one.running}
    running = {one.phase: one.seconds for one in clock.phases if one.running}
    return StepTimes(
        diagnosis_s=ended.get(Phase.DIAGNOSIS),
        fix_s=ended.get(Phase.FIX),
        test_s=ended.get(Phase.TEST),
        deploy_s=running.get(Phase.DEPLOY),
        total_s=running.get(Phase.TOTAL),
    )


def check_provider(ground: Ground) -> Rehearsal | None:
    """Ask the provider where the traffic is now, and move nothing; None where none is configured."""
    configuration = ground.configuration
    return check_shares(ground, read_traffic(configuration.path)) if "traffic" in configuration.said else None


def check_shares(ground: Ground, traffic: Traffic) -> Rehearsal:
    """Return what a provider tells of itself, and whether it can give the shares of the plan's phases."""
    shares = [phase.share for phase in ground.configuration.policy.phases]
    return check_traffic(traffic, shares, tell_second(), time.monotonic)


def tell_second() -> datetime:
    """Return what time it is, to the second: plans tell no more."""
    return datetime.now(UTC).replace(microsecond=0)
