"""The thresholds of a policy as PromQL, for both tools: names and what selects a version come in, queries go out."""

from hotfix.rollout.monitor.promqueries import NAMES
from hotfix.rollout.plan.contract import Plan
from hotfix.rollout.plan.known import Metrics

EARLIER = "1h"
"""How long before now the volume is compared with: the hour before the rollout, in its first phases (judgement)."""

WINDOW_LOOKS = 5
"""Looks that a query reaches back: about as far as the judge looks at what came last."""


def find_metrics(plan: Plan) -> Metrics:
    """Return how Prometheus knows the service: what `hotfix.toml` says, else what the usual client libraries do."""
    usual = NAMES["prometheus"]
    return plan.configuration.metrics or Metrics(usual.counter, usual.status, usual.histogram)


def ask_error_ratio(metrics: Metrics, version: str, window: str, requests: int) -> str:
    """Return the query of the error ratio of a version; it has no result with fewer requests than so many.

    Args:
        metrics: names.
        version: label matchers that select its series.
        window: how far back, as in ``300s``.
        requests: fewest of the window.
    """
    failed = " or ".join(
        f'increase({metrics.counter}{{{version},{label}=~"5.."}}[{window}])' for label in metrics.status
    )
    return f"(sum({failed}) or vector(0)) / (sum(increase({metrics.counter}{{{version}}}[{window}])) >= {requests})"


def ask_p95_ratio(metrics: Metrics, version: str, baseline: str, window: str) -> str:
    """Return the query of a version's 95th percentile of durations as a factor of the baseline's."""

    def ask(matchers: str) -> str:
        return f"histogram_quantile(0.95, sum by (le) (rate({metrics.histogram}_bucket{{{matchers}}}[{window}])))"

    return f"{ask(version)} / ({ask(baseline)} > 0)"


def ask_volume_ratio(metrics: Metrics, both: str, window: str) -> str:
    """Return the query of the requests to both versions as a share of those an hour before."""

    def ask(offset: str) -> str:
        return f"sum(increase({metrics.counter}{{{both}}}[{window}]{offset}))"

    return f"{ask('')} / ({ask(f' offset {EARLIER}')} > 0)"
