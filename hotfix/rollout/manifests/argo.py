"""Exports a plan as a Rollout and an AnalysisTemplate of Argo Rollouts (argoproj.io/v1alpha1)."""

import math
from collections.abc import Iterator

from hotfix.rollout.contract import Policy
from hotfix.rollout.manifests.queries import (
    WINDOW_LOOKS,
    ask_error_ratio,
    ask_p95_ratio,
    ask_volume_ratio,
    find_metrics,
)
from hotfix.rollout.manifests.remarks import list_remarks
from hotfix.rollout.manifests.stream import Document, name_service, render_stream, say_seconds, weigh_share
from hotfix.rollout.plan.contract import Plan
from hotfix.rollout.strategies import Strategy

API = "argoproj.io/v1alpha1"
_LABEL = "rollouts_pod_template_hash"
_NEW, _OLD = "canary-hash", "stable-hash"


def render_argo(plan: Plan) -> str:
    """Return the manifests as a YAML stream.

    Raises:
        UsageError: the diagnosis names no service.
    """
    name = name_service(plan)
    template = {
        "apiVersion": API,
        "kind": "AnalysisTemplate",
        "metadata": {"name": f"{name}-hotfix"},
        "spec": {
            "args": [{"name": _NEW}, {"name": _OLD}],
            "metrics": list(_list_metrics(plan)),
        },
    }
    rollout = {
        "apiVersion": API,
        "kind": "Rollout",
        "metadata": {"name": name},
        "spec": {
            "workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "strategy": _describe_strategy(plan.policy, name),
        },
    }
    return render_stream([*list_remarks(plan, "Argo Rollouts"), *_list_own_remarks(plan)], [template, rollout])


def _list_own_remarks(plan: Plan) -> Iterator[str]:
    yield (
        "Not known: spec.replicas (without it one pod runs), and what splits the requests (spec.strategy.canary."
        "trafficRouting; without it the shares are those of pods)."
    )
    if find_metrics(plan).url is None:
        yield "Not known: where Prometheus answers (provider.prometheus.address of each metric)."
    yield f"The queries need the pod label rollouts-pod-template-hash on the metrics, as {_LABEL}."
    yield (
        f"Looks with fewer than {plan.policy.window_requests} requests are inconclusive: the rollout waits, but its "
        "pauses do not; after too many of them Argo Rollouts pauses and does not go back."
    )


def _list_metrics(plan: Plan) -> Iterator[Document]:
    policy, lines, metrics = plan.policy, plan.policy.thresholds, find_metrics(plan)
    window = say_seconds(WINDOW_LOOKS * policy.check_s)
    new, old = f'{_LABEL}="{{{{args.{_NEW}}}}}"', f'{_LABEL}="{{{{args.{_OLD}}}}}"'
    both = f'{_LABEL}=~"{{{{args.{_NEW}}}}}|{{{{args.{_OLD}}}}}"'
    errors = ask_error_ratio(metrics, new, window, policy.window_requests)
    volume = ask_volume_ratio(metrics, both, window)
    yield _measure(plan, "error-ratio", errors, f"> {lines.rollback_errors:g}")
    if not _switches(policy):
        yield _measure(plan, "p95-ratio", ask_p95_ratio(metrics, new, old, window), f"> {lines.rollback_p95:g}")
    yield _measure(plan, "volume-ratio", volume, f"< {lines.rollback_volume:g}")


def _measure(plan: Plan, name: str, query: str, worse: str) -> Document:
    """Return a metric that fails when its value is worse than a line, and tells nothing without a value."""
    policy, url = plan.policy, find_metrics(plan).url
    looks = sum(phase.deadline_s for phase in policy.phases) / policy.check_s
    watched = {"count": math.ceil(policy.phases[-1].minimum_s / policy.check_s)} if _switches(policy) else {}
    return {
        "name": name,
        "initialDelay": say_seconds(policy.settle_s or policy.check_s),
        "interval": say_seconds(policy.check_s),
        **watched,
        "failureCondition": f"len(result) > 0 && result[0] {worse}",
        "successCondition": f"len(result) > 0 && !(result[0] {worse}) && !isNaN(result[0])",
        "failureLimit": 0,
        "inconclusiveLimit": math.ceil(looks),
        "provider": {"prometheus": {**({"address": url} if url else {}), "query": query}},
    }


def _switches(policy: Policy) -> bool:
    return policy.strategy is Strategy.BLUE_GREEN


def _describe_strategy(policy: Policy, name: str) -> Document:
    analysis = {
        "templates": [{"templateName": f"{name}-hotfix"}],
        "args": [
            {"name": _NEW, "valueFrom": {"podTemplateHashValue": "Latest"}},
            {"name": _OLD, "valueFrom": {"podTemplateHashValue": "Stable"}},
        ],
    }
    if _switches(policy):
        return {
            "blueGreen": {
                "activeService": name,
                "autoPromotionEnabled": True,
                "postPromotionAnalysis": analysis,
                "scaleDownDelaySeconds": math.ceil(policy.phases[-1].minimum_s),
            }
        }
    steps = [
        step
        for phase in policy.phases
        for step in ({"setWeight": weigh_share(phase.share)}, {"pause": {"duration": say_seconds(phase.minimum_s)}})
    ]
    return {"canary": {"analysis": {**analysis, "startingStep": 1}, "steps": steps}}
