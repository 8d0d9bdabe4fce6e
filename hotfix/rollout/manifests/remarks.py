"""What a plan says and these tools cannot: told at the head of each export."""

from collections.abc import Iterator

from hotfix.core.text import format_time
from hotfix.rollout.manifests.queries import find_metrics
from hotfix.rollout.plan.contract import Plan
from hotfix.rollout.traffic import say_share


def list_remarks(plan: Plan, tool: str) -> Iterator[str]:
    """Yield what a reader must know before the manifests are applied, one sentence or two each."""
    policy, lines = plan.policy, plan.policy.thresholds
    yield (
        f"Exported for {tool} from the deployment plan of incident {plan.incident}, made "
        f"{format_time(plan.created_at)}: {plan.decision.go}."
    )
    metrics = find_metrics(plan)
    source = "hotfix.toml says so" if plan.configuration.metrics else "the usual names; adapt others"
    yield (
        f"Metrics: {metrics.counter} with a status of 500 or more in {' or '.join(metrics.status)}, and "
        f"{metrics.histogram}_bucket ({source})."
    )
    yield f"What the policy says and {tool} cannot:"
    yield (
        "- errors and durations are judged here by raw ratios at each look, so a version as good as the old one goes "
        f"back more often than in {say_share(policy.false_rollback)} of rollouts (the policy adds up all looks);"
    )
    least = min(phase.minimum_requests for phase in policy.phases)
    yield f"- a phase passes by time alone, and not with at least {least} requests of the new version;"
    yield f"- more errors than the old version has, up to the line of {say_share(lines.rollback_errors)}, are not seen;"
    yield (
        f"- {lines.fatal_times} of a new class of fatal errors, and the error of the incident itself, are seen in logs "
        "and not in these metrics;"
    )
    yield "- deadlines of phases, alerts below the rollback lines, and going back where the monitoring is blind."
