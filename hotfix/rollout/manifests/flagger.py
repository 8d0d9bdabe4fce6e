"""Exports a plan as a Canary and its MetricTemplates of Flagger (flagger.app/v1beta1)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.core.errors import UsageError
from hotfix.core.text import say_span
from hotfix.rollout.contract import Policy
from hotfix.rollout.manifests.queries import ask_error_ratio, ask_p95_ratio, ask_volume_ratio, find_metrics
from hotfix.rollout.manifests.remarks import list_remarks
from hotfix.rollout.manifests.stream import Document, name_service, render_stream, say_seconds, weigh_share
from hotfix.rollout.plan.contract import Plan
from hotfix.rollout.strategies import Strategy

API = "flagger.app/v1beta1"
_PODS = 'namespace="{{ namespace }}",pod=~"{{ target }}'
_NEW = f'{_PODS}-[0-9a-z]+-[0-9a-z]+"'
_OLD = f'{_PODS}-primary-[0-9a-z]+-[0-9a-z]+"'
_BOTH = f'{_PODS}-(primary-)?[0-9a-z]+-[0-9a-z]+"'
_WINDOW = "{{ interval }}"


def render_flagger(plan: Plan) -> str:
    """Return the manifests as a YAML stream.

    Raises:
        UsageError: the diagnosis names no service, or the strategy is one that Flagger does not know.
    """
    policy, name = plan.policy, name_service(plan)
    if policy.strategy is Strategy.ROLLING:
        raise UsageError(
            f"expected a strategy that Flagger knows, canary or blue-green, found {policy.strategy}; "
            "leave flagger out of --manifests, or name another with --strategy"
        )
    metrics = tuple(_list_metrics(plan))
    canary = {
        "apiVersion": API,
        "kind": "Canary",
        "metadata": {"name": name},
        "spec": {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "analysis": {
                **_pace(policy),
                "threshold": 1,
                "metrics": [
                    {
                        "name": one.name,
                        "templateRef": {"name": f"{name}-{one.name}"},
                        "thresholdRange": {one.bound: one.line},
                        "interval": say_seconds(_find_interval(policy)),
                    }
                    for one in metrics
                ],
            },
        },
    }
    remarks = [*list_remarks(plan, "Flagger"), *_list_own_remarks(plan)]
    return render_stream(remarks, [*(_describe_template(plan, name, one) for one in metrics), canary])


@dataclass(frozen=True, slots=True)
class _Metric:
    """What is asked of Prometheus, and the line that it must not pass."""

    name: str
    query: str
    bound: str  # "min" or "max"
    line: float


def _list_metrics(plan: Plan) -> Iterator[_Metric]:
    lines, metrics = plan.policy.thresholds, find_metrics(plan)
    yield _Metric("error-ratio", ask_error_ratio(metrics, _NEW, _WINDOW, 1), "max", lines.rollback_errors)
    if plan.policy.strategy is Strategy.CANARY:
        yield _Metric("p95-ratio", ask_p95_ratio(metrics, _NEW, _OLD, _WINDOW), "max", lines.rollback_p95)
    yield _Metric("volume-ratio", ask_volume_ratio(metrics, _BOTH, _WINDOW), "min", lines.rollback_volume)


def _describe_template(plan: Plan, name: str, metric: _Metric) -> Document:
    url = find_metrics(plan).url
    return {
        "apiVersion": API,
        "kind": "MetricTemplate",
        "metadata": {"name": f"{name}-{metric.name}"},
        "spec": {"provider": {"type": "prometheus", **({"address": url} if url else {})}, "query": metric.query},
    }


def _pace(policy: Policy) -> Document:
    """Return how fast it goes: shares that each last one interval, or looks before the switch."""
    interval = _find_interval(policy)
    if policy.strategy is Strategy.BLUE_GREEN:
        return {"interval": say_seconds(interval), "iterations": math.ceil(policy.phases[-1].minimum_s / interval)}
    return {
        "interval": say_seconds(interval),
        "stepWeights": [weigh_share(phase.share) for phase in policy.phases],
    }


def _find_interval(policy: Policy) -> float:
    """Return the time between two looks: for a canary the longest watch before full traffic, for each share has one."""
    if policy.strategy is Strategy.BLUE_GREEN:
        return policy.check_s
    return max(phase.minimum_s for phase in policy.phases[:-1] or policy.phases)


def _list_own_remarks(plan: Plan) -> Iterator[str]:
    policy = plan.policy
    yield (
        "Not known: spec.service with its port, without which Flagger does not begin, and spec.provider, which splits "
        "the requests."
    )
    if find_metrics(plan).url is None:
        yield "Not known: where Prometheus answers (spec.provider.address of each MetricTemplate)."
    if policy.strategy is Strategy.BLUE_GREEN:
        yield "Flagger looks at the new version before the switch, under the load that you send to it, and not after."
        return
    interval, last = _find_interval(policy), policy.phases[-1]
    yield (
        f"Flagger looks once per share: the watch of a share is the interval, {say_span(interval)}, and not a look "
        f"every {say_span(policy.check_s)}. A bad version has its share for that long."
    )
    if last.minimum_s > interval:
        yield f"At full traffic it watches {say_span(interval)} and not {say_span(last.minimum_s)}: the rest is yours."
    yield "A look without data counts as failed, so Flagger goes back at once where the policy would wait."
