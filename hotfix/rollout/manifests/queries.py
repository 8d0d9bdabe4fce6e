"""The thresholds of a policy as PromQL, for both tools: what selects the pods of a version comes in, a query goes out.

The names of the metrics are those of the usual client libraries for Prometheus; a service may have others.
"""

REQUESTS, DURATIONS = "http_requests_total", "http_request_duration_seconds_bucket"
FAILED = 'code=~"5.."'

HOUR = "1h"
"""How long before now the volume is compared with: the hour before the rollout, in its first phases (judgement)."""

WINDOW_LOOKS = 5
"""Looks that a query reaches back: about as far as the judge looks at what came last."""


def ask_error_ratio(version: str, window: str, requests: int) -> str:
    """Return the query of the error ratio of a version; it has no result with fewer requests than so many.

    Args:
        version: label matchers that select its series.
        window: how far back, as in ``300s``.
        requests: fewest of the window.
    """
    failed = f"(sum(increase({REQUESTS}{{{version},{FAILED}}}[{window}])) or vector(0))"
    return f"{failed} / (sum(increase({REQUESTS}{{{version}}}[{window}])) >= {requests})"


def ask_p95_ratio(version: str, baseline: str, window: str) -> str:
    """Return the query of a version's 95th percentile of durations as a factor of the baseline's."""

    def ask(matchers: str) -> str:
        return f"histogram_quantile(0.95, sum by (le) (rate({DURATIONS}{{{matchers}}}[{window}])))"

    return f"{ask(version)} / ({ask(baseline)} > 0)"


def ask_volume_ratio(both: str, window: str) -> str:
    """Return the query of the requests to both versions as a share of those an hour before."""

    def ask(offset: str) -> str:
        return f"sum(increase({REQUESTS}{{{both}}}[{window}]{offset}))"

    return f"{ask('')} / ({ask(f' offset {HOUR}')} > 0)"
