"""From counts and the changes of an incident to the curves that a report draws: the culprit's first."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from hotfix.core.facts import Change, Curve, Metric
from hotfix.core.settings import CURVES_DRAWN
from hotfix.signal.series import Counts, to_series
from hotfix.signal.timeline import to_datetime


def draw_curves(counts: Counts | None, changes: Sequence[Change], services: Sequence[str]) -> tuple[Curve, ...]:
    """Return the curves of services that changed, at most CURVES_DRAWN; none when nothing was counted.

    Args:
        counts: of all records.
        changes: what changed; each gives the curve of its service and metric.
        services: whose curves are wanted, in the order in which they are wanted.
    """
    changed = {(change.service, change.metric) for change in changes if change.template_id is None}
    wanted = [(service, metric) for service in services for metric in Metric if (service, metric) in changed]
    if counts is None or not wanted:
        return ()
    own = pl.col("service").is_in([service for service, _ in wanted])
    few = replace(
        counts,
        messages=counts.messages.clear(),
        services=counts.services.filter(own),
        durations=counts.durations.filter(own),
    )
    series = to_series(few)
    return tuple(_to_curve(series, counts, service, metric) for service, metric in wanted[:CURVES_DRAWN])


def _to_curve(series: pl.DataFrame, counts: Counts, service: str, metric: Metric) -> Curve:
    timeline = counts.timeline
    rows = series.filter(pl.col("service") == service, pl.col("metric") == metric.value)
    index = (rows["bucket"].to_physical() - timeline.start) // timeline.width
    known = dict(zip(index.to_list(), rows["value"].to_list(), strict=True))
    values = tuple(known.get(bucket) for bucket in range(timeline.count))
    return Curve(service, metric, None, to_datetime(timeline.start), timeline.width_s, values)
